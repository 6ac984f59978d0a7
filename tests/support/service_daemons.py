"""The daemons of the service house: how each is configured, as its package would be."""

import os
import pwd
import shutil
import time
from pathlib import Path

from service_house import House, daemon, run
from service_standins import INETD, PJLINK, RAW_PRINTER, WINRM


def _key(house: House) -> Path:
    path = house.folder / "host_key"
    if not path.exists():
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path), "-C", "test")
    return path


def _certificate(house: House) -> tuple[Path, Path]:
    key, cert = house.folder / "tls.key", house.folder / "tls.crt"
    if not cert.exists():
        run(
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "30", "-subj", "/CN=cong.trung-tam.test"),
            *("-keyout", str(key), "-out", str(cert)),
        )
        key.chmod(0o644)
    return key, cert


@daemon
def ssh(house: House) -> None:
    """Port 22."""
    Path("/run/sshd").mkdir(parents=True, exist_ok=True)
    house.start("sshd", "/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", "-h", str(_key(house)),
                "-o", "PidFile=none", "-o", "UsePAM=no")  # fmt: skip
    house.wait(22)


@daemon
def web(house: House) -> None:
    """Ports 80 (redirects elsewhere), 443 (TLS), 8080 (a login form; NTLM for WinRM)."""
    key, cert = _certificate(house)
    for folder in ("plain", "secure"):
        (house.folder / folder).mkdir(exist_ok=True)
    house.file(
        "plain/index.html",
        "<html><head><title>Qu&#7843;n tr&#7883; thi&#7871;t b&#7883;</title></head>"
        "<body><form><input type='password' name='p'></form></body></html>",
    )
    house.file("secure/index.html", "<title>Cổng thông tin</title>")
    house.folder.chmod(0o755)
    for parent in house.folder.parents:
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    conf = house.file(
        "nginx.conf",
        f"""daemon off; pid {house.folder}/nginx.pid; error_log stderr; user root;
        events {{ worker_connections 64; }}
        http {{ access_log off; server_tokens on; client_body_temp_path {house.folder}/b;
          proxy_temp_path {house.folder}/p; fastcgi_temp_path {house.folder}/f;
          uwsgi_temp_path {house.folder}/u; scgi_temp_path {house.folder}/s;
          server {{ listen 80; return 301 https://203.0.113.7/; }}
          server {{ listen 8080; root {house.folder}/plain; location = /wsman {{ {WINRM} }} }}
          server {{ listen 443 ssl; ssl_certificate {cert}; ssl_certificate_key {key};
                    root {house.folder}/secure; charset utf-8; }} }}""",
    )
    house.start("nginx", "nginx", "-c", str(conf), "-e", "stderr")
    for port in (80, 443, 8080):
        house.wait(port)


@daemon
def ftp(house: House) -> None:
    """Port 21, without TLS."""
    Path("/var/run/vsftpd/empty").mkdir(parents=True, exist_ok=True)
    conf = house.file(
        "vsftpd.conf",
        "listen=YES\nlisten_ipv6=NO\nbackground=NO\nanonymous_enable=NO\nlocal_enable=YES\n",
    )
    house.start("vsftpd", "vsftpd", str(conf))
    house.wait(21)


@daemon
def telnet(house: House) -> None:
    """Port 23."""
    house.script("telnetd", INETD)
    house.wait(23)


@daemon
def smb(house: House) -> None:
    """Port 445, SMB 1 still on."""
    for name in ("private", "lock", "state", "cache", "pid", "ncalrpc"):
        (house.folder / "smb" / name).mkdir(parents=True, exist_ok=True)
    base = house.folder / "smb"
    conf = house.file(
        "smb.conf",
        f"""[global]
        netbios name = MAYCHU-TEP
        server min protocol = NT1
        smb ports = 445
        private dir = {base}/private
        lock directory = {base}/lock
        state directory = {base}/state
        cache directory = {base}/cache
        pid directory = {base}/pid
        ncalrpc dir = {base}/ncalrpc
        disable spoolss = yes
        log file = {base}/log
        """,
    )
    house.start("smbd", "smbd", "-F", "--no-process-group", "-s", str(conf))
    house.wait(445)


@daemon
def rpc(house: House) -> None:
    """Port 111."""
    house.start("rpcbind", "rpcbind", "-f", "-w")
    house.wait(111)


@daemon
def iscsi(house: House) -> None:
    """Port 3260; the control socket lies in the test's folder."""
    control = {"TGT_IPC_SOCKET": str(house.folder / "tgtd")}
    house.start("tgtd", "tgtd", "-f", env=control)
    house.wait(3260)
    run(  # without a target it closes every connection
        *house.inside, "env", *(f"{name}={value}" for name, value in control.items()),
        *("tgtadm", "--lld", "iscsi", "--op", "new", "--mode", "target", "--tid", "1"),
        *("-T", "iqn.2026-11.test:luu-tru"),
    )  # fmt: skip


@daemon
def mysql(house: House) -> None:
    """Port 3306: MariaDB without its tables of rights, which the greeting does not need."""
    data = house.folder / "mysql"
    data.mkdir(exist_ok=True)
    house.start(
        "mariadbd", "mariadbd", "--no-defaults", f"--datadir={data}", "--user=root",
        "--skip-grant-tables", "--skip-networking=0", "--bind-address=0.0.0.0", "--port=3306",
        f"--socket={data}/s", f"--pid-file={data}/pid", "--skip-innodb",
        "--default-storage-engine=Aria", "--skip-log-bin",
    )  # fmt: skip
    house.wait(3306)


@daemon
def postgresql(house: House) -> None:
    """Port 5432, as the user `postgres`."""
    owner = pwd.getpwnam("postgres")
    base = house.folder / "pg"
    base.mkdir(exist_ok=True)
    shutil.chown(base, owner.pw_uid, owner.pw_gid)
    as_owner = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
    binaries = "/usr/lib/postgresql/15/bin"
    run(*as_owner, f"{binaries}/initdb", "-D", f"{base}/data", "-A", "trust", "--no-sync")
    house.start(
        "postgres", *as_owner, f"{binaries}/postgres", "-D", f"{base}/data", "-h", "*",
        "-k", str(base), "-c", "fsync=off",
    )  # fmt: skip
    house.wait(5432)


@daemon
def mqtt(house: House) -> None:
    """Port 1883, open to everybody."""
    conf = house.file("mosquitto.conf", "listener 1883\nallow_anonymous true\nuser root\n")
    house.start("mosquitto", "mosquitto", "-c", str(conf))
    house.wait(1883)


@daemon
def redis(house: House) -> None:
    """Port 6379, open to everybody."""
    house.start("redis", "redis-server", "--bind", house.address, "--protected-mode", "no",
                "--save", "", "--dir", str(house.folder))  # fmt: skip
    house.wait(6379)


@daemon
def vnc(house: House) -> None:
    """Port 5900, without a password."""
    house.start("Xvnc", "Xvnc", ":7", "-rfbport", "5900", "-SecurityTypes", "None",
                "-geometry", "64x64", "-nolisten", "unix")  # fmt: skip
    house.wait(5900)


@daemon
def rdp(house: House) -> None:
    """Port 3389."""
    key, cert = _certificate(house)
    conf = house.file(
        "xrdp.ini",
        f"[Globals]\nport=3389\nsecurity_layer=negotiate\ncertificate={cert}\nkey_file={key}\n"
        "ssl_protocols=TLSv1.2, TLSv1.3\nfork=true\nuse_fastpath=both\n"
        "[Logging]\nLogLevel=INFO\nEnableConsole=true\n[Xorg]\nname=Xorg\n",
    )
    Path("/run/xrdp/sockdir").mkdir(parents=True, exist_ok=True)
    house.start("xrdp", "xrdp", "--nodaemon", "--config", str(conf))
    house.wait(3389)


@daemon
def nut(house: House) -> None:
    """Port 3493; no UPS is configured, the daemon answers all the same."""
    folder = house.folder / "nut"
    folder.mkdir(exist_ok=True)
    house.file("nut/upsd.conf", "LISTEN 0.0.0.0 3493\n")
    house.file("nut/ups.conf", '[phongmay]\ndriver = dummy-ups\nport = "x.dev"\n')
    house.file("nut/upsd.users", "")
    house.file("nut/nut.conf", "MODE=netserver\n")
    for path in folder.iterdir():
        path.chmod(0o640)
    house.start(
        "upsd", "/lib/nut/upsd", "-F", "-u", "root",
        env={"NUT_CONFPATH": str(folder), "NUT_STATEPATH": str(folder), "NUT_PIDPATH": str(folder)},
    )  # fmt: skip
    house.wait(3493)


@daemon
def announcer(house: House) -> None:
    """UDP 5353: avahi-daemon with a system bus of its own."""
    bus = house.folder / "bus"
    conf = house.file(
        "bus.conf",
        f"""<busconfig><type>system</type><listen>unix:path={bus}</listen>
        <auth>EXTERNAL</auth><policy context="default"><allow user="*"/><allow own="*"/>
        <allow send_type="method_call"/><allow send_type="signal"/>
        <allow send_type="method_return"/><allow send_type="error"/>
        <allow receive_type="method_call"/><allow receive_type="signal"/>
        <allow receive_type="method_return"/><allow receive_type="error"/></policy></busconfig>""",
    )
    house.start("dbus", "dbus-daemon", f"--config-file={conf}", "--nofork", "--nopidfile")
    until = time.monotonic() + 5
    while not bus.exists() and time.monotonic() < until:
        time.sleep(0.02)
    avahi = house.file("avahi.conf", "[server]\nhost-name=may-in\nuse-ipv6=no\n")
    house.start("avahi", "avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits",
                "-f", str(avahi), env=_bus(house))  # fmt: skip
    until = time.monotonic() + 10
    while "startup complete" not in house.logs["avahi"].read_text():
        if time.monotonic() > until:
            raise TimeoutError(house.logs["avahi"].read_text())
        time.sleep(0.05)


def _bus(house: House) -> dict[str, str]:
    return {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={house.folder / 'bus'}"}


@daemon
def printer(house: House) -> None:
    """Port 631 (IPP Everywhere, announced) and 9100, which writes down what it would print."""
    house.start(
        "ippeveprinter", "ippeveprinter", "-r", "_print", "-p", "631", "-M", "Canon",
        "-m", "LBP6030", "-d", str(house.folder), "-k", "May in phong hop", env=_bus(house),
    )  # fmt: skip
    house.script("raw", RAW_PRINTER)
    house.wait(631)
    house.wait(9100)


@daemon
def projector(house: House) -> None:
    """Port 4352."""
    house.script("pjlink", PJLINK)
    house.wait(4352)


@daemon
def names(house: House) -> None:
    """UDP 53 and, by chronyd, UDP 123."""
    house.start("dnsmasq", "dnsmasq", "-k", "-C", "/dev/null", "-R", "-h", "--user=root",
                f"--listen-address={house.address}", "--bind-interfaces",
                f"--pid-file={house.folder}/dnsmasq.pid")  # fmt: skip
    conf = house.file(
        "chrony.conf", f"port 123\ncmdport 0\nbindcmdaddress /\npidfile {house.folder}/c.pid\n"
        "allow all\nlocal stratum 5\n"
    )  # fmt: skip
    house.start("chronyd", "chronyd", "-x", "-d", "-U", "-u", "root", "-f", str(conf))


@daemon
def nfs(house: House) -> None:
    """Port 2049, by NFS-Ganesha."""
    conf = house.file(
        "ganesha.conf", "NFS_CORE_PARAM { Protocols = 4; Enable_NLM = false; Enable_RQUOTA = false;"
        " NFS_Port = 2049; }\nNFSv4 { Graceless = true; RecoveryRoot = "
        f"{house.folder}; }}\n"
    )  # fmt: skip
    house.start("ganesha", "ganesha.nfsd", "-F", "-f", str(conf), "-L", "STDERR",
                "-p", str(house.folder / "ganesha.pid"))  # fmt: skip
    house.wait(2049)
