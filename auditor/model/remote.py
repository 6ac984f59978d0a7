"""How people work from elsewhere: VPN endpoints, public addresses, and places outside."""

from enum import StrEnum

from auditor.model.vocabulary import noun


class VpnKind(StrEnum):
    """What an endpoint speaks. `TLS`: a gateway whose protocol inside TLS is the vendor's own."""

    OPENVPN_UDP = "openvpn_udp"
    OPENVPN_TCP = "openvpn_tcp"
    WIREGUARD = "wireguard"
    IKE = "ike"
    SSTP = "sstp"
    TLS = "tls"

    @property
    def usual_port(self) -> int:
        """The port where nothing else is said."""
        match self:
            case VpnKind.OPENVPN_UDP | VpnKind.OPENVPN_TCP:
                return 1194
            case VpnKind.WIREGUARD:
                return 51820
            case VpnKind.IKE:
                return 500
            case VpnKind.SSTP | VpnKind.TLS:
                return 443


@noun
class VpnEndpoint:
    """One VPN endpoint of the centre. `port` 0 is the usual one of its kind."""

    name: str
    kind: VpnKind
    host: str
    port: int = 0

    @property
    def asked_port(self) -> int:
        """The port that is asked."""
        return self.port or self.kind.usual_port


@noun
class OutsidePlace:
    """A place outside the centre's network from which the officer measures.

    This machine counts as being there while it reaches the centre from an address in `network`.
    """

    place: str
    network: str


class VpnProgram(StrEnum):
    """What serves a VPN on a machine of the centre, and tells who is connected."""

    WIREGUARD = "wireguard"
    OPENVPN = "openvpn"
    IPSEC = "ipsec"


@noun
class VpnServer:
    """A VPN server of the centre, asked on the machine `target` of `targets` itself.

    `status_file` is where OpenVPN writes its status; without one the usual places are read.
    """

    name: str
    kind: VpnProgram
    target: str
    status_file: str = ""


@noun
class RemoteWork:
    """What the centre offers for remote work.

    `public_addresses` are the centre's own (`scope.ownership` proves it); remote desktops are
    looked for there from one of the places `outside`, and nowhere else. `outside_runs` are the
    `record.json` of this centre's runs from such a place. `servers` are asked on their own
    machines for the peers that they have seen.
    """

    endpoints: tuple[VpnEndpoint, ...] = ()
    servers: tuple[VpnServer, ...] = ()
    public_addresses: tuple[str, ...] = ()
    outside: tuple[OutsidePlace, ...] = ()
    outside_runs: tuple[str, ...] = ()
