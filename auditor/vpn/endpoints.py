"""Whether VPN endpoints answer as what they are declared to be."""

import secrets
from collections.abc import Callable, Iterator

from auditor.addresses import address_of
from auditor.errors import CannotMeasure
from auditor.lan.errands import Errand, Outcome, State
from auditor.model import Failure, Method, Row, VpnEndpoint, VpnKind
from auditor.vpn import gateways, ike, openvpn
from auditor.vpn.network import RemoteNetwork
from auditor.vpn.vocabulary import Trouble

PATIENCE_S = (0.8, 1.6, 2.4)
"""How long each of three datagrams is waited for: silence may be loss."""

_SPI_BYTES = 8
_TALKS = {
    VpnKind.OPENVPN_TCP: openvpn.OPENVPN,
    VpnKind.SSTP: gateways.SSTP,
    VpnKind.TLS: gateways.TLS,
}
"""The conversation over TCP of a kind, and what it says when it was understood."""

_TROUBLES = {
    Failure.TIMEOUT: Trouble.SILENT,
    Failure.REFUSED: Trouble.REFUSED,
    Failure.OUT_OF_SCOPE: Trouble.OUT_OF_SCOPE,
    Failure.NOT_AUTHORISED: Trouble.NOT_AUTHORISED,
}


def trouble_of(failure: CannotMeasure) -> Trouble:
    """Name why an address gave nothing."""
    return _TROUBLES.get(failure.failure, Trouble.UNREACHABLE)


def rows(network: RemoteNetwork, endpoints: tuple[VpnEndpoint, ...]) -> Iterator[Row]:
    """Ask each endpoint once; yield what it answered."""
    for endpoint in endpoints:
        address: str | None = None
        try:
            if endpoint.kind is VpnKind.WIREGUARD:
                found = _told(trouble=Trouble.NOT_ASKED)
            else:
                address = network.address_of(endpoint.host)
                found = _asked(network, endpoint, address)
        except CannotMeasure as failure:
            found = _told(trouble=trouble_of(failure))
        yield {
            "name": endpoint.name,
            "kind": endpoint.kind.value,
            "address": address,
            "port": endpoint.asked_port,
            "rdp_or_vnc_exposed_public": None,
            "exposed": None,
            "seen_from": None,
            **found,
        }


def _asked(network: RemoteNetwork, endpoint: VpnEndpoint, address: str) -> Row:
    port = endpoint.asked_port
    match endpoint.kind:
        case VpnKind.OPENVPN_UDP:
            session = secrets.token_bytes(_SPI_BYTES)
            packet = openvpn.reset(session)

            def read(heard: bytes) -> str:
                return openvpn.OPENVPN if openvpn.is_answer(heard, session) else ""
        case VpnKind.IKE:
            session = secrets.token_bytes(_SPI_BYTES)
            packet = ike.request(session, secrets.token_bytes(ike.RANDOM_BYTES), port)

            def read(heard: bytes) -> str:
                return ike.answered(heard, session, port)
        case _:
            talk, host = _TALKS[endpoint.kind], endpoint.host
            name = "" if address_of(host) else host
            (outcome,) = network.ask_ports([Errand(address, port, ask=(talk,), name=name)])
            return _of_stream(outcome, talk)
    return _of_datagram(network, address, port, packet, read)


def _of_datagram(
    network: RemoteNetwork, address: str, port: int, packet: bytes, read: Callable[[bytes], str]
) -> Row:
    """Ask until something is heard. A refusal is an answer of the machine: nothing listens."""
    for patience_s in PATIENCE_S:
        try:
            heard = network.exchange_datagram(
                address, port, Method.SERVICE_PROBES, packet, timeout_s=patience_s
            ).answer
        except CannotMeasure as failure:
            trouble = trouble_of(failure)
            if trouble is Trouble.SILENT:
                continue
            return _told(ok=False if trouble is Trouble.REFUSED else None, trouble=trouble)
        answered = read(heard)
        return (
            _told(ok=True, answered_as=answered)
            if answered
            else _told(ok=False, trouble=Trouble.OTHER_ANSWER)
        )
    return _told(trouble=Trouble.SILENT)


def _of_stream(outcome: Outcome, wanted: str) -> Row:
    match outcome.state:
        case State.CLOSED:
            return _told(ok=False, trouble=Trouble.REFUSED)
        case State.SILENT:
            return _told(trouble=Trouble.SILENT)
        case State.NOT_ASKED:
            return _told(trouble=Trouble.OUT_OF_SCOPE)
        case State.OPEN:
            return _of_answer(outcome, wanted)


def _of_answer(outcome: Outcome, wanted: str) -> Row:
    said = outcome.said.protocol
    found: Row = {
        "tls_version": outcome.tls.version if outcome.tls else None,
        "cert_days_left": outcome.tls.days_left if outcome.tls else None,
    }
    if said == wanted:
        return {**_told(ok=True, answered_as=said), **found}
    if wanted == openvpn.OPENVPN:
        has_spoken = any(turn.get("heard") for turn in outcome.spoken)
        if not has_spoken:  # what tls-crypt does to whoever lacks its key
            return _told(trouble=Trouble.SILENT)
        return _told(ok=False, trouble=Trouble.OTHER_ANSWER)
    trouble = Trouble.OTHER_ANSWER if said else Trouble.NO_TLS
    return {**_told(ok=False, answered_as=said or None, trouble=trouble), **found}


def _told(
    *, ok: bool | None = None, answered_as: str | None = None, trouble: Trouble | None = None
) -> Row:
    return {
        "vpn_port_tls_ok": ok,
        "answered_as": answered_as,
        "tls_version": None,
        "cert_days_left": None,
        "trouble": trouble.value if trouble else None,
    }
