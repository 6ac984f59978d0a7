"""VPN servers."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import MappingProxyType

from auditor.collection import Collection
from auditor.errors import CannotMeasure
from auditor.model import Hides, Measured, Row, Text, VpnProgram, VpnServer
from auditor.parsing import in_order
from auditor.probing import Column, HostFacts, probe
from auditor.sections import vpn
from auditor.sections.machine import now
from auditor.sections.vpn import Peers

_DAY_S = 86_400
_COLUMNS = (
    Column("name", str, "Name that the site file gives the server", hides=Hides.HOST),
    Column("kind", str, "wireguard, openvpn or ipsec", hides=Hides.NOTHING),
    Column("is_running", bool, "A link is there, the status is fresh or the daemon answers"),
    Column("peers_known", int, "Peers in the configuration; WireGuard only"),
    Column(
        "peers_seen",
        int,
        "Peers that ever shook hands since the link is up (WireGuard), or are connected",
    ),
    Column("newest_seen_at", str, "When the newest of them was last seen", hides=Hides.NOTHING),
    Column("newest_age_days", int, "Whole days since then, by the machine's clock"),
    Column("trouble", str, "Why nothing was told, as a failure's name", hides=Hides.NOTHING),
)
_READERS: MappingProxyType[VpnProgram, Callable[[Collection, float], Peers]] = MappingProxyType(
    {
        VpnProgram.WIREGUARD: vpn.wireguard,
        VpnProgram.OPENVPN: vpn.openvpn,
        VpnProgram.IPSEC: vpn.ipsec,
    }
)
_WHOEVER = Text(
    vi="Máy chủ VPN chỉ cho biết có thiết bị đã kết nối, không cho biết đó là ai; khóa, tên và "
    "địa chỉ không rời khỏi máy.",
    en="The VPN server tells that peers connected, not who they are; keys, names and addresses "
    "stay on the machine.",
)
_CUT = Text(
    vi="Tệp trạng thái OpenVPN dài, chỉ đọc được phần cuối: số thiết bị là ít nhất.",
    en="OpenVPN's status is long and only its end was read: the peers are at least so many.",
)
_ZONELESS = Text(
    vi="Tệp trạng thái OpenVPN kiểu 1 ghi giờ không có múi giờ nên không biết đã thấy lúc nào – "
    "đặt status-version 2.",
    en="OpenVPN's status of version 1 has times without a zone, so when is not known – set "
    "status-version 2.",
)
_NOT_ASKED = Text(
    vi="Dữ liệu của máy này được thu khi chưa hỏi về VPN; thu lại bằng kịch bản của audit "
    "collector --site … --target ….",
    en="This machine's output was collected without asking about VPN; collect it again with the "
    "script of audit collector --site … --target ….",
)


@probe(*_COLUMNS, asked_by="remote_work", platforms=frozenset({"linux"}))
def vpn_peers(host: HostFacts) -> Measured:
    """Peers that the centre's VPN servers have seen, asked on their own machines.

    `wg show` (link names by first letter, times of handshakes), OpenVPN's status file, and
    strongSwan's `swanctl --list-sas` or `ipsec status`; all only read, mostly as root. A machine
    that `remote_work.servers` does not name is asked none of them and has no row. WireGuard and
    OpenVPN 2.6 were read from the real programs; established tunnels of strongSwan after its
    documentation, not tested on a real system.
    """
    wanted = host.site.remote_work
    named = [item for item in wanted.servers if item.target == host.target.name] if wanted else []
    limitations: dict[Text, None] = dict.fromkeys((_WHOEVER,) if named else ())
    rows = [_row(item, host.collection, limitations) for item in named]
    return Measured(rows=in_order(rows, "name"), limitations=tuple(limitations))


def _row(item: VpnServer, collection: Collection, limitations: dict[Text, None]) -> Row:
    row: Row = {
        **dict.fromkeys(column.name for column in _COLUMNS),
        "name": item.name,
        "kind": item.kind.value,
    }
    try:
        asked_at = now(collection)
        found = _READERS[item.kind](collection, asked_at)
    except CannotMeasure as failure:
        if not vpn.was_asked(collection, item.kind):
            limitations[_NOT_ASKED] = None
        return {**row, "trouble": failure.failure.value}
    if found.is_cut:
        limitations[_CUT] = None
    if found.is_zoneless:
        limitations[_ZONELESS] = None
    newest = found.newest_at
    return {
        **row,
        "is_running": found.is_running,
        "peers_known": found.known,
        "peers_seen": found.seen,
        "newest_seen_at": None if newest is None else _moment(newest),
        "newest_age_days": None if newest is None else max(0, int(asked_at - newest) // _DAY_S),
    }


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
