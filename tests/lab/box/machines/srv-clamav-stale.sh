
# The daemon runs with a database of 30 days ago; nothing scans on access, nothing updates.
/usr/sbin/sshd
clam_daemon 27470 30
clam_database main 27400 30
clam_database daily 27470 30
