
# The receiving end: Zabbix server, syslog receiver, scraper, mirror of virus databases.
/usr/sbin/sshd
mkdir -p /srv/mirror
for name in main daily; do
    clam_header "$name" 27500 0 >"/srv/mirror/$name.cvd"
done
python3 -m http.server --directory /srv/mirror 80 >/dev/null 2>&1 &
python3 /opt/lab/zabbix_server.py >/dev/null 2>&1 &
python3 /opt/lab/scraper.py http://10.99.0.19:9100/metrics >/dev/null 2>&1 &
cat >/etc/rsyslog.d/nhan.conf <<'CONF'
module(load="imtcp")
ruleset(name="nhan") { action(type="omfile" file="/var/log/nhan.log") }
input(type="imtcp" port="514" ruleset="nhan")
CONF
rsyslogd
until_true listens 127.0.0.1 514
until_true listens 127.0.0.1 10051
until_true listens 127.0.0.1 80
