"""From addresses and services to devices: one for each thing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from auditor.discovery.hosts import MOST_FOR_ONE_MAC
from auditor.lan.classes import Worth, conclusions
from auditor.lan.clues import Clues, words
from auditor.lan.services import rows as service_rows
from auditor.lan.survey import Survey
from auditor.model import ListedDevice, Row, Text

_LOCAL = 0x02


def rows(survey: Survey, listed: Iterable[ListedDevice]) -> list[Row]:
    """Return one row for each device among the machines that answered."""
    hosts = [row for row in survey.hosts if row["is_alive"] is True]
    services: dict[str, list[Row]] = defaultdict(list)
    for row in service_rows(survey):
        services[str(row["address"])].append(row)
    registered = {item.name for item in listed if item.asset_number}
    gateways = {text for item in survey.surroundings.segments for text in item.gateways}
    return [
        _row(_clues(group, services, survey, gateways), survey, registered)
        for group in grouped(hosts, services)
    ]


def grouped(hosts: list[Row], services: dict[str, list[Row]]) -> list[list[Row]]:
    """Put addresses together that share a MAC, a UUID, a host key or a name in `.local`.

    A key that machines of different names share was copied (a cloned image, a factory's default):
    it joins nothing. A shared MAC joins, unless it speaks for so many addresses that it is rather
    a router's or a repeater's (proxy ARP), which stands before other machines.
    """
    groups = {index: [index] for index in range(len(hosts))}
    home = list(groups)
    for members in _sharers(hosts, services):
        first = home[members[0]]
        for other in members[1:]:
            if home[other] != first:
                moved = groups.pop(home[other])
                groups[first] += moved
                for index in moved:
                    home[index] = first
    return [[hosts[index] for index in sorted(group)] for group in groups.values()]


def _sharers(hosts: list[Row], services: dict[str, list[Row]]) -> Iterator[list[int]]:
    keys: dict[str, list[int]] = defaultdict(list)
    own = []
    for index, host in enumerate(hosts):
        mine = services[str(host["address"])]
        names = _names([host], mine)
        own.append(names)
        if host["mac"]:
            keys[f"mac:{host['mac']}"].append(index)
        for key in {*_identities(host, mine), *(f"name:{n}" for n in names if _is_local(n))}:
            keys[key].append(index)
    for key, members in sorted(keys.items()):
        named = [own[index] for index in members if own[index]]
        one = set.intersection(*(set(names) for names in named)) if named else {""}
        if key.startswith("mac:"):
            of_version_4 = [index for index in members if ":" not in str(hosts[index]["address"])]
            if len(of_version_4) <= MOST_FOR_ONE_MAC:
                yield members
        elif one:
            yield members


def _identities(host: Row, services: list[Row]) -> list[str]:
    """Return what a machine's services told, and UUIDs that it announced to everybody."""
    heard = [word.partition("=") for word in words([host], "announced")]
    uuids = [f"uuid:{value.lower()}" for key, _is, value in heard if key.lower() == "mdns:uuid"]
    return [*words(services, "identities"), *uuids]


def _is_local(name: str) -> bool:
    return name.endswith(".local")


def _names(hosts: Iterable[Row], services: Iterable[Row]) -> tuple[str, ...]:
    told = [*words(hosts, "names"), *words(services, "names")]
    return tuple(dict.fromkeys(name.rstrip(".").lower() for name in told if name))


def _clues(
    hosts: list[Row], services: dict[str, list[Row]], survey: Survey, gateways: set[str]
) -> Clues:
    addresses = {str(host["address"]) for host in hosts}
    macs = _macs(hosts)
    return Clues(
        hosts=tuple(hosts),
        services=tuple(row for host in hosts for row in services[str(host["address"])]),
        agents=tuple(
            agent for agent in survey.agents if agent.address in addresses and not agent.failure
        ),
        vendors=tuple(dict.fromkeys(survey.vendors[mac] for mac in macs if mac in survey.vendors)),
        is_gateway=bool(addresses & gateways),
    )


def _macs(hosts: Iterable[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(host["mac"]) for host in hosts if host["mac"]))


def _row(clues: Clues, survey: Survey, registered: set[str]) -> Row:
    macs = _macs(clues.hosts)
    found = conclusions(clues)
    sure = [item.device_class for item in found if item.worth >= Worth.MEDIUM]
    entries = [str(host["listed_as"]) for host in clues.hosts if host["listed_as"]]
    is_listed = {host["is_listed"] for host in clues.hosts}
    product = next((str(row["product"]) for row in _tellers(clues) if row["product"]), None)
    return {
        "device": _label(clues, macs),
        "addresses": tuple(str(host["address"]) for host in clues.hosts),
        "macs": macs,
        "names": _names(clues.hosts, clues.services)[:8],
        "device_class": found[0].device_class.value if found else None,
        "confidence": found[0].worth.name.lower() if found else None,
        "evidence": tuple(dict.fromkeys(item.evidence for item in found)),
        "functions": tuple(dict.fromkeys(item.value for item in sure)),
        "vendor": clues.vendors[0] if clues.vendors else None,
        "product": product,
        "is_mac_local": all(int(mac[:2], 16) & _LOCAL for mac in macs) if macs else None,
        "is_self": any(host["is_self"] is True for host in clues.hosts),
        "is_listed": None if is_listed == {None} else True in is_listed,
        "listed_as": entries[0] if entries else None,
        "is_in_asset_register": bool(registered & set(entries)) if registered else None,
        "vendor_table": survey.vendor_table or None,
    }


def _tellers(clues: Clues) -> list[Row]:
    """Order services by how much their product says about the device as a whole."""
    ranked = ("ipp", "ipps", "pjlink", "snmp", "mdns", "rtsp", "sip")
    return [row for kind in ranked for row in clues.services if row["protocol"] == kind]


def _label(clues: Clues, macs: tuple[str, ...]) -> str:
    """Name a device by what stays: a UUID, its maker's MAC, a key; else by its address."""
    keys = sorted(words(clues.services, "identities"))
    lasting = [f"mac:{mac}" for mac in macs if not int(mac[:2], 16) & _LOCAL]
    uuids = [key for key in keys if key.startswith("uuid:")]
    found = (*uuids, *lasting, *keys, *(f"mac:{mac}" for mac in macs))
    return found[0] if found else f"address:{clues.hosts[0]['address']}"


def limitations(survey: Survey) -> tuple[Text, ...]:
    """Say what these rows cannot tell."""
    return (
        Text(
            vi="Phân loại là suy luận của công cụ từ những gì thiết bị tự trả lời; mức tin cậy ghi"
            f" theo từng dòng. Nhà sản xuất theo bảng {survey.vendor_table}.",
            en="Classes are the tool's conclusions from what devices answer; each row carries its"
            f" confidence. Makers by {survey.vendor_table}.",
        ),
        Text(
            vi="Thiết bị đang tắt, cắm USB hoặc không trả lời thì không thấy; không thấy không có"
            " nghĩa là không có.",
            en='Devices that are off, on USB or silent are not seen; "not seen" does not mean'
            ' "not there".',
        ),
    )
