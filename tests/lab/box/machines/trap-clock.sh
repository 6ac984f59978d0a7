
# Every program of this machine lives 268 days in the past; its database is one day old by its
# own clock, 269 by the auditor's.
echo '-268d' >/etc/faketimerc
find / -xdev -name 'libfaketimeMT.so.1' >/etc/ld.so.preload
/usr/sbin/sshd
clam_daemon 27200 1
clam_database main 27200 1
clam_database daily 27200 1
