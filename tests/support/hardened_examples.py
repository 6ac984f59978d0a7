"""Two machines for measures: one with every setting wrong, one with every setting right."""

import time
from dataclasses import dataclass, field

DAY = 86400
NOW = int(time.time())

_ACCOUNTS = """root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
sshd:x:100:65534::/run/sshd:/usr/sbin/nologin
Debian-snmp:x:101:65534::/var/lib/snmp:/bin/false
ftp:x:102:65534::/srv/ftp:/usr/sbin/nologin
"""
LISTENER = (
    "python3 -c 'import socket,sys,time; kept=[]\n"
    "for word in sys.argv[1:]:\n"
    ' kind, port = word.split("/")\n'
    ' s = socket.socket(type=socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)\n'
    ' s.bind(("0.0.0.0", int(port)))\n'
    ' kind == "tcp" and s.listen()\n'
    " kept.append(s)\n"
    "print(1, flush=True)\n"
    "time.sleep(90)' "
)
"""Followed by ports such as `tcp/23`; prints a line when all are open."""

WAIT = "until ss -Hln{kind} 'sport = {port}' | grep -q .; do sleep 0.1; done\n"


def waiting(kind: str, port: int) -> str:
    """Return shell that waits until a port is open."""
    return WAIT.format(kind=kind[0], port=port)


@dataclass(frozen=True)
class Example:
    """What `hardened.machine` needs."""

    files: dict[str, str]
    setup: str
    logins: dict[int, int] = field(default_factory=dict)


WEAK = Example(
    files={
        "/etc/passwd": _ACCOUNTS
        + "test:x:1001:1001::/home/test:/bin/bash\nx:x:1002:1002::/home/x:/bin/bash\n",
        "/etc/shadow": "root:$y$j9T$a$b:20000:0:99999:7:::\n"
        f"test:$y$j9T$a$b:{NOW // DAY}:0:99999:7:::\n"
        "x::20000:0:99999:7:::\ndaemon:*:20000:0:99999:7:::\n",
        "/etc/ssh/sshd_config": "PermitRootLogin yes\nPermitEmptyPasswords yes\n"
        "Ciphers +aes128-cbc\nMACs +hmac-md5\nKexAlgorithms +diffie-hellman-group1-sha1\n",
        "/etc/ssh/sshd_config.d/none.conf": "",
        "/etc/pam.d/common-password": "password requisite pam_pwquality.so minlen=7\n"
        "password [success=1 default=ignore] pam_unix.so obscure md5\n",
        "/etc/pam.d/common-auth": "auth required pam_faillock.so preauth deny=50\n"
        "auth [success=1 default=ignore] pam_unix.so nullok\n"
        "auth [default=die] pam_faillock.so authfail deny=50\n",
        "/etc/profile.d/limit.sh": "export TMOUT=7200\n",
        "/etc/vsftpd.conf": "listen=YES\nssl_enable=NO\nsecure_chroot_dir=/mnt\n",
        "/etc/snmp/snmpd.conf": "agentaddress udp:0.0.0.0:161\nrocommunity hunter2\n",
        "/etc/os-release": 'NAME="Debian GNU/Linux"\nVERSION_ID="8"\nID=debian\n',
        "/etc/logrotate.d/rsyslog": "/var/log/syslog\n/var/log/auth.log\n"
        "{\n\trotate 7\n\tdaily\n}\n",
    },
    setup="nft add table inet f\n"
    "nft add chain inet f in '{ type filter hook input priority 0; policy accept; }'\n"
    "vsftpd /etc/vsftpd.conf </dev/null >/dev/null 2>&1 &\n"
    "snmpd -f -Lf /dev/null -C -c /etc/snmp/snmpd.conf </dev/null >/dev/null 2>&1 &\n"
    f"{LISTENER} tcp/23 tcp/79 udp/69 tcp/5901 tcp/8080 </dev/null >/dev/null 2>&1 &\n"
    "cp /bin/sleep /mnt/rsyslogd; /mnt/rsyslogd 90 </dev/null >/dev/null 2>&1 &\n"
    + waiting("tcp", 21)
    + waiting("udp", 161)
    + waiting("tcp", 8080),
    logins={1002: NOW - 60 * DAY, 1001: NOW - 1 * DAY},
)
STRONG = Example(
    files={
        "/etc/passwd": _ACCOUNTS + "x:x:1002:1002::/home/x:/bin/bash\n",
        "/etc/shadow": f"root:!:20000:0:99999:7:::\nx:$y$j9T$a$b:{NOW // DAY - 90}:0:99999:7:::\n",
        "/etc/ssh/sshd_config": "PermitRootLogin no\n",
        "/etc/pam.d/common-password": "password requisite pam_pwquality.so retry=3\n"
        "password [success=1 default=ignore] pam_unix.so use_authtok yescrypt\n",
        "/etc/security/pwquality.conf": "minlen = 14\n",
        "/etc/security/faillock.conf": "deny = 5\n",
        "/etc/pam.d/common-auth": "auth required pam_faillock.so preauth\n"
        "auth [success=1 default=ignore] pam_unix.so\n"
        "auth [default=die] pam_faillock.so authfail\n",
        "/etc/profile.d/limit.sh": "readonly TMOUT=600\nexport TMOUT\n",
        "/etc/vsftpd.conf": "listen=YES\nssl_enable=YES\nforce_local_logins_ssl=YES\n"
        "secure_chroot_dir=/mnt\nrsa_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem\n",
        "/etc/snmp/snmpd.conf": "agentaddress udp:0.0.0.0:161\nrouser someone\n",
        "/etc/os-release": 'NAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n',
        "/etc/logrotate.conf": "weekly\nrotate 4\n",
        "/etc/logrotate.d/rsyslog": "/var/log/syslog\n/var/log/auth.log\n{\n\trotate 14\n}\n",
    },
    setup="nft add table inet f\n"
    "nft add chain inet f in '{ type filter hook input priority 0; policy drop; }'\n"
    "nft add rule inet f in tcp dport '{ 22, 443 }' accept\n"
    "snmpd -f -Lf /dev/null -C -c /etc/snmp/snmpd.conf </dev/null >/dev/null 2>&1 &\n"
    "cp /bin/sleep /mnt/rsyslogd; /mnt/rsyslogd 90 </dev/null >/dev/null 2>&1 &\n"
    + waiting("udp", 161),
    logins={1002: NOW - 10 * DAY},
)
