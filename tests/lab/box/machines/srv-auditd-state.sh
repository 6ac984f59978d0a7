
# Installed and enabled; the audit socket belongs to the machine around the lab.
/usr/sbin/sshd
if auditd; then
    echo 'auditd runs here: truth.yaml is wrong for this kernel' >&2
    exit 1
fi
