
# A server is configured, and nobody answers at its address.
/usr/sbin/sshd
zabbix_daemon <<'CONF'
Server=10.99.0.199
ServerActive=10.99.0.199
Hostname=srv-zabbix-lost
CONF
until_true grep -q 'started to fail' /var/log/zabbix-agent/zabbix_agentd.log
