
# Sequences that clear a terminal, set its title and ring its bell.
/usr/sbin/sshd -o "ForceCommand=printf '\\033[2J\\033]0;chiem quyen\\007\\033[31mhostname: gia\\r\\n'"
