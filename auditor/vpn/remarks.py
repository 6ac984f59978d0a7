"""What the rows of remote work cannot tell."""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address, ip_network

from auditor.model import Row, Site, Text, VpnKind
from auditor.vpn import words
from auditor.vpn.exposure import DESKTOPS
from auditor.vpn.vocabulary import PUBLIC_ADDRESS, Trouble

_PORTS = ", ".join(map(str, sorted(DESKTOPS)))


def limitations(site: Site, rows: Iterable[Row]) -> Iterator[Text]:
    """Yield what a reader has to know beside the rows."""
    found = tuple(rows)
    kinds = {row["kind"] for row in found}
    troubles = {(row["kind"], row["trouble"]) for row in found}
    for row in found:
        if row["trouble"] in words.TROUBLES:
            yield words.said(str(row["name"]), Trouble(str(row["trouble"])))
    if VpnKind.TLS in kinds:
        yield Text(
            vi="Cổng loại tls: bắt tay TLS chỉ cho biết có máy chủ TLS trả lời, không chứng minh"
            " phía sau là VPN.",
            en="Endpoints of kind tls: the handshake shows a TLS server, not that a VPN is behind"
            " it.",
        )
    if VpnKind.WIREGUARD in kinds:
        yield Text(
            vi="WireGuard chỉ trả lời máy có khóa, nên không được hỏi: không biết có hoạt động hay"
            " không.",
            en="WireGuard answers only who holds a key, so it was not asked: whether it works is"
            " not known.",
        )
    if any(
        (kind, Trouble.SILENT) in troubles for kind in (VpnKind.OPENVPN_UDP, VpnKind.OPENVPN_TCP)
    ):
        yield Text(
            vi="OpenVPN dùng tls-auth hoặc tls-crypt im lặng với máy không có khóa: im lặng là"
            " «không biết», không phải «không hoạt động».",
            en="OpenVPN with tls-auth or tls-crypt is silent to whoever lacks the key: silence is"
            " “not known”, not “not working”.",
        )
    if (PUBLIC_ADDRESS, Trouble.FROM_INSIDE) in troubles:
        yield Text(
            vi="Đo từ trong mạng không cho biết Internet thấy gì: hãy đo từ một nơi bên ngoài đã"
            " khai ở remote_work.outside.",
            en="Measuring from inside does not tell what the Internet sees: measure from a place"
            " outside that remote_work.outside names.",
        )
    if any(row["rdp_or_vnc_exposed_public"] is not None for row in found):
        yield Text(
            vi=f"Nơi đo bên ngoài do trung tâm khai. Chỉ hỏi các cổng TCP {_PORTS}; dịch vụ ở cổng"
            " khác, hoặc bị nhà mạng nơi đo chặn, không thấy được.",
            en=f"The outside place is the centre's word. Only the TCP ports {_PORTS} were asked;"
            " what is on others, or filtered by that place's provider, is not seen.",
        )
        if missed := _not_asked(site):
            yield Text(
                vi=f"Địa chỉ công cộng của trung tâm chưa được khai để hỏi: {missed}",
                en=f"Public addresses of the centre that were not named to be asked: {missed}",
            )


def _not_asked(site: Site) -> int:
    """Count owned public addresses beyond those that the site names."""
    named = site.remote_work.public_addresses if site.remote_work else ()
    addresses = {ip_address(text) for text in named}
    owned = [ip_network(proof.network) for proof in site.scope.ownership]
    inside = {a for a in addresses if any(a in network for network in owned)}
    return max(0, sum(network.num_addresses for network in owned) - len(inside))
