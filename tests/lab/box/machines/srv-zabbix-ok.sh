
# Reports to 10.99.0.10. Canaries: pre-shared key file, password in a UserParameter.
/usr/sbin/sshd
mkdir -p /etc/zabbix
echo 'ca9a7ca9a7ca9a7ca9a7ca9a7ca9a7ca9a7ca9a7ca9a7ca9a7ca9a7ca9a7ca9a' >/etc/zabbix/lab.psk
chown zabbix /etc/zabbix/lab.psk && chmod 400 /etc/zabbix/lab.psk
until_true listens 10.99.0.10 10051
zabbix_daemon <<'CONF'
Server=10.99.0.10
ServerActive=10.99.0.10
Hostname=srv-zabbix-ok
BufferSend=2
TLSAccept=psk,unencrypted
TLSConnect=unencrypted
TLSPSKIdentity=CANARY-zabbix-psk-identity
TLSPSKFile=/etc/zabbix/lab.psk
UserParameter=csdl.ping,mysqladmin -ukiemtra -pCANARY-zabbix-userparameter ping
CONF
# The first value travels about two seconds after the list of checks came.
until_true grep -q ':2743 ' /proc/net/tcp
