"""What machines see of a network, in a few words, and the denominator that follows."""

from builders import seen

from auditor.known.machines import Known, known
from auditor.model import Centre, NotMachine, Observation, Row, Scope, Site, Target

LAN = Scope(networks=("192.168.10.0/24",), exclusions=("192.168.10.128/25",))
A, B, C = "00:16:3e:00:00:0a", "00:16:3e:00:00:0b", "00:16:3e:00:00:0c"


def host(name: str, address: str = "", *systems: str) -> Target:
    """Return a machine that the site names."""
    url = f"ssh://kiemtra@{address}" if address else "facts:x.txt"
    return Target(name=name, url=url, information_systems=systems)


def cards(target: str, *pairs: tuple[str, str]) -> Observation:
    """Return a machine's own interfaces: hardware address and IP address."""
    rows: list[Row] = [
        {"name": f"e{n}", "is_up": True, "is_loopback": False, "mac": mac,
         "ipv4": (address,) if "." in address else (), "ipv6": (address,) if ":" in address else ()}
        for n, (mac, address) in enumerate(pairs)
    ]  # fmt: skip
    return seen("network_interfaces", target, *rows)


def beside(target: str, *entries: tuple[str, str | None], source: str = "arp") -> Observation:
    """Return a machine's neighbour table, seen on its first interface."""
    rows: list[Row] = [
        {"source": "ndp" if ":" in address else source, "address": address, "mac": mac,
         "interface": "e0", "state": "reachable", "is_current": True}
        for address, mac in entries
    ]  # fmt: skip
    return seen("neighbours", target, *rows)


def merged(
    *observations: Observation,
    targets: tuple[Target, ...] = (),
    scope: Scope = LAN,
    declared: tuple[NotMachine, ...] = (),
) -> Known:
    """Merge what a centre's run has seen."""
    centre = Centre(id="thu", name="Thử")
    site = Site(schema="test", centre=centre, scope=scope, not_machines=declared)
    return known(site, targets, observations)


def counted(result: Known) -> list[tuple[str | None, tuple[str, ...], bool]]:
    """Return the denominator: name, addresses, whether inspected."""
    return [
        (row["name"], row["addresses"], row["is_inspected"])  # type: ignore[misc] # columns of the probe
        for row in result.rows
        if row["is_counted"]
    ]
