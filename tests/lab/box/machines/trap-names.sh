
# Names that lie: comm `clamd`, argv[0] of a Wazuh agent, a program whose file is gone.
/usr/sbin/sshd
python3 /opt/lab/named_clamd.py &
bash -c 'exec -a /var/ossec/bin/wazuh-agentd sleep infinity' &
cp /usr/bin/sleep /usr/local/sbin/dich-vu
dich-vu infinity &
until_true grep -lqs '^clamd$' /proc/[0-9]*/comm
until_true sh -c "tr '\0' ' ' </proc/$!/cmdline | grep -q dich-vu"
rm /usr/local/sbin/dich-vu
