
/usr/sbin/sshd
