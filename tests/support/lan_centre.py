"""A centre's network of one thing of each kind, in namespaces; two zones, and tenants between.

    office   10.60.0.0/24, fd60::/64   the officer's machine (.2), a router (.1), the things
             .200 in 10.60.0.192/26: a tenant's machine, excluded by the scope
    servers  10.60.1.0/24              behind the router: a server (.10), a machine to measure (.2)
             .64/26 is refused by the router itself, by TCP reset, as a firewall would

Daemons are Debian's. What no package plays (PJLink, RTSP) is a stand-in by its specification, and
SNMP agents are net-snmp with the objects of the device's MIB set.
"""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import service_daemons
from service_house import SETTERS, House, run

OFFICE, SERVERS, V6 = "10.60.0.0/24", "10.60.1.0/24", "fd60::/64"
TENANTS, TENANT = "10.60.0.192/26", "10.60.0.200"
REFUSED = "10.60.1.64/26"
PC, FAR_PC, FAR_SERVER = "10.60.0.2", "10.60.1.2", "10.60.1.10"
COMMUNITY = "doc-thu"

TRUTH: Mapping[str, tuple[str, str]] = {
    "10.60.0.10": ("server", "medium"),
    "10.60.0.11": ("workstation", "low"),
    "10.60.0.12": ("nas", "low"),
    "10.60.0.13": ("printer", "high"),
    "10.60.0.14": ("scanner", "medium"),
    "10.60.0.15": ("projector", "high"),
    "10.60.0.16": ("camera", "medium"),
    "10.60.0.17": ("switch", "high"),
    "10.60.0.18": ("access_point", "high"),
    "10.60.0.19": ("phone", "medium"),
    "10.60.0.20": ("ups", "high"),
    "10.60.0.1": ("router", "medium"),
}
"""What stands at each address, and how sure one can be of it from what it answers."""

PRINTER = ("10.60.0.13", "10.60.0.113", "fd60::13")
RANDOM_MAC = "10.60.0.21"
MAC = "00:00:48:00:00:{:02x}"
"""Seiko Epson's, in the IEEE's list."""

BRIDGE = "override 1.3.6.1.2.1.17.1.1.0 octet_str switch"
DOT11 = "override 1.2.840.10036.1.1.1.1.1 octet_str station"
UPS = "override 1.3.6.1.2.1.33.1.1.1.0 octet_str APC"
PRINTER_MIB = "override 1.3.6.1.2.1.43.5.1.1.17.1 octet_str SN123"

CAMERA = """
import socket
server = socket.create_server(("", 554))
while True:
    caller, _ = server.accept()
    if caller.recv(2000).startswith(b"OPTIONS rtsp://"):
        caller.sendall(b"RTSP/1.0 200 OK\\r\\nCSeq: 1\\r\\nPublic: OPTIONS, DESCRIBE\\r\\n\\r\\n")
    caller.close()
"""
"""RFC 2326, 10.1; no Debian package serves RTSP without a stream to serve."""

SIP = """<?xml version="1.0" encoding="ISO-8859-1"?>
<scenario name="phone"><recv request="OPTIONS"/><send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=1
[last_Call-ID:]
[last_CSeq:]
User-Agent: sipp
Content-Length: 0

]]></send></scenario>
"""


@dataclass
class Network:
    """Namespaces by name, and what is in them."""

    tag: str
    folder: Path
    stack: ExitStack
    spaces: dict[str, str] = field(default_factory=dict)

    def space(self, name: str) -> str:
        """Make a namespace, removed with the network."""
        full = f"{self.tag}{name}"
        run("ip", "netns", "add", full)
        self.stack.callback(subprocess.run, ["ip", "netns", "delete", full], check=False)
        run("ip", "-n", full, "link", "set", "lo", "up")
        self.spaces[name] = full
        return full

    def plug(self, name: str, bridge: str, *addresses: str, mac: str = "", via: str = "") -> None:
        """Plug a namespace into a bridge of the switch."""
        link = "eth0" if name != "router" else bridge
        full, switch, port = self.spaces[name], self.spaces["switch"], f"{bridge}{name}"
        run("ip", "-n", switch, "link", "add", port, "type", "veth", "peer", link, "netns", full)
        run("ip", "-n", switch, "link", "set", port, "master", bridge, "up")
        if mac:
            run("ip", "-n", full, "link", "set", link, "address", mac)
        run("ip", "-n", full, "link", "set", link, "up")
        for address in addresses:
            run("ip", "-n", full, "address", "add", address, "dev", link, *_no_dad(address))
        if via:
            run("ip", "-n", full, "route", "add", "default", "via", via)

    def inside(self, name: str) -> tuple[str, ...]:
        """Return the prefix that runs a program in a namespace."""
        return ("ip", "netns", "exec", self.spaces[name])

    def thing(self, address: str, *also: str, mac: str = "") -> House:
        """Add one more device of the office; daemons may be started in it."""
        last = address.rpartition(".")[2]
        self.space(last)
        self.plug(
            last,
            "office",
            f"{address}/24",
            *also,
            mac=mac or MAC.format(int(last)),
            via="10.60.0.1",
        )
        folder = self.folder / last
        folder.mkdir()
        folder.chmod(0o755)
        return House(self.spaces[last], address, address, OFFICE, "", folder, self.stack)


def _no_dad(address: str) -> tuple[str, ...]:
    return ("nodad",) if ":" in address else ()


@contextmanager
def network(folder: Path, tag: str) -> Iterator[Network]:
    """Build it all; everything is gone afterwards."""
    assert service_daemons.__doc__, "imported for the daemons that it registers"
    with ExitStack() as stack:
        built = Network(tag, folder, stack)
        switch = built.space("switch")
        for bridge in ("office", "rooms"):
            words = ("type", "bridge", "mcast_snooping", "0")
            run("ip", "-n", switch, "link", "add", "name", bridge, *words)
            run("ip", "-n", switch, "link", "set", "dev", bridge, "up")
        for name in ("pc", "router", "farpc", "far", "tenant"):
            built.space(name)
        built.plug("pc", "office", f"{PC}/24", "fd60::2/64", mac=MAC.format(2), via="10.60.0.1")
        built.plug("router", "office", "10.60.0.1/24", mac=MAC.format(1))
        built.plug("router", "rooms", "10.60.1.1/24")
        built.plug("farpc", "rooms", f"{FAR_PC}/24", via="10.60.1.1")
        built.plug("far", "rooms", f"{FAR_SERVER}/24", via="10.60.1.1")
        built.plug("tenant", "office", f"{TENANT}/24", via="10.60.0.1")
        run(*built.inside("router"), "sysctl", "-qw", "net.ipv4.ip_forward=1")
        rules = (
            "table ip f { chain w { type filter hook forward priority 0;\n"
            f"ip daddr {REFUSED} meta l4proto tcp reject with tcp reset\nip daddr {REFUSED} drop\n"
            "ip saddr 10.60.1.0/24 ip daddr 10.60.0.0/24 tcp flags & (syn|ack) == syn drop\n}\n}\n"
        )
        subprocess.run([*built.inside("router"), "nft", "-f", "-"], input=rules, text=True,
                       check=True)  # fmt: skip
        _fill(built)
        yield built


def _fill(built: Network) -> None:
    server = built.thing("10.60.0.10")
    SETTERS["ssh"](server)
    SETTERS["redis"](server)
    SETTERS["rdp"](built.thing("10.60.0.11"))
    nas = built.thing("10.60.0.12")
    SETTERS["smb"](nas)
    SETTERS["nfs"](nas)
    printer = built.thing("10.60.0.13", "10.60.0.113/24", "fd60::13/64")
    SETTERS["announcer"](printer)
    SETTERS["printer"](printer)
    agent(printer, 72, PRINTER_MIB)
    scanner(built.thing("10.60.0.14"))
    SETTERS["projector"](built.thing("10.60.0.15"))
    built.thing("10.60.0.16").script("camera", CAMERA)
    agent(built.thing("10.60.0.17"), 2, BRIDGE)
    agent(built.thing("10.60.0.18"), 2, DOT11)
    phone(built.thing("10.60.0.19"))
    agent(built.thing("10.60.0.20"), 72, UPS)
    built.thing(RANDOM_MAC, mac="da:a1:19:00:00:21")
    for name in ("far", "tenant"):
        folder = built.folder / name
        folder.mkdir()
        house = House(built.spaces[name], "", "", "", "", folder, built.stack)
        SETTERS["ssh"](house)


def agent(house: House, services: int, *objects: str) -> None:
    """UDP 161 by net-snmp, with objects of the device's own MIB."""
    lines = (f"rocommunity {COMMUNITY}", f"sysServices {services}", *objects)
    conf = house.file("snmpd.conf", "\n".join(("agentAddress udp:161", *lines, "")))
    house.start("snmpd", "/usr/sbin/snmpd", "-f", "-Lo", "-C", "-c", str(conf),
                "-p", str(house.folder / "snmpd.pid"),
                env={"SNMP_PERSISTENT_DIR": str(house.folder)})  # fmt: skip


def scanner(house: House) -> None:
    """UDP 5353: avahi announces an eSCL scanner, as the Mopria specification says."""
    service = (
        "<service-group><name>May quet</name><service><type>_uscan._tcp</type><port>8080</port>"
        "<txt-record>ty=Quet 1</txt-record></service></service-group>"
    )
    house.file("services/scan.service", service)
    house.file("avahi.conf", "[server]\nhost-name=may-quet\nuse-ipv6=no\nenable-dbus=no\n")
    house.start("avahi", "unshare", "-m", "sh", "-c",
                "mkdir -p /run/avahi-daemon && mount -t tmpfs none /run/avahi-daemon &&"
                ' mount --bind "$1/services" /etc/avahi/services &&'
                ' exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f "$1/avahi.conf"',
                "sh", str(house.folder))  # fmt: skip


def phone(house: House) -> None:
    """TCP 5060: sipp answers OPTIONS as a telephone does."""
    scenario = house.file("phone.xml", SIP)
    house.start("sipp", "sipp", "-sf", str(scenario), "-t", "t1", "-i", house.address, "-p", "5060",
                "-nostdin")  # fmt: skip
