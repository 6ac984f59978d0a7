
# Half an answer, then its own connection is killed.
cat >/usr/local/bin/nua-chung <<'CONF'
#!/bin/sh
head -c 1000 /etc/services 2>/dev/null || head -c 1000 /etc/login.defs
sleep 0.2
session=$(ps -o ppid= -p "$PPID" | tr -d ' ')
kill -9 "$PPID" "$session"
CONF
chmod 755 /usr/local/bin/nua-chung
/usr/sbin/sshd -o ForceCommand=/usr/local/bin/nua-chung
