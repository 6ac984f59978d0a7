"""From sightings to rows: one for each address, with doubt where one MAC speaks for many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from auditor.discovery.sightings import ANSWERS, Address, Discovered, How, Sighting
from auditor.model import ListedDevice, Row, Text

MOST_FOR_ONE_MAC = 4
"""More addresses behind one MAC look like a router that answers for others (proxy ARP)."""

MOST_NAMES, LONGEST_NAME = 8, 120
_AT_IP_LEVEL = frozenset({How.ICMP, How.TCP})
_BY_LINK = frozenset({How.ARP, How.NEIGHBOUR_DISCOVERY})


def rows(seen: Discovered, listed: Sequence[ListedDevice]) -> list[Row]:
    """Return one row for each address that is not merely claimed by a proxy.

    And one for each network whose machines nobody could count: its address is the network.
    """
    spoken_for = proxied(seen.sightings)
    grouped: dict[Address, list[Sighting]] = defaultdict(list)
    for sighting in seen.sightings:
        grouped[sighting.address].append(sighting)
    found = [
        _row(address, group, listed)
        for address, group in grouped.items()
        if address not in spoken_for
    ]
    return found + [_uncounted(network) for network in (*seen.veiled, *seen.unswept)]


def uncounted(hosts: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """Return the networks among rows: nobody knows how many machines are there."""
    return tuple(str(row["address"]) for row in hosts if "/" in str(row["address"]))


def _uncounted(network: str) -> Row:
    lists = dict.fromkeys(("other_macs", "methods", "names", "announced"), ())
    unknown = dict.fromkeys(("mac", "is_alive", "is_on_link", "is_self", "is_listed", "listed_as"))
    times = dict.fromkeys(("is_in_dossier", "first_seen_at", "last_seen_at"))
    return {"address": network, **lists, **unknown, **times}


def crowded(sightings: Iterable[Sighting]) -> dict[str, set[Address]]:
    """Return the MACs that answered for suspiciously many addresses of one IP version."""
    by_mac: dict[tuple[str, int], set[Address]] = defaultdict(set)
    for sighting in sightings:
        if sighting.mac and sighting.how in ANSWERS and not _is_link_local(sighting.address):
            by_mac[sighting.mac, sighting.address.version].add(sighting.address)
    return {
        mac: addresses
        for (mac, _version), addresses in by_mac.items()
        if len(addresses) > MOST_FOR_ONE_MAC
    }


def proxied(sightings: Sequence[Sighting]) -> frozenset[Address]:
    """Return the addresses for which only a MAC spoke that speaks for many."""
    confirmed = {s.address for s in sightings if s.how in _AT_IP_LEVEL or s.how is How.SELF}
    spoken_for: set[Address] = set()
    for mac, addresses in crowded(sightings).items():
        others = {s.address for s in sightings if s.how in _BY_LINK and s.mac not in {mac, None}}
        spoken_for |= addresses - confirmed - others
    return frozenset(spoken_for)


def _is_link_local(address: Address) -> bool:
    return address.is_link_local


def _is_on_link(group: Iterable[Sighting]) -> bool:
    return any(s.mac is not None or s.how in {How.SELF, *_BY_LINK} for s in group)


def _row(address: Address, group: list[Sighting], listed: Sequence[ListedDevice]) -> Row:
    group = sorted(group, key=lambda sighting: sighting.at)
    macs = list(dict.fromkeys(s.mac for s in _most_trusted_first(group) if s.mac))
    mac = macs[0] if macs else None
    is_self = any(s.how is How.SELF for s in group)
    entry = entry_for(address, mac, listed)
    dossiers = any(device.level_dossiers for device in listed)
    return {
        "address": str(address),
        "mac": mac,
        "other_macs": tuple(macs[1:]),
        "methods": tuple(sorted({s.how.value for s in group})),
        "names": _bounded(name for s in group for name in s.names),
        "announced": _bounded(word for s in group for word in s.told),
        "is_alive": True if is_self or any(s.how in ANSWERS for s in group) else None,
        "is_on_link": _is_on_link(group),
        "is_self": is_self,
        "is_listed": entry is not None if listed else None,
        "listed_as": entry.name if entry else None,
        "is_in_dossier": bool(entry and entry.level_dossiers) if dossiers else None,
        "first_seen_at": _moment(group[0].at),
        "last_seen_at": _moment(group[-1].at),
    }


def _most_trusted_first(group: list[Sighting]) -> list[Sighting]:
    """Answers before announcements before memories; the order of time within each."""
    return sorted(group, key=lambda s: (s.how not in ANSWERS, s.how is How.NEIGHBOUR_TABLE))


def entry_for(
    address: Address, mac: str | None, listed: Sequence[ListedDevice]
) -> ListedDevice | None:
    """Find a device in the list: by MAC, or by address where no MAC contradicts.

    An address that another machine has taken over is not the listed device.
    """
    for device in listed:
        if mac is not None and mac in {text.lower().replace("-", ":") for text in device.macs}:
            return device
    for device in listed:
        if str(address) in device.addresses and (mac is None or not device.macs):
            return device
    return None


def holds(network: str, address: str) -> bool:
    """Whether an address, maybe with the zone of an interface, lies in a network."""
    return ip_address(address.partition("%")[0]) in ip_network(network, strict=False)


def was_asked(
    device: ListedDevice, asked: Iterable[str], blind: Iterable[str], *, has_raw: bool
) -> bool:
    """Whether a device could have been seen: by an address that was asked, else on the own link.

    `asked` and `blind` are networks; of what lies in the latter nobody knows.
    """
    if not device.addresses:
        return has_raw and bool(device.macs)
    open_to, hidden = tuple(asked), tuple(blind)
    return any(
        any(holds(network, address) for network in open_to)
        and not any(holds(network, address) for network in hidden)
        for address in device.addresses
    )


def _bounded(words: Iterable[str]) -> tuple[str, ...]:
    kept = sorted({clean(word) for word in words} - {""})
    return tuple(kept[:MOST_NAMES])


def clean(word: str) -> str:
    """Make one short printable line of what a machine says."""
    return "".join(c if c.isprintable() else "?" for c in word).strip()[:LONGEST_NAME]


def _moment(posix_s: float) -> str:
    return datetime.fromtimestamp(posix_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def limitations(seen: Discovered) -> tuple[Text, ...]:
    """Say what these rows cannot tell."""
    return tuple(_doubts(seen))


def _doubts(seen: Discovered) -> Iterable[Text]:
    if not seen.has_raw:
        yield Text(
            vi="Chạy không có quyền gửi gói ARP: chỉ thấy máy trả lời TCP hoặc có trong bảng láng "
            "giềng của hệ điều hành; máy im lặng, máy chỉ có IPv6 có thể bị sót. Chạy lại với "
            "quyền quản trị để có danh sách đầy đủ.",
            en="Run without the right to send ARP: only machines that answer TCP or stand in the "
            "system's neighbour table were seen; silent and IPv6-only machines may be missing. "
            "Run again as administrator for a complete list.",
        )
    if seen.without_table:
        yield Text(
            vi="Không đọc được bảng láng giềng của hệ điều hành.",
            en="The system's neighbour table could not be read.",
        )
    if seen.routed:
        named = ", ".join(seen.routed)
        yield Text(
            vi=f"Sau bộ định tuyến chỉ thấy máy trả lời ICMP hoặc TCP, không biết địa chỉ MAC: "
            f"{named}",
            en=f"Behind a router only machines that answer ICMP or TCP were seen, without MAC: "
            f"{named}",
        )
    if seen.unswept:
        named = ", ".join(seen.unswept)
        yield Text(
            vi=f"Chưa dò hết các mạng quá lớn so với tốc độ được phép: {named}. Hãy ghi các đoạn "
            "mạng thật sự dùng.",
            en=f"Networks too large for the authorised rate were not swept: {named}. List the "
            "segments that are really used.",
        )
    if seen.veiled:
        named = ", ".join(seen.veiled)
        yield Text(
            vi=f"Một thiết bị trên đường (tường lửa, bộ định tuyến) trả lời thay cho mọi địa chỉ: "
            f"{named}. Số máy ở đó chưa biết; chỉ tính máy trả lời khác đi. Hãy đo từ trong đoạn "
            "mạng đó.",
            en=f"A device on the way (firewall, router) answers for every address: {named}. How "
            "many machines are there is unknown; only those that answer otherwise are counted. "
            "Measure from inside that segment.",
        )
    for mac, addresses in sorted(crowded(seen.sightings).items()):
        dropped = len(addresses & proxied(seen.sightings))
        yield Text(
            vi=f"Thiết bị {mac} trả lời ARP thay cho {len(addresses)} địa chỉ (proxy ARP); "
            f"{dropped} địa chỉ không tự trả lời đã được bỏ qua.",
            en=f"The device {mac} answers ARP for {len(addresses)} addresses (proxy ARP); "
            f"{dropped} that did not answer by themselves are left out.",
        )
    yield from _conflicts(seen)


def _conflicts(seen: Discovered) -> Iterable[Text]:
    by_address: dict[Address, set[str]] = defaultdict(set)
    for sighting in seen.sightings:
        if sighting.how in _BY_LINK and sighting.mac:
            by_address[sighting.address].add(sighting.mac)
    for address, macs in sorted(by_address.items(), key=lambda item: str(item[0])):
        if len(macs) > 1:
            named = ", ".join(sorted(macs))
            yield Text(
                vi=f"Nhiều thiết bị cùng nhận địa chỉ {address}: {named}",
                en=f"Several devices claim the address {address}: {named}",
            )
