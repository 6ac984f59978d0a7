"""What types cannot say about the declared network."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path

from auditor.addresses import address_of, network_of
from auditor.language import _
from auditor.model import NetworkPlan
from auditor.named_files import trouble
from auditor.target_rules import misplaced_secret

Refusal = tuple[tuple[str | int, ...], str, str]


def refusals(plan: NetworkPlan, folder: Path) -> Iterator[Refusal]:
    """Yield what is wrong; paths are from the site's root, files relative to `folder`."""
    for index, name in enumerate(plan.other_runs):
        remedy = _("Copy record.json of the run from the other zone there.")
        if bad := trouble(folder / name, remedy):
            yield ("network", "other_runs", index), *bad
    yield from _networks(plan)
    yield from _gateways(plan)
    yield from _zones(plan)
    yield from _snmp(plan)


def _networks(plan: NetworkPlan) -> Iterator[Refusal]:
    texts: list[tuple[tuple[str | int, ...], str]] = [
        *((("segments", i, "network"), item.network) for i, item in enumerate(plan.segments)),
        *(
            (("zones", i, "networks", j), text)
            for i, zone in enumerate(plan.zones)
            for j, text in enumerate(zone.networks)
        ),
        *(
            (("snmp", i, "networks", j), text)
            for i, access in enumerate(plan.snmp)
            for j, text in enumerate(access.networks)
        ),
    ]
    for path, text in texts:
        if not network_of(text):
            yield (
                ("network", *path),
                _("{value} is no network in CIDR form", value=text),
                _("Write it like {example}.", example="192.168.10.0/24"),
            )


def _gateways(plan: NetworkPlan) -> Iterator[Refusal]:
    for index, segment in enumerate(plan.segments):
        try:
            inside = not segment.gateway or ip_address(segment.gateway) in ip_network(
                segment.network
            )
        except ValueError:
            inside = False
        if not inside:
            yield (
                ("network", "segments", index, "gateway"),
                _("{value} is no address of this segment", value=segment.gateway),
                _("Copy it from the plan of addresses."),
            )


def _zones(plan: NetworkPlan) -> Iterator[Refusal]:
    names = [zone.name for zone in plan.zones]
    for index, zone in enumerate(plan.zones):
        if zone.name in names[:index]:
            yield (
                ("network", "zones", index, "name"),
                _("{name} is there twice", name=zone.name),
                _("Give each zone a name of its own."),
            )
        for number, text in enumerate(zone.witnesses):
            if witness(text) is None or not _inside(text, zone.networks):
                yield (
                    ("network", "zones", index, "witnesses", number),
                    _("{value} is no ADDRESS:PORT of this zone", value=text),
                    _("Name a service that always answers, such as 192.168.20.5:443."),
                )
    for index, passage in enumerate(plan.passages):
        for field, name in (("from_zone", passage.from_zone), ("to_zone", passage.to_zone)):
            if name not in names:
                yield (
                    ("network", "passages", index, field),
                    _("unknown zone {name}", name=name),
                    _("Name it in `network.zones`."),
                )


def witness(text: str) -> tuple[str, int] | None:
    """Split "ADDRESS:PORT" or "[IPv6]:PORT"; nothing when it is neither."""
    host, _colon, port = text.rpartition(":")
    address = address_of(host.strip("[]"))
    is_port = port.isdecimal() and 0 < int(port) < 1 << 16
    return (str(address), int(port)) if address and is_port else None


def _inside(text: str, networks: tuple[str, ...]) -> bool:
    found = witness(text)
    try:
        return found is not None and any(
            ip_address(found[0]) in ip_network(network) for network in networks
        )
    except ValueError:
        return False


def _snmp(plan: NetworkPlan) -> Iterator[Refusal]:
    for index, access in enumerate(plan.snmp):
        path = ("network", "snmp", index)
        for field in ("community_from", "auth_from", "privacy_from"):
            value = getattr(access, field)
            if bad := misplaced_secret(value):
                yield (*path, field), *bad
        if bool(access.community_from) == bool(access.user):
            yield (
                (*path, "user"),
                _("needs either a community or a user"),
                _("Write community_from, or user with auth_from."),
            )
        elif access.privacy_from and not access.auth_from:
            yield (
                (*path, "auth_from"),
                _("missing field"),
                _("SNMP version 3 encrypts only what is authenticated."),
            )
