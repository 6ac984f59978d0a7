
# srv-giam-sat reads it every second.
/usr/sbin/sshd
prometheus-node-exporter >/dev/null 2>&1 &
until_true listens 127.0.0.1 9100
until_true sh -c "ss -Htn state established src :9100 | grep -qF '10.99.0.10]:'"
