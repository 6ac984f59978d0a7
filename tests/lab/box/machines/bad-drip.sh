
/usr/sbin/sshd -o "ForceCommand=while :; do printf x; sleep 1; done"
