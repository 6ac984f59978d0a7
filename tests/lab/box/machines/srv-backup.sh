
# restic and borg made a copy a moment ago and are scheduled; the repositories are on this machine.
# Canaries: argument and environment of a daemon, password files, a cron line.
/usr/sbin/sshd
mkdir -p /sao-luu /root/.config/rclone
mount -t tmpfs -o size=256m sao-luu /sao-luu
printf 'CANARY-restic-password\n' >/root/.restic-password
cat >/root/.config/rclone/rclone.conf <<'CONF'
[vstorage]
type = s3
endpoint = https://s3.lab.invalid
access_key_id = CANARY-rclone-key
secret_access_key = CANARY-rclone-secret
CONF
chmod 600 /root/.restic-password /root/.config/rclone/rclone.conf
restic -q -r /sao-luu/restic --password-file /root/.restic-password init
restic -q -r /sao-luu/restic --password-file /root/.restic-password backup /etc/ssh
export BORG_PASSPHRASE=CANARY-cron-passphrase
borg init --encryption=repokey /sao-luu/borg 2>/dev/null
borg create /sao-luu/borg::hom-nay /etc/ssh
unset BORG_PASSPHRASE
cat >/etc/cron.d/sao-luu <<'CONF'
15 1 * * * root restic -q -r /sao-luu/restic --password-file /root/.restic-password backup /etc
30 1 * * * root BORG_PASSPHRASE=CANARY-cron-passphrase borg create /sao-luu/borg::{now} /etc
CONF
cron
cat >/usr/local/sbin/dong-bo <<'CONF'
#!/bin/sh
while :; do sleep 600; done
CONF
chmod 755 /usr/local/sbin/dong-bo
RESTIC_PASSWORD=CANARY-environment setsid dong-bo --password=CANARY-argument --user sao &
