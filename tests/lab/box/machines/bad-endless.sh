
/usr/sbin/sshd -o "ForceCommand=yes '<<<section processes>>>'"
