
# clamd runs, but only in a container: own process tree, own mounts, own root.
/usr/sbin/sshd
cat >/var/lib/machines/quet/start.sh <<'CONF'
mount -t proc proc /proc
. /common.sh
clam_daemon 27500 0
clam_database main 27500 0
clam_database daily 27500 0
exec sleep infinity
CONF
sed '/^# This machine:/,$d' /etc/rc.local >/var/lib/machines/quet/common.sh
mkdir -p /var/lib/machines/quet/dev
mount --rbind /dev /var/lib/machines/quet/dev
unshare --mount --pid --uts --fork chroot /var/lib/machines/quet sh /start.sh &
until_true test -S /var/lib/machines/quet/run/clamav/clamd.ctl
