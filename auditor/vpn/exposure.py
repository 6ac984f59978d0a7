"""Whether remote desktops of the centre's public addresses can be seen from the Internet."""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address, ip_network

from auditor.errors import CannotMeasure
from auditor.lan.errands import Errand, Outcome, State
from auditor.model import OutsidePlace, RemoteWork, Row
from auditor.vpn.endpoints import trouble_of
from auditor.vpn.network import RemoteNetwork
from auditor.vpn.vocabulary import PUBLIC_ADDRESS, Trouble

DESKTOPS = {
    **dict.fromkeys((3388, 3389, 3390, 13389, 33389), "rdp"),
    **dict.fromkeys((5900, 5901, 5902, 5903), "vnc"),
    **dict.fromkeys((23, 2323), "telnet"),
}
"""Where remote desktops and Telnet are looked for, and how each is asked."""

_SIGNS_OF_LIFE = (80, 443)
_EXPOSED = frozenset(DESKTOPS.values())


def rows(network: RemoteNetwork, wanted: RemoteWork, answering: frozenset[str]) -> Iterator[Row]:
    """Ask each public address; `answering` are addresses that answered something before."""
    for address in wanted.public_addresses:
        place: str | None = None
        try:
            place = outside(network.source_towards(address), wanted.outside)
            found = (
                _none(Trouble.FROM_INSIDE)
                if place is None
                else seen(network.ask_ports(_errands(address)), address in answering)
            )
        except CannotMeasure as failure:
            found = _none(trouble_of(failure))
        yield {
            "name": address,
            "kind": PUBLIC_ADDRESS,
            "address": address,
            "port": None,
            "vpn_port_tls_ok": None,
            "answered_as": None,
            "tls_version": None,
            "cert_days_left": None,
            "seen_from": place,
            **found,
        }


def outside(source: str, places: Iterable[OutsidePlace]) -> str | None:
    """Return the declared outside place that a source address belongs to, if any."""
    for place in places:
        if ip_address(source) in ip_network(place.network):
            return place.place
    return None


def seen(outcomes: Iterable[Outcome], is_alive: bool) -> Row:  # noqa: FBT001 - a fact about the address
    """Judge an address by its ports. Nothing exposed is said only of one that answers at all."""
    exposed, doubted, alive = [], False, is_alive
    for outcome in outcomes:
        port, said = outcome.errand.port, outcome.said.protocol
        alive = alive or outcome.state in {State.OPEN, State.CLOSED}
        if said in _EXPOSED:
            exposed.append(f"{said}:{port}")
        elif port in DESKTOPS:
            doubted = doubted or outcome.state is State.NOT_ASKED
            doubted = doubted or (outcome.state is State.OPEN and not said)
    if exposed:
        return {
            "rdp_or_vnc_exposed_public": True,
            "exposed": tuple(exposed),
            "trouble": None,
        }
    if doubted:
        return _none(Trouble.NOT_UNDERSTOOD)
    if not alive:
        return _none(Trouble.SILENT)
    return {"rdp_or_vnc_exposed_public": False, "exposed": (), "trouble": None}


def _errands(address: str) -> list[Errand]:
    return [
        *(Errand(address, port, ask=(talk,)) for port, talk in DESKTOPS.items()),
        *(Errand(address, port) for port in _SIGNS_OF_LIFE),
    ]


def _none(trouble: Trouble) -> Row:
    return {"rdp_or_vnc_exposed_public": None, "exposed": None, "trouble": trouble.value}
