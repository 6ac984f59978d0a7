"""Name resolution."""

from ipaddress import ip_address

from auditor.errors import CannotMeasure
from auditor.model import Hides, Measured, Row, Text
from auditor.parsing import in_order, unparsable
from auditor.probing import Column, HostFacts, probe

_FILE = "/etc/resolv.conf"
_BEHIND_STUB = "/run/systemd/resolve/resolv.conf"
_STUBS = frozenset({"127.0.0.53", "127.0.0.54"})

_STUB_ONLY = Text(
    vi="Máy dùng bộ phân giải trung gian systemd-resolved; không đọc được máy chủ DNS phía sau.",
    en="The machine asks the local stub systemd-resolved; the servers behind it could not be read.",
)
_MACOS = Text(
    vi="Trên macOS, tệp này không được mọi chương trình dùng.",
    en="On macOS not every program uses this file.",
)


@probe(
    Column("server", str, "Address that names are asked of", hides=Hides.ADDRESS),
    Column("source", str, "File that says so", hides=Hides.FILE),
    platforms=frozenset({"linux", "darwin"}),
)
def dns_resolvers(host: HostFacts) -> Measured:
    """Servers that this machine asks for names.

    Where the local stub of systemd-resolved stands in the file, the servers behind it are listed
    too. Tested on Linux; not on macOS.
    """
    rows = parse(host.collection.file(_FILE), _FILE)
    limitations = [_MACOS] if host.collection.platform == "darwin" else []
    if any(row["server"] in _STUBS for row in rows):
        try:
            rows += parse(host.collection.file(_BEHIND_STUB), _BEHIND_STUB)
        except CannotMeasure:
            limitations.append(_STUB_ONLY)
    return Measured(rows=in_order(rows, "source", "server"), limitations=tuple(limitations))


def parse(content: bytes, source: str) -> tuple[Row, ...]:
    """Read the `nameserver` lines of resolv.conf(5)."""
    try:
        lines = content.decode().splitlines()
        servers = [words[1] for line in lines if (words := line.split())[:1] == ["nameserver"]]
        for server in servers:
            ip_address(server)
    except (IndexError, ValueError) as error:
        unparsable(f"{source}: {error}")
    return tuple({"server": server, "source": source} for server in dict.fromkeys(servers))
