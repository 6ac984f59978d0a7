
# Writes to its own files only; a forwarding line is there as a comment.
/usr/sbin/sshd
sed -i '/imklog/d' /etc/rsyslog.conf
echo '# *.* @@10.99.0.10:514' >/etc/rsyslog.d/60-tap-trung.conf
rsyslogd
until_true test -S /dev/log
logger -p user.info 'may nay vua khoi dong'
