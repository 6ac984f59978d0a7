"""Which machines a run knows of, and which of them it inspected: the denominator of coverage.

A machine is known from the site file, from what inspected machines saw of their network, and from
discovery. Each is counted once. In doubt two are counted: too many known machines can only keep a
verdict open, too few could make it favourable. Hence the rules of merging:

- an IPv4 address in the scope is one machine; two addresses with one hardware address stay two,
  because a Wi-Fi repeater or a virtualisation host answers for others with its own;
- IPv6 addresses follow their hardware address, because one machine has many of them;
- an inspected machine owns every address of its interfaces, and the hardware addresses too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from auditor.discovery.hosts import uncounted
from auditor.known.claims import (
    DISCOVERY,
    INTERFACES,
    NEIGHBOURS,
    Address,
    Bounds,
    Claim,
    address_of,
    address_order,
    claim_order,
    claims_of,
    rows_of,
    texts_of,
)
from auditor.model import (
    Failure,
    KnownFrom,
    MachineState,
    NotMachine,
    NotMeasured,
    Observation,
    Row,
    Site,
    Target,
)

HOSTS = frozenset({"local", "facts", "replay", "ssh", "winrm"})
NETWORK_VIEW = frozenset(KnownFrom) - {KnownFrom.SITE}
"""Ways of knowing that do not rest on the centre's own list."""

_LOCAL_BIT = 2


@dataclass
class Machine:
    """One machine while it is put together."""

    names: list[str] = field(default_factory=list)
    addresses: set[Address] = field(default_factory=set)
    macs: set[str] = field(default_factory=set)
    known_from: set[KnownFrom] = field(default_factory=set)
    seen_by: set[str] = field(default_factory=set)
    systems: set[str] = field(default_factory=set)
    state: MachineState = MachineState.NEVER_TRIED
    failure: Failure | None = None
    note: str = ""


@dataclass(frozen=True)
class Known:
    """The result, with what limits it.

    `outside` counts addresses beyond the scope, `unread` names machines whose neighbour table is
    missing, `was_discovered` tells whether anybody looked for machines.
    """

    rows: tuple[Row, ...]
    outside: int
    unread: tuple[str, ...]
    was_discovered: bool


def known(site: Site, targets: Iterable[Target], seen: Iterable[Observation]) -> Known:
    """Merge all that is known into machines, each with what became of it."""
    observations = sorted(seen, key=lambda item: item.measurement.key)
    bounds = Bounds(site.scope)
    machines = _of_site(sorted(targets, key=lambda t: t.name), observations)
    claims = sorted(set(claims_of(observations, bounds)), key=claim_order)
    inside = [claim for claim in claims if bounds.admit(claim)]
    found = _found(machines, inside, bounds.strangers(claims))
    _sort_out(found, machines, site.not_machines)
    rows = [*map(_row, (*machines, *found)), *_hidden(observations)]
    return Known(
        rows=tuple(sorted(rows, key=_row_order)),
        outside=len({c.address for c in claims if c.address and not bounds.admit(c)}),
        unread=tuple(
            item.measurement.target
            for item in observations
            if item.measurement.probe == NEIGHBOURS and isinstance(item.result, NotMeasured)
        ),
        was_discovered=any(
            item.measurement.probe == DISCOVERY and not isinstance(item.result, NotMeasured)
            for item in observations
        ),
    )


def _of_site(targets: list[Target], observations: list[Observation]) -> list[Machine]:
    """Make a machine of each target; two that are proven to be one are counted once."""
    merged = _Merged()
    of_target: dict[str, list[Observation]] = {}
    for item in observations:
        of_target.setdefault(item.measurement.target, []).append(item)
    tried = [_tried(t, of_target.get(t.name, [])) for t in targets if t.scheme in HOSTS]
    # inspected ones first: what failed by one way may have been inspected by another
    for target, machine in sorted(
        tried, key=lambda pair: pair[1].state is not MachineState.INSPECTED
    ):
        merged.add(machine, _named_address(target))
    for machine in merged.machines:
        machine.names.sort()
    return merged.machines


class _Merged:
    """Machines, found again by an address or by their network cards."""

    def __init__(self) -> None:
        self.machines: list[Machine] = []
        self._by: dict[object, set[int]] = {}

    def add(self, machine: Machine, at: Address | None) -> None:
        """Add what is no machine yet; else it is the first one that its address or cards name."""
        named = self._by.get(at, set()) if at is not None else set()
        same = self._by.get(_identity(machine), set()) if machine.macs else set()
        place = min(named | same, default=len(self.machines))
        if place == len(self.machines):
            self.machines.append(machine)
        else:
            one = self.machines[place]
            self._by[_identity(one)].discard(place)
            one.names += machine.names
            one.systems |= machine.systems
            one.addresses |= machine.addresses
            one.macs |= machine.macs
        one = self.machines[place]
        for name in (*one.addresses, _identity(one)):
            self._by.setdefault(name, set()).add(place)


def _identity(machine: Machine) -> tuple[frozenset[str], frozenset[Address]]:
    """Return cards with a vendor's address; without any, all cards with all their addresses."""
    vendors = frozenset(mac for mac in machine.macs if not is_local(mac))
    return (
        (vendors, frozenset())
        if vendors
        else (frozenset(machine.macs), frozenset(machine.addresses))
    )


def is_local(mac: str) -> bool:
    """Whether a hardware address is random or virtual and not a vendor's (IEEE 802, bit 1)."""
    return bool(int(mac[:2], 16) & _LOCAL_BIT)


def _tried(target: Target, mine: list[Observation]) -> tuple[Target, Machine]:
    """Say what became of a target: anything measured there makes it inspected."""
    machine = Machine(
        names=[target.name], known_from={KnownFrom.SITE}, systems=set(target.information_systems)
    )
    failed = [item.result for item in mine if isinstance(item.result, NotMeasured)]
    if len(failed) < len(mine):
        machine.state = MachineState.INSPECTED
    elif failed:
        machine.state, machine.failure = MachineState.FAILED, failed[0].failure
        machine.note = failed[0].detail
    if (at := _named_address(target)) is not None:
        machine.addresses.add(at)
    for row in rows_of(mine, INTERFACES):
        if row.get("is_loopback") is not True and row.get("is_up") is not False:
            texts = (*texts_of(row, "ipv4"), *texts_of(row, "ipv6"))
            own = {a for text in texts if (a := address_of(text)) and not a.is_link_local}
            machine.addresses |= {a for a in own if not a.is_loopback}
            machine.macs |= {mac for mac in [row.get("mac")] if isinstance(mac, str)}
    return target, machine


def _found(
    machines: list[Machine], claims: list[Claim], strangers: frozenset[str]
) -> list[Machine]:
    """Give each claim to the machine it is about, making those that nobody has named."""
    owner: dict[Address, Machine] = {}
    of_mac: dict[str, Machine] = {}
    for machine in machines:
        owner |= {a: machine for a in machine.addresses if a not in owner}
        of_mac |= {mac: machine for mac in machine.macs if mac not in of_mac}
    found: list[Machine] = []
    for claim in claims:  # IPv4 first, so that hardware addresses have their machine
        if not claim.is_placed and claim.mac in strangers:
            continue
        about = owner.get(claim.address) if claim.address and claim.is_placed else None
        if about is None and claim.mac and not isinstance(claim.address, IPv4Address):
            about = of_mac.get(claim.mac)
        machine = about or Machine()
        if about is None:
            found.append(machine)
        machine.known_from.add(claim.source)
        machine.seen_by.add(claim.seen_by)
        if claim.address:
            machine.addresses.add(claim.address)
            owner.setdefault(claim.address, machine)
        if claim.mac:
            machine.macs.add(claim.mac)
            of_mac.setdefault(claim.mac, machine)
    return found


def _sort_out(
    found: list[Machine], machines: list[Machine], declared: tuple[NotMachine, ...]
) -> None:
    """Mark what the centre says is no machine. What is a target, or was inspected, stays one."""
    for thing in declared:
        address, mac = address_of(thing.address), thing.mac.lower()
        named = [m for m in found if address in m.addresses]
        # a hardware address that answers for several addresses may stand for others behind it
        bearing = [m for m in (*found, *machines) if mac and mac in m.macs]
        for machine in named or (bearing if len(bearing) == 1 else []):
            if machine in found and (not (address and mac) or mac in machine.macs):
                machine.state, machine.note = MachineState.NOT_A_MACHINE, thing.reason


def _hidden(observations: list[Observation]) -> Iterator[Row]:
    """Yield lists of machines that could not be read, and networks that could not be counted."""
    for item in observations:
        for row in rows_of([item], NEIGHBOURS):
            if row.get("state") == "unreadable":
                yield _unread(KnownFrom.LEASE, item, row.get("interface"))
        for network in uncounted(rows_of([item], DISCOVERY)):
            yield _unread(KnownFrom.DISCOVERY, item, network)


def _unread(source: KnownFrom, item: Observation, what: object) -> Row:
    hidden = Machine(known_from={source}, seen_by={item.measurement.target})
    hidden.state, hidden.note = MachineState.HIDDEN, str(what or "")
    return _row(hidden)


def _row(machine: Machine) -> Row:
    addresses = sorted(machine.addresses, key=address_order)
    counted = machine.state not in {MachineState.NOT_A_MACHINE, MachineState.HIDDEN}
    is_inspected = machine.state is MachineState.INSPECTED
    return {
        "name": ", ".join(machine.names) or None,
        "addresses": tuple(map(str, addresses)),
        "macs": tuple(sorted(machine.macs)),
        "has_local_mac": (all(map(is_local, machine.macs)) if machine.macs else None),
        "known_from": tuple(way for way in KnownFrom if way in machine.known_from),
        "seen_by": tuple(sorted(machine.seen_by)),
        "information_systems": tuple(sorted(machine.systems)),
        "state": machine.state.value,
        "failure": machine.failure.value if machine.failure else None,
        "note": machine.note or None,
        "is_counted": counted,
        "is_inspected": None if machine.state is MachineState.NOT_A_MACHINE else is_inspected,
        "is_seen_on_network": bool(machine.known_from & NETWORK_VIEW),
    }


def _named_address(target: Target) -> Address | None:
    """Return the address in a target's URL; a loopback is each machine's own and names none."""
    address = address_of(urlsplit(target.url).hostname)
    return None if address is None or address.is_loopback else address


def _row_order(row: Row) -> tuple[object, ...]:
    addresses = row["addresses"]
    first = address_of(addresses[0]) if isinstance(addresses, tuple) and addresses else None
    place = (0, *address_order(first)) if first else (1, 0, b"")
    return (*place, str(row["name"]), str(row["macs"]), str(row["seen_by"]), str(row["note"]))
