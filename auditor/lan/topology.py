"""The network as it is, beside the network as the centre's papers describe it."""

from collections.abc import Iterator
from ipaddress import ip_network

from auditor.discovery.hosts import holds, uncounted, was_asked
from auditor.lan.clues import words
from auditor.lan.errands import State
from auditor.lan.survey import Survey
from auditor.model import NetworkPlan, Row, Segment, Site, Text, Value

_EMPTY: dict[str, Value] = {
    "kind": None,
    "name": None,
    "network": None,
    "interface": None,
    "gateways": None,
    "gateway_addresses": (),
    "name_servers": (),
    "dhcp_servers": (),
    "time_servers": (),
    "dhcp_pool_size": None,
    "hosts": None,
    "is_listed": None,
    "is_seen": None,
    "peer": None,
    "protection": None,
}


def rows(survey: Survey, site: Site) -> list[Row]:
    """Return rows of four kinds: segment, device (where list and network differ), link, wifi."""
    return [
        *_segments(survey, site.network),
        *_devices(survey, site),
        *_links(survey),
        *_wifi(survey),
    ]


def _segments(survey: Survey, plan: NetworkPlan) -> Iterator[Row]:
    planned = {_normal(item.network): item for item in plan.segments}
    here = {_normal(item.network): item for item in survey.surroundings.segments}
    for network in sorted({*planned, *here}):
        declared, own = planned.get(network), here.get(network)
        live = _live(survey, network)
        configured = {*(own.gateways if own else ()), *_gateway(declared)}
        gateways = sorted(text for text in configured if holds(network, text))
        yield {
            **_EMPTY,
            "kind": "segment",
            "name": declared.name if declared else None,
            "network": network,
            "interface": own.interface if own else None,
            "gateways": sum(text in live for text in gateways),
            "gateway_addresses": tuple(gateways),
            "name_servers": _answering(survey, network, "dns"),
            "dhcp_servers": _dhcp(survey, network),
            "time_servers": _answering(survey, network, "ntp"),
            "dhcp_pool_size": declared.dhcp_pool_size if declared else None,
            "hosts": None if _is_uncounted(survey, network) else len(live),
            "is_listed": declared is not None if planned else None,
            "is_seen": True if own or live else None,
        }


def _gateway(declared: Segment | None) -> tuple[str, ...]:
    return (declared.gateway,) if declared and declared.gateway else ()


def _normal(network: str) -> str:
    return str(ip_network(network, strict=False))


def _live(survey: Survey, network: str) -> set[str]:
    return {
        str(row["address"])
        for row in survey.hosts
        if row["is_alive"] is True and holds(network, str(row["address"]))
    }


def _is_uncounted(survey: Survey, network: str) -> bool:
    whole = ip_network(network)
    return any(
        ip_network(part).version == whole.version and whole.overlaps(ip_network(part))
        for part in uncounted(survey.hosts)
    )


def _answering(survey: Survey, network: str, protocol: str) -> tuple[str, ...]:
    found = {
        outcome.errand.address
        for outcome in survey.outcomes
        if outcome.state is State.OPEN
        and outcome.said.protocol == protocol
        and holds(network, outcome.errand.address)
    }
    return tuple(sorted(found))


def _dhcp(survey: Survey, network: str) -> tuple[str, ...]:
    return tuple(
        sorted(
            str(row["address"])
            for row in survey.hosts
            if "dhcp:server" in words([row], "announced") and holds(network, str(row["address"]))
        )
    )


def _devices(survey: Survey, site: Site) -> Iterator[Row]:
    """Yield only differences: seen but not listed, listed but not seen."""
    for host in survey.hosts:
        if host["is_alive"] is True and host["is_listed"] is False:
            names = words([host], "names")
            yield {
                **_EMPTY,
                "kind": "device",
                "name": names[0] if names else str(host["address"]),
                "network": str(host["address"]),
                "is_listed": False,
                "is_seen": True,
            }
    blind = (*uncounted(survey.hosts), *site.scope.exclusions)
    seen = {str(host["listed_as"]) for host in survey.hosts if host["is_alive"] is True}
    for device in site.devices:
        if device.name not in seen:
            yield {
                **_EMPTY,
                "kind": "device",
                "name": device.name,
                "network": device.addresses[0] if device.addresses else None,
                "is_listed": True,
                "is_seen": (
                    False
                    if was_asked(device, survey.asked, blind, has_raw=survey.has_raw)
                    else None
                ),
            }


def _links(survey: Survey) -> Iterator[Row]:
    for agent in survey.agents:
        for neighbour in agent.neighbours:
            yield {
                **_EMPTY,
                "kind": "link",
                "name": agent.name or agent.address,
                "interface": neighbour.local_port or None,
                "peer": f"{neighbour.name or neighbour.chassis} {neighbour.port}".strip() or None,
                "is_seen": True,
            }
        ports = {port for _mac, port in agent.macs}
        for port in sorted(ports):
            stations = [mac for mac, at in agent.macs if at == port]
            yield {
                **_EMPTY,
                "kind": "link",
                "name": agent.name or agent.address,
                "interface": str(port),
                "peer": ", ".join(sorted(stations)[:8]),
                "hosts": len(stations),
                "is_seen": True,
            }


def _wifi(survey: Survey) -> Iterator[Row]:
    for found in survey.surroundings.wifi or ():
        yield {
            **_EMPTY,
            "kind": "wifi",
            "name": found.ssid or None,
            "protection": found.protection or "open",
            "is_seen": True,
        }


def limitations(survey: Survey, site: Site) -> tuple[Text, ...]:
    """Say what these rows cannot tell."""
    said = [
        Text(
            vi="Chỉ thấy phân đoạn mà máy đo nối vào hoặc có máy trả lời qua bộ định tuyến; thiết"
            " bị trong danh mục mà không thấy có thể đang tắt.",
            en="Only segments that this machine is on, or with machines that answer through a"
            " router, are seen; a listed device that was not seen may be off.",
        )
    ]
    if survey.surroundings.wifi is None:
        said.append(
            Text(
                vi="Không đọc được danh sách Wi-Fi: máy đo không có Wi-Fi hoặc không có"
                " NetworkManager.",
                en="Wi-Fi networks could not be read: no Wi-Fi here, or no NetworkManager.",
            )
        )
    if not site.network.segments:
        said.append(
            Text(
                vi="Chưa khai quy hoạch địa chỉ IP (network.segments) nên không đối chiếu được.",
                en="No plan of addresses (network.segments) is declared, so nothing is compared.",
            )
        )
    if not site.network.snmp:
        said.append(
            Text(
                vi="Chưa khai tài khoản SNMP (network.snmp) nên không đọc được liên kết giữa các"
                " thiết bị chuyển mạch.",
                en="No SNMP account (network.snmp) is declared, so links between switches are not"
                " known.",
            )
        )
    return tuple(said)
