"""Remote work."""

from typing import NoReturn

from auditor.errors import CannotMeasure
from auditor.model import Effect, Failure, Hides, Measured, RemoteWork, Row, Subject
from auditor.parsing import in_order
from auditor.probing import Column, probe
from auditor.vpn import endpoints, exposure
from auditor.vpn.network import RemoteNetwork
from auditor.vpn.remarks import limitations
from auditor.vpn.vocabulary import PUBLIC_ADDRESS, Trouble


@probe(
    Column(
        "name", str, "Endpoint as the site file names it, or a public address", hides=Hides.WEAKNESS
    ),
    Column("kind", str, "Declared kind of VPN, or public_address", hides=Hides.WEAKNESS),
    Column("address", str, "IP address that was asked", hides=Hides.WEAKNESS),
    Column("port", int, "Port of the endpoint: UDP for openvpn_udp and ike, else TCP"),
    Column(
        "vpn_port_tls_ok",
        bool,
        "It answered as its kind: openvpn_*: the server's hard reset to ours; ike: IKE_SA_INIT,"
        " also a refusal or a cookie; sstp: 200 to SSTP_DUPLEX_POST inside TLS; tls: a whole"
        " handshake; false: refused, or another answer; null: silence",
    ),
    Column("answered_as", str, "What the answer proved to be", hides=Hides.WEAKNESS),
    Column(
        "tls_version", str, "TLS version that both sides chose: sstp, tls", hides=Hides.WEAKNESS
    ),
    Column("cert_days_left", int, "Days until the certificate ends; negative: ended; sstp, tls"),
    Column(
        "rdp_or_vnc_exposed_public",
        bool,
        "RDP, VNC or Telnet answered at a public address of the centre, seen from outside; null:"
        " not measured from outside, or nothing answered at all",
    ),
    Column("exposed", tuple, "What answered there, as protocol:port", hides=Hides.WEAKNESS),
    Column(
        "seen_from",
        str,
        "Declared place outside the centre's network that it was seen from",
        hides=Hides.WEAKNESS,
    ),
    Column(
        "trouble",
        str,
        "Why the row says no more: silent, refused, from_inside, …",
        hides=Hides.WEAKNESS,
    ),
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    timeout_s=1200.0,
    asked_by="remote_work",
)
def remote_work(network: RemoteNetwork) -> Measured:
    """VPN endpoints by what they answer, and remote desktops that the Internet can see.

    Needs `remote_work` in the site file. One question to each endpoint; nobody logs in. Public
    addresses are asked only from a declared place outside, and only if `scope.ownership` proves
    that they are the centre's. Rows of runs from outside (`outside_runs`) stand beside its own.
    """
    wanted = network.site.remote_work or RemoteWork()
    there = [_whole(row) for row in network.seen_outside()]
    asked = list(endpoints.rows(network, wanted.endpoints))
    answering = frozenset(
        str(row["address"]) for row in asked if row["vpn_port_tls_ok"] is not None
    )
    asked += exposure.rows(network, wanted, answering)
    known = {
        row["name"]
        for row in (*there, *asked)
        if row["kind"] == PUBLIC_ADDRESS and row["rdp_or_vnc_exposed_public"] is not None
    }
    rows = [row for row in (*there, *asked) if not _says_less(row) or row["name"] not in known]
    if rows and all(row["trouble"] == Trouble.NOT_AUTHORISED for row in rows):
        _refuse(network, wanted)
    return Measured(
        rows=in_order(rows, "kind", "name", "address", "port", "seen_from"),
        limitations=tuple(limitations(network.site, rows)),
    )


def _refuse(network: RemoteNetwork, wanted: RemoteWork) -> NoReturn:
    """Raise what the gate says of the first place: what the letter lacks, it lacks for all."""
    for endpoint in wanted.endpoints:
        network.address_of(endpoint.host)
    for address in wanted.public_addresses:
        network.source_towards(address)
    detail = "no authorisation in force allows service probes"
    raise CannotMeasure(Failure.NOT_AUTHORISED, detail)


def _says_less(row: Row) -> bool:
    """Whether a row says nothing of an address; one that does, from another place, replaces it."""
    return row["kind"] == PUBLIC_ADDRESS and row["rdp_or_vnc_exposed_public"] is None


def _whole(row: Row) -> Row:
    """Take the columns of this version from a row of another run."""
    return {column.name: row.get(column.name) for column in remote_work.columns}
