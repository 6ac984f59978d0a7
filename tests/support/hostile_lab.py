"""The small provincial network with enemies in it: every service of the centre points outside.

Adds to `lan_lab` a network that looks really public (8.8.8.0/24 and 2001:4860::/64, behind the
default route), live services on everything that must be left alone, and in the office a web server,
a name and address server, an SNMP agent and greetings whose answers name those outsiders.
"""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pcap
from hostile_services import GREETINGS, LISTENER, LOCATE, REBINDING, WEB, names, snmp
from lan_lab import CROWD, FAR, HOSTS, ROUTER, SCANNER, SWITCH, TENANTS, Lab, python
from service_house import PATH, run
from sshd import Keys

CLIENT = "dh"
LIAR, WEB_AT, NAMES_AT, SNMP_AT, GREETER, GOOD = HOSTS[:6]
SERVER = "10.51.0.10"
"""The centre's own server of speed tests, in its second segment."""

PUBLIC = ("203.0.113.10", "8.8.8.8", "2001:4860::8888")
OUTSIDE = (*PUBLIC, "10.52.0.10", TENANTS[0])
"""Who is named by the lies; all of them are alive."""

SPEED_PORT = 8989
SUPPORT = Path(__file__).parent


class HostileLab(Lab):
    """The network, and its services once `serve` has started them. `folder` keeps their files."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        """Build the network; start nothing yet."""
        self._folder, self._keys = folder, keys
        self._stack = ExitStack()
        super().__init__(HOSTS[:8])

    def _build(self) -> None:
        super()._build()
        run("ip", "netns", "add", self.space(CLIENT))
        self._spaces.append(self.space(CLIENT))
        self._plug(CLIENT, "eth0")
        there = self.space(FAR)
        self.batch(
            ROUTER,
            [
                *(f"link add eth4 type veth peer name eth4 netns {there}", "link set eth4 up"),
                *("addr add 8.8.8.1/24 dev eth4", "addr add 2001:4860::1/64 dev eth4"),
                "addr add fd50::1/64 dev eth0",
            ],
        )
        self.batch(
            FAR,
            [
                *("link set eth4 up", "addr add 8.8.8.8/24 dev eth4"),
                *("addr add 2001:4860::8888/64 dev eth4", "route add default via 2001:4860::1"),
            ],
        )
        self.batch(SCANNER, ["route add default via fd50::1"])
        self.sysctl(ROUTER, "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.eth0.proxy_arp=0")
        self.sysctl(FAR, *(f"net.ipv4.conf.{name}.rp_filter=0" for name in self._far_links))
        for space, link in ((ROUTER, "eth1"), (FAR, "eth1")):
            words = ("root", "tbf", "rate", "20mbit", "burst", "64k", "latency", "50ms")
            run(*self.inside(space), "tc", "qdisc", "add", "dev", link, *words)

    _far_links = ("all", "eth1", "eth2", "eth3", "eth4")

    def serve(self) -> None:
        """Start everybody."""
        resolver = Path("/etc/netns") / self.space(SCANNER)
        resolver.mkdir(parents=True)
        self._stack.callback(run, "rm", "-r", str(resolver))
        (resolver / "resolv.conf").write_text(f"nameserver {NAMES_AT}\noptions attempts:1\n")
        self._start(FAR, *python("-c", LISTENER))
        audit = str(Path(python()[0]).with_name("audit"))
        self._start(FAR, audit, "serve-speed", "--bind", SERVER, "--port", "8989")
        self._start(CROWD, *python(str(SUPPORT / "lan_liar.py"), "e0", LIAR))
        self._start(CROWD, *python("-c", GREETINGS, GREETER))
        self._start(CROWD, *python("-c", REBINDING, NAMES_AT, GOOD, PUBLIC[0]))
        self._start(CROWD, *python("-c", LOCATE, GREETER, PUBLIC[0]))
        self._start(CROWD, "dnsmasq", "-k", "-C", str(names(self._folder, NAMES_AT, "e2", OUTSIDE)))
        self._start(CROWD, "chronyd", "-x", "-d", "-U", "-u", "root", "port 123", "cmdport 0",
                    "bindcmdaddress /", f"bindaddress {NAMES_AT}", "allow all", "local stratum 5",
                    f"pidfile {self._folder}/chrony.pid")  # fmt: skip
        self._start(CROWD, "snmpd", "-f", "-Lo", "-C", "-c", str(snmp(self._folder, PUBLIC[0])),
                    "-I", "-smux", f"udp:{SNMP_AT}:161")  # fmt: skip
        self._web()
        self._sshd()
        self._start(CLIENT, "sh", "-c", "while :; do busybox udhcpc -i eth0 -n -q -B -t 2 -T 1"
                    " -s /bin/true -x hostname:kẻ-gian; sleep 1; done")  # fmt: skip
        for space, ports in ((CROWD, (80, 443, 5985, 22, 8081)), (FAR, (80, 8989))):
            for port in ports:
                self._wait(space, port)

    def _web(self) -> None:
        key, cert = self._folder / "tls.key", self._folder / "tls.crt"
        home = f"http://{PUBLIC[1]}/"
        run(
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "30", "-subj", "/CN=<script>alert(443)<\\/script>"),
            *("-addext", f"authorityInfoAccess=OCSP;URI:{home}ocsp,caIssuers;URI:{home}ca"),
            *("-addext", f"crlDistributionPoints=URI:{home}crl"),
            *("-keyout", str(key), "-out", str(cert)),
        )  # fmt: skip
        conf = self._folder / "nginx.conf"
        words = {"FOLDER": self._folder, "ADDRESS": WEB_AT, "PUBLIC": PUBLIC[0]}
        text = WEB
        for name, value in {**words, "OTHER": PUBLIC[1], "TENANT": TENANTS[0]}.items():
            text = text.replace(name, str(value))
        conf.write_text(text)
        self._start(CROWD, "nginx", "-c", str(conf), "-e", "stderr")

    def _sshd(self) -> None:
        Path("/run/sshd").mkdir(parents=True, exist_ok=True)
        options = ("PidFile=none", "UsePAM=no", "StrictModes=no", f"ListenAddress={GOOD}",
                   f"AuthorizedKeysFile={self._keys.user}.pub", "PermitRootLogin=yes")  # fmt: skip
        words = [word for option in options for word in ("-o", option)]
        command = ("/usr/sbin/sshd", "-D", "-f", "/dev/null", "-h", str(self._keys.host))
        self._start(CROWD, *command, *words)

    def _start(self, name: str, *command: str) -> None:
        number = len(list(self._folder.glob("*.log")))
        with (self._folder / f"{number}.log").open("wb") as log:
            process = subprocess.Popen(
                [*self.inside(name), *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={"PATH": PATH, "HOME": str(self._folder)}, start_new_session=True,
            )  # fmt: skip
        self._stack.callback(_end, process)

    def _wait(self, space: str, port: int) -> None:
        run("timeout", "20", *self.inside(space), "sh", "-c",
            f"until ss -Hltn | grep -q ':{port} '; do sleep 0.1; done")  # fmt: skip

    @property
    def links(self) -> dict[str, tuple[str, str]]:
        """Every link but the far side's own ends: a name, and where it is heard."""
        told = subprocess.check_output(
            [*self.inside(SWITCH), "ip", "-j", "link", "show", "master", "br0"], text=True
        )
        office = {f"switch-{port['ifname']}": (SWITCH, port["ifname"]) for port in json.loads(told)}
        return office | {f"router-eth{n}": (ROUTER, f"eth{n}") for n in range(1, 5)}

    @contextmanager
    def captured_everywhere(self, folder: Path) -> Iterator[None]:
        """Capture every frame on every link meanwhile, into one file each. Raises if one is lost.

        A link that nothing passed has a file without frames.
        """
        links = {name: (self.inside(space), link) for name, (space, link) in self.links.items()}
        with pcap.captured(links, folder):
            yield

    def close(self) -> None:
        """End everybody and remove everything."""
        self._stack.close()
        super().close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a service with the processes of its session."""
    with suppress(ProcessLookupError):  # it has ended by itself
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(5)
