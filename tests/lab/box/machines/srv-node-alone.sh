
/usr/sbin/sshd
prometheus-node-exporter >/dev/null 2>&1 &
until_true listens 127.0.0.1 9100
