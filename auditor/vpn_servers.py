"""What a machine is asked about the VPN that it serves, where the site file says so.

`wg show … dump` would print private keys: it is never run. What leaves the machine is a part of
each line that holds no key, no name and no address.
"""

from auditor.detection.wanted import Question
from auditor.logins import POSIX
from auditor.model import Site, Target, VpnProgram, VpnServer
from auditor.sections.vpn import (
    IPSEC_STATUS,
    IPSEC_SWANCTL,
    OPENVPN_STATUS,
    WIREGUARD_LINKS,
    WIREGUARD_PEERS,
)

STATUS_FILES = (
    *("/run/openvpn-server/status*.log", "/run/openvpn/*.status"),
    *("/var/log/openvpn/*status*.log", "/etc/openvpn/*status*.log"),
)
"""Where Debian, Red Hat and the sample configuration write OpenVPN's status."""

_DAY, _TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}:[0-9]{2}"
_BETWEEN = "[,[:blank:]]"
_OLD_DAY = f"[A-Z][a-z]{{2}} [A-Z][a-z]{{2}} [ 0-9]?[0-9] {_TIME} [0-9]{{4}}"
_OPENVPN = (
    f"^TIME{_BETWEEN}[^,]*{_BETWEEN}[0-9]+$|^CLIENT_LIST|^ROUTING_TABLE|^Updated,.*$"
    f"|,[0-9]+,[0-9]+,({_DAY} {_TIME}|{_OLD_DAY})$"
)
_WIREGUARD = (
    Question(
        key=WIREGUARD_LINKS,
        keep="(^|[[:space:]])[A-Za-z0-9]",  # the first letter of each name is enough to count
        command="wg show interfaces",
    ),
    Question(
        key=WIREGUARD_PEERS, keep="[[:space:]][0-9]+$", command="wg show all latest-handshakes"
    ),
)
_IPSEC = (
    Question(key=IPSEC_SWANCTL, keep="#[0-9]+, [A-Z_]+, IKEv[12]", command="swanctl --list-sas"),
    Question(key=IPSEC_STATUS, keep="[(][0-9]+ up, [0-9]+ connecting[)]", command="ipsec status"),
)


def asked_of(site: Site, target: Target, collector: str) -> tuple[Question, ...]:
    """Return what a machine is asked besides: nothing, unless `remote_work.servers` names it."""
    servers = site.remote_work.servers if site.remote_work else ()
    here = [server for server in servers if server.target == target.name]
    if collector != POSIX:
        return ()
    found = dict.fromkeys(question for server in here for question in _questions(server, here))
    return tuple(found)


def _questions(server: VpnServer, here: list[VpnServer]) -> tuple[Question, ...]:
    match server.kind:
        case VpnProgram.WIREGUARD:
            return _WIREGUARD
        case VpnProgram.IPSEC:
            return _IPSEC
        case VpnProgram.OPENVPN:
            own = tuple(item.status_file for item in here if item.status_file)
            return (Question(key=OPENVPN_STATUS, keep=_OPENVPN, lines=own or STATUS_FILES),)
