
# Forwards by TCP; the template carries a token as log services ask for it (canary).
/usr/sbin/sshd
sed -i '/imklog/d' /etc/rsyslog.conf # the kernel's log belongs to the machine around the lab
cat >/etc/rsyslog.d/60-tap-trung.conf <<'CONF'
module(load="impstats" interval="2" format="json" log.syslog="off" log.file="/var/log/impstats.json")
template(name="mau" type="string" string="<%PRI%>1 %HOSTNAME% [token=CANARY-rsyslog-token] %msg%\n")
*.* action(type="omfwd" target="10.99.0.10" port="514" protocol="tcp" template="mau")
# *.* @@192.0.2.77:514
CONF
until_true listens 10.99.0.10 514
rsyslogd
until_true test -S /dev/log
logger -p user.info 'may nay vua khoi dong'
until_true sh -c "ss -Htn state established dst 10.99.0.10 | grep -q ':514 *$'"
