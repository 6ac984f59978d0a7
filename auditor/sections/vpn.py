"""Peers that VPN servers have seen: numbers and times. Keys, names and addresses stay there."""

import re
from dataclasses import dataclass

from auditor.collection import Collection
from auditor.errors import CannotMeasure
from auditor.model import Failure, VpnProgram
from auditor.parsing import reading, whole

WIREGUARD_LINKS, WIREGUARD_PEERS = "vpn wireguard links", "vpn wireguard peers"
OPENVPN_STATUS = "vpn openvpn status"
IPSEC_SWANCTL, IPSEC_STATUS = "vpn ipsec swanctl", "vpn ipsec status"
ASKED = {
    VpnProgram.WIREGUARD: WIREGUARD_PEERS,
    VpnProgram.OPENVPN: OPENVPN_STATUS,
    VpnProgram.IPSEC: IPSEC_SWANCTL,
}
"""The question that every server of a kind is asked."""

MOST_LINES = 400
"""What the collector lets through of files."""

FRESH_S = 3600
"""OpenVPN writes its status every minute unless told otherwise."""

_AWAY = re.compile(r"connecting to '[^']*' failed: (No such file|Connection refused)")
_UP = re.compile(r"\(([0-9]{1,6}) up, [0-9]{1,6} connecting\)")
_OLD_CLIENT = re.compile(r",[0-9]+,[0-9]+,")


@dataclass(frozen=True, slots=True)
class Peers:
    """What one server told. `newest_at` is POSIX seconds; `None` is not known.

    `is_cut`: more may be there than was read. `is_zoneless`: times came without a zone.
    """

    is_running: bool | None
    known: int | None
    seen: int | None
    newest_at: int | None = None
    is_cut: bool = False
    is_zoneless: bool = False


def wireguard(collection: Collection, _now: float) -> Peers:
    """Read how many links there are, and when each peer last shook hands (0: never). Raises."""
    with reading("wg"):
        links = len(_lines(collection, WIREGUARD_LINKS))
        times = [whole(line.strip()) for line in _lines(collection, WIREGUARD_PEERS)]
    seen = [time for time in times if time]
    return Peers(
        is_running=links > 0,
        known=len(times),
        seen=len(seen),
        newest_at=max(seen, default=None),
    )


def openvpn(collection: Collection, now: float) -> Peers:
    """Read status files, all that there are: clients connected when they were written. Raises."""
    lines = [line.partition(":")[2] for line in _lines(collection, OPENVPN_STATUS)]
    clients, newest, written = 0, None, list[int]()
    is_client = is_zoneless = False
    with reading("openvpn status"):
        for line in lines:
            if line.startswith(("CLIENT_LIST", "ROUTING_TABLE")):
                is_client = line.startswith("CLIENT_LIST")
                clients += is_client
            elif line.startswith("TIME"):
                written.append(whole(re.split("[,\t]", line)[2]))
            elif line.startswith("Updated,"):
                is_zoneless = True
            elif _OLD_CLIENT.match(line):
                clients += 1
    if not written and not is_zoneless:
        raise CannotMeasure(Failure.UNPARSABLE, "openvpn status: no time in it")
    if clients and written and not is_zoneless:
        newest = max(written)
    return Peers(
        is_running=now - max(written) <= FRESH_S if written and not is_zoneless else None,
        known=None,
        seen=clients,
        newest_at=newest,
        is_cut=len(lines) >= MOST_LINES,
        is_zoneless=is_zoneless,
    )


def ipsec(collection: Collection, now: float) -> Peers:
    """Read what strongSwan lists as established, by either of its commands. Raises."""
    try:
        established = sum("ESTABLISHED" in line for line in _lines(collection, IPSEC_SWANCTL))
    except CannotMeasure as failure:
        said = collection.section(f"status {IPSEC_SWANCTL}").stderr.decode(errors="replace")
        if failure.failure is Failure.COMMAND_FAILED and _AWAY.search(said):
            return Peers(is_running=False, known=None, seen=0)
        if failure.failure is not Failure.TOOL_MISSING:
            raise
        with reading("ipsec status"):
            told = [_UP.fullmatch(line) for line in _lines(collection, IPSEC_STATUS)]
            established = sum(whole(match[1]) for match in told if match)
            if not told:
                return Peers(is_running=False, known=None, seen=0)
    newest = int(now) if established else None
    return Peers(is_running=True, known=None, seen=established, newest_at=newest)


def was_asked(collection: Collection, kind: VpnProgram) -> bool:
    """Whether the collector was told to ask a server of this kind."""
    return f"status {ASKED[kind]}" in collection.sections


def _lines(collection: Collection, key: str) -> list[str]:
    return collection.text(f"status {key}").splitlines()
