"""A small provincial network in namespaces: an office segment, and others that must be left alone.

    office   10.50.0.0/24, fd50::/64   this machine (.2), a router (.1), 60 machines
             .128/26 behind the router, which answers ARP and refuses TCP for all of it;
             .192/26 tenants
    annex    10.51.0.0/24              behind the router: ICMP, TCP only, silent; .16/28 is
                                       refused by the router, by ICMP
    tenants  10.52.0.0/24              behind the router, outside the scope
    public   203.0.113.0/24            behind the router, outside the scope

Loss is random drop by nftables on both ways; this needs no netem. Everything goes away with
`close`, whatever happened.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

SCANNER, SWITCH, CROWD, ROUTER, FAR = "sc", "sw", "cr", "ro", "fa"
NEEDED = {"ip": "iproute2", "nft": "nftables", "tcpdump": "tcpdump", "setpriv": "util-linux"}
HOSTS = tuple(f"10.50.0.{number}" for number in range(3, 123, 2))
"""Sixty machines, spread over the segment."""

WITHOUT_ICMP = HOSTS[::4]
TENANTS = tuple(f"10.50.0.{number}" for number in range(200, 205))
V6_ONLY, TWO_ADDRESSES = "fd50::66", ("10.50.0.124", "10.50.0.126")
BEHIND_PROXY, PROXIED, REJECTED = "10.50.0.130", "10.50.0.128/26", "10.51.0.16/28"
ANNEX = {"icmp": "10.51.0.10", "tcp_only": "10.51.0.11", "silent": "10.51.0.12"}


def missing(also: Mapping[str, str] = MappingProxyType({})) -> str:
    """Name what this machine lacks for the lab, or nothing. `also`: programs and packages."""
    if os.geteuid() != 0:
        return "needs root to make network namespaces"
    path = "/usr/sbin:/usr/bin:/sbin:/bin"
    lacking = [
        pack for name, pack in {**NEEDED, **also}.items() if shutil.which(name, path=path) is None
    ]
    return f"needs the Debian packages {', '.join(lacking)}" if lacking else ""


class Lab:
    """The network. `mac_of` names the hardware addresses of the office."""

    def __init__(
        self, hosts: Sequence[str] = HOSTS, prefix: int = 24, *, with_traps: bool = True
    ) -> None:
        """Build it; without traps it is the office's machines only.

        Raises `subprocess.CalledProcessError`; nothing is left then.
        """
        self._tag = f"al{os.getpid() % 100000}"
        self._hosts, self._prefix, self._with_traps = hosts, prefix, with_traps
        self._spaces: list[str] = []
        self.mac_of: dict[str, str] = {}
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def space(self, name: str) -> str:
        """Return the full name of a namespace."""
        return f"{self._tag}{name}"

    def inside(self, name: str) -> tuple[str, ...]:
        """Return what runs a program in a namespace."""
        return ("ip", "netns", "exec", self.space(name))

    def _build(self) -> None:
        for name in (SWITCH, SCANNER, CROWD, ROUTER, FAR):
            subprocess.run(["ip", "netns", "add", self.space(name)], check=True)
            self._spaces.append(self.space(name))
            self.batch(name, ["link set lo up"])
            self.sysctl(
                name, "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.all.accept_dad=0"
            )
        self.sysctl(CROWD, "net.ipv4.conf.all.arp_ignore=1", "net.ipv4.conf.all.arp_announce=2")
        for scope in ("all", "default"):
            self.sysctl(CROWD, f"net.ipv4.conf.{scope}.rp_filter=0")
            self.sysctl(ROUTER, f"net.ipv4.conf.{scope}.rp_filter=0")
        self.batch(SWITCH, ["link add br0 type bridge mcast_snooping 0", "link set br0 up"])
        self._plug(SCANNER, "eth0", f"10.50.0.2/{self._prefix}", "fd50::2/64")
        self._plug(ROUTER, "eth0", f"10.50.0.1/{self._prefix}")
        self._plug_crowd()
        if self._with_traps:
            self._route()
        table = subprocess.check_output([*self.inside(CROWD), "ip", "-j", "addr"], text=True)
        for link in json.loads(table):
            for address in link["addr_info"]:
                self.mac_of[address["local"]] = link["address"]

    def _plug(self, name: str, link: str, *addresses: str) -> None:
        port = f"{name}{link}"
        self.batch(SWITCH, [f"link add {port} type veth peer name {link} netns {self.space(name)}"])
        self.batch(SWITCH, [f"link set {port} master br0", f"link set {port} up"])
        self.batch(name, [f"link set {link} up", *(f"addr add {a} dev {link}" for a in addresses)])

    def _plug_crowd(self) -> None:
        crowd: list[tuple[str, ...]] = [(f"{host}/{self._prefix}",) for host in self._hosts]
        if self._with_traps:
            crowd += [(f"{host}/{self._prefix}",) for host in TENANTS]
            crowd += [(f"{V6_ONLY}/64",), tuple(f"{a}/{self._prefix}" for a in TWO_ADDRESSES)]
        there = self.space(CROWD)
        self.batch(
            SWITCH,
            [
                line
                for number in range(len(crowd))
                for line in (
                    f"link add p{number} type veth peer name e{number} netns {there}",
                    f"link set p{number} master br0",
                    f"link set p{number} up",
                )
            ],
        )
        lines = [f"link set e{number} up" for number in range(len(crowd))]
        for number, addresses in enumerate(crowd):
            lines += [f"addr add {address} dev e{number}" for address in addresses]
        self.batch(CROWD, lines)
        quiet = ", ".join(WITHOUT_ICMP)
        self.nft(
            CROWD,
            "table ip quiet { chain i { type filter hook input priority 0;\n"
            f"ip daddr {{ {quiet} }} icmp type echo-request drop\n }}\n}}\n",
        )

    def _route(self) -> None:
        there = self.space(FAR)
        lines = ["route add default via 10.50.0.1"]
        self.batch(SCANNER, lines)
        for number, network in enumerate(("10.51.0", "10.52.0", "203.0.113"), start=1):
            self.batch(
                ROUTER,
                [
                    f"link add eth{number} type veth peer name eth{number} netns {there}",
                    f"addr add {network}.1/24 dev eth{number}",
                    f"link set eth{number} up",
                ],
            )
            self.batch(
                FAR,
                [f"link set eth{number} up"]
                + [f"addr add {network}.{last}/24 dev eth{number}" for last in (10, 11, 12)],
            )
        self.batch(FAR, [f"addr add {BEHIND_PROXY}/32 dev lo", "route add default via 10.51.0.1"])
        self.batch(ROUTER, ["route add 10.50.0.128/26 via 10.51.0.10"])
        self.sysctl(ROUTER, "net.ipv4.ip_forward=1", "net.ipv4.conf.eth0.proxy_arp=1")
        self.nft(
            ROUTER,
            "table ip refusing { chain f { type filter hook forward priority 0;\n"
            f"ip daddr {PROXIED} meta l4proto tcp reject with tcp reset\n"
            f"ip daddr {REJECTED} reject\n }}\n}}\n",
        )
        silent, tcp_only = ANNEX["silent"], ANNEX["tcp_only"]
        self.nft(
            FAR,
            "table ip quiet { chain i { type filter hook input priority 0;\n"
            f"ip daddr {silent} drop\n"
            f"ip daddr {tcp_only} icmp type echo-request drop\n }}\n}}\n",
        )

    def lose(self, percent: int) -> None:
        """Drop so many of the frames from and to this machine, each at random."""
        for space, link in ((SCANNER, "eth0"), (SWITCH, f"{SCANNER}eth0")):
            self.nft(
                space,
                "table netdev loss\ndelete table netdev loss\ntable netdev loss { chain i {\n"
                f'type filter hook ingress device "{link}" priority 0;\n'
                f"numgen random mod 100 < {percent} drop\n }}\n}}\n",
            )

    def batch(self, name: str, lines: Sequence[str]) -> None:
        """Run many `ip` commands in a namespace."""
        subprocess.run(
            ["ip", "-n", self.space(name), "-batch", "-"],
            input="\n".join(lines),
            text=True,
            check=True,
        )

    def nft(self, name: str, rules: str) -> None:
        """Load packet filter rules in a namespace."""
        subprocess.run([*self.inside(name), "nft", "-f", "-"], input=rules, text=True, check=True)

    def sysctl(self, name: str, *settings: str) -> None:
        """Set kernel parameters in a namespace."""
        subprocess.run([*self.inside(name), "sysctl", "-qw", *settings], check=True)

    def close(self) -> None:
        """Remove everything."""
        for space in reversed(self._spaces):
            subprocess.run(["ip", "netns", "delete", space], check=False)
        self._spaces = []


def python(*words: str) -> tuple[str, ...]:
    """Return a command of this interpreter."""
    return (sys.executable, *words)


@contextlib.contextmanager
def captured(inside: Sequence[str], link: str, file: Path, *words: str) -> Iterator[None]:
    """Capture every frame on a link meanwhile; `inside` is the prefix that enters its namespace."""
    command = (*inside, "tcpdump", "-U", "-n", "-s", "200", "-i", link, *words)
    with subprocess.Popen(
        [*command, "-w", str(file)], stderr=subprocess.PIPE, text=True
    ) as process:
        if process.stderr is None:
            raise RuntimeError(link)
        line = process.stderr.readline()
        while line and "listening on" not in line:
            line = process.stderr.readline()
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)
