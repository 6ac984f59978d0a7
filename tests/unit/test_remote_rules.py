"""Sections on remote work that are refused before anything is measured."""

from dataclasses import replace
from pathlib import Path

import pytest
from probe_letter import letter_of_november

from auditor.model import (
    Centre,
    Method,
    NetworkPlan,
    OutsidePlace,
    OwnershipProof,
    RemoteWork,
    Scope,
    Segment,
    Site,
    Target,
    VpnEndpoint,
    VpnKind,
    VpnProgram,
    VpnServer,
)
from auditor.remote_rules import refusals

LETTER = letter_of_november(Method.SERVICE_PROBES)
SCOPE = Scope(
    networks=("198.51.100.8/29",),
    names=("vpn.trung-tam.vn",),
    ownership=(OwnershipProof(network="198.51.100.8/29", file="hop-dong.pdf"),),
    authorisation=LETTER,
)
VPN = VpnEndpoint(name="vpn", kind=VpnKind.IKE, host="vpn.trung-tam.vn")
GOOD = RemoteWork(
    endpoints=(VPN,),
    public_addresses=("198.51.100.10",),
    outside=(OutsidePlace(place="nhà", network="203.0.113.7/32"),),
)


def fields(wanted: RemoteWork, scope: Scope = SCOPE) -> list[str]:
    """Return the fields that are refused."""
    plan = NetworkPlan(segments=(Segment(name="VP", network="192.168.10.0/24"),))
    site = Site(
        schema="t",
        centre=Centre(id="a", name="A"),
        scope=scope,
        network=plan,
        remote_work=wanted,
        targets=(Target(name="vpn", url="local:"), Target(name="pc", url="winrm://a@10.0.0.2")),
    )
    return [".".join(map(str, path[1:])) for path, _problem, _remedy in refusals(site, Path())]


def outside(network: str) -> RemoteWork:
    """Name another place."""
    return replace(GOOD, outside=(OutsidePlace(place="nhà", network=network),))


def test_a_whole_section_passes() -> None:
    """Nothing is refused without a reason."""
    assert fields(GOOD) == []


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (RemoteWork(), ""),
        (replace(GOOD, endpoints=(VPN, VPN)), "endpoints.1.name"),
        (replace(GOOD, endpoints=(replace(VPN, port=70000),)), "endpoints.0.port"),
        (replace(GOOD, endpoints=(replace(VPN, host="192.0.2.1"),)), "endpoints.0.host"),
        (replace(GOOD, public_addresses=("vpn",)), "public_addresses.0"),
        (replace(GOOD, public_addresses=("192.168.10.1",)), "public_addresses.0"),
        (replace(GOOD, public_addresses=("203.0.113.7",)), "public_addresses.0"),
        (outside("nhà"), "outside.0.network"),
        (outside("192.168.10.128/25"), "outside.0.network"),
        (outside("0.0.0.0/0"), "outside.0.network"),
        (outside("198.51.100.10/32"), "outside.0.network"),
        (replace(GOOD, outside_runs=("khong-co.json",)), "outside_runs.0"),
    ],
)
def test_what_is_wrong_is_named(wanted: RemoteWork, field: str) -> None:
    """By its field."""
    assert fields(wanted) == [field]


def test_what_the_gate_would_refuse_is_refused_here() -> None:
    """No leave, or outside the networks; WireGuard is asked nothing and needs none."""
    speed_only = replace(SCOPE, authorisation=replace(LETTER, methods=(Method.SPEED_TEST,)))
    assert fields(GOOD, speed_only) == ["endpoints.0.host"]
    elsewhere = replace(SCOPE, networks=())
    assert fields(GOOD, elsewhere) == ["public_addresses.0"]
    silent = replace(VPN, kind=VpnKind.WIREGUARD, host="192.0.2.1")
    assert fields(replace(GOOD, endpoints=(silent,))) == []


WIREGUARD = VpnServer(name="wg", kind=VpnProgram.WIREGUARD, target="vpn")
OPENVPN = VpnServer(name="ovpn", kind=VpnProgram.OPENVPN, target="vpn", status_file="/run/a.log")


@pytest.mark.parametrize(
    ("servers", "refused"),
    [
        ((WIREGUARD, OPENVPN), []),
        ((WIREGUARD, replace(OPENVPN, name="wg")), ["servers.1.name"]),
        ((WIREGUARD, replace(WIREGUARD, name="b")), ["servers.1.target"]),
        ((replace(WIREGUARD, target="khac"),), ["servers.0.target"]),
        ((replace(WIREGUARD, target="pc"),), ["servers.0.target"]),
        ((replace(WIREGUARD, status_file="/run/a.log"),), ["servers.0.status_file"]),
        ((replace(OPENVPN, status_file="status.log"),), ["servers.0.status_file"]),
        ((replace(OPENVPN, status_file="/run/$(id)"),), ["servers.0.status_file"]),
        ((replace(OPENVPN, status_file="/run/*.log"),), ["servers.0.status_file"]),
    ],
)
def test_servers(servers: tuple[VpnServer, ...], refused: list[str]) -> None:
    """Each is asked once, on a machine that is named and can be asked; a path is only a path."""
    assert fields(RemoteWork(servers=servers)) == refused
