"""Routes."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from auditor.errors import CannotMeasure
from auditor.model import Failure, Hides, Measured, Row, Text
from auditor.parsing import in_order, unparsable
from auditor.probing import Column, HostFacts, probe

_UP = 0x1
_REJECT = 0x200
_NOWHERE = "*"  # how IPv4 writes a blackhole
_KERNELS = 0x80000000 | 0x01000000 | 0x00100000  # RTF_LOCAL, RTF_CACHE, RTF_ANYCAST
_IPV4_FIELDS = 11
_IPV6_FIELDS = 10

_NO_IPV6 = Text(
    vi="Máy này không bật IPv6 nên chỉ có tuyến IPv4.",
    en="IPv6 is switched off on this machine; the routes are IPv4 only.",
)


@probe(
    Column("family", str, "ipv4 or ipv6", hides=Hides.NOTHING),
    Column("destination", str, "Network in CIDR form", hides=Hides.ADDRESS),
    Column(
        "gateway", str, "Next hop; null if the network is directly attached", hides=Hides.ADDRESS
    ),
    Column("interface", str, "Interface that packets leave by", hides=Hides.TEXT),
    Column("is_default", bool, "The route for everything else"),
    platforms=frozenset({"linux"}),
)
def network_routes(host: HostFacts) -> Measured:
    """Routes of the main table, IPv4 and IPv6."""
    rows = parse_ipv4(host.collection.file("/proc/net/route"))
    try:
        rows += parse_ipv6(host.collection.file("/proc/net/ipv6_route"))
    except CannotMeasure as failure:
        if failure.failure is not Failure.TOOL_MISSING:
            raise
        return Measured(rows=_ordered(rows), limitations=(_NO_IPV6,))
    return Measured(rows=_ordered(rows))


def parse_ipv4(content: bytes) -> tuple[Row, ...]:
    """Read /proc/net/route: hexadecimal addresses in the order of a little-endian machine."""
    rows: list[Row] = []
    try:
        for line in content.decode("ascii").splitlines()[1:]:
            fields = line.split()
            if len(fields) != _IPV4_FIELDS:
                unparsable(f"/proc/net/route: {len(fields)} fields")
            network = IPv4Network((_address(fields[1]), str(_address(fields[7]))))
            flags, hop = int(fields[3], 16), _address(fields[2])
            if flags & _UP and not flags & _REJECT and fields[0] != _NOWHERE:
                rows.append(_row("ipv4", network, None if int(hop) == 0 else hop, fields[0]))
    except ValueError as error:
        unparsable(f"/proc/net/route: {error}")
    return tuple(rows)


def parse_ipv6(content: bytes) -> tuple[Row, ...]:
    """Read /proc/net/ipv6_route, without loopback, local and multicast entries of the kernel."""
    rows: list[Row] = []
    try:
        for line in content.decode("ascii").splitlines():
            fields = line.split()
            if len(fields) != _IPV6_FIELDS:
                unparsable(f"/proc/net/ipv6_route: {len(fields)} fields")
            network = IPv6Network((bytes.fromhex(fields[0]), int(fields[1], 16)))
            flags, name = int(fields[8], 16), fields[9]
            if not flags & _UP or flags & (_REJECT | _KERNELS) or network.is_multicast:
                continue
            hop = IPv6Address(bytes.fromhex(fields[4]))
            if name != "lo":
                rows.append(_row("ipv6", network, None if int(hop) == 0 else hop, name))
    except ValueError as error:
        unparsable(f"/proc/net/ipv6_route: {error}")
    return tuple(rows)


def _address(text: str) -> IPv4Address:
    return IPv4Address(bytes.fromhex(text)[::-1])


def _row(
    family: str,
    network: IPv4Network | IPv6Network,
    gateway: IPv4Address | IPv6Address | None,
    interface: str,
) -> Row:
    return {
        "family": family,
        "destination": str(network),
        "gateway": str(gateway) if gateway else None,
        "interface": interface,
        "is_default": network.prefixlen == 0,
    }


def _ordered(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return in_order(rows, "family", "destination", "interface")
