"""VPN endpoints and exposed desktops by what real servers answer, seen from outside and inside."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import remote_lab
import service_daemons
import vpn_daemons
from service_house import PROGRAMS, SETTERS, House, missing

from auditor import guard
from auditor.authority import NO_LETTER
from auditor.errors import CannotMeasure
from auditor.model import (
    Authorisation,
    Centre,
    ExitCode,
    Failure,
    Measured,
    Method,
    OutsidePlace,
    OwnershipProof,
    RemoteWork,
    Row,
    Scope,
    Site,
    VpnEndpoint,
)
from auditor.probing import Probe
from auditor.scope import Gate
from auditor.transports import Context
from auditor.transports.net import GatedNetwork

pytestmark = [pytest.mark.serial, pytest.mark.root, pytest.mark.package]

HOME = OutsidePlace(place="nhà cán bộ CNTT", network="203.0.113.7/32")


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Build a centre with every kind of endpoint, and with desktops that listen."""
    if os.geteuid() != 0:
        pytest.skip("needs root to make network namespaces")
    if packages := missing("openvpn", "charon-systemd", "nginx", "xrdp", "Xvnc", "busybox"):
        pytest.skip(f"needs the Debian packages {' '.join(packages)}")
    assert {"openvpn", "charon-systemd"} <= PROGRAMS.keys()
    assert service_daemons.__doc__, "imported for the daemons that it registers"
    folder = tmp_path_factory.mktemp("remote")
    with remote_lab.lab(folder) as built:
        vpn_daemons.certificates(built)
        vpn_daemons.openvpn(built)
        vpn_daemons.charon(built)
        vpn_daemons.wrong_ones(built)
        vpn_daemons.sstp(built)
        for name in ("web", "rdp", "vnc", "telnet"):
            SETTERS[name](built)
        yield built


Look = Callable[..., Measured]


@pytest.fixture(scope="module")
def site(module_letter: Callable[..., Authorisation]) -> Site:
    """Describe the centre, with the proof that its addresses are its own."""
    return Site(
        schema="test",
        centre=Centre(id="test", name="Trung tâm"),
        scope=Scope(
            networks=(remote_lab.PUBLIC,),
            ownership=(OwnershipProof(network=remote_lab.PUBLIC, file="hop-dong.pdf"),),
            packets_per_second=1000,
            authorisation=module_letter(Method.SERVICE_PROBES),
        ),
        remote_work=RemoteWork(
            endpoints=tuple(
                VpnEndpoint(name=name, kind=kind, host=remote_lab.SHUT, port=port)
                for name, kind, port in vpn_daemons.ENDPOINTS
            ),
            outside=(HOME,),
        ),
    )


@pytest.fixture(scope="module")
def kept() -> dict[str, bytes]:
    """Everything that was kept as evidence."""
    return {}


@pytest.fixture(scope="module")
def look(
    centre: House, site: Site, module_probes: Mapping[str, Probe], kept: dict[str, bytes]
) -> Look:
    """Measure from outside ("o") or inside ("i"), with another `remote_work` or scope if wanted."""

    def keep(request: str, content: bytes) -> str:
        kept[request] = content
        return sha256(content).hexdigest()

    def measured(
        kind: str = "o",
        wanted: RemoteWork | None = None,
        scope: Scope | None = None,
        folder: Path = Path(),
    ) -> Measured:
        asked = replace(site, remote_work=wanted or site.remote_work, scope=scope or site.scope)
        gate = Gate(asked.scope, asked.timezone)
        access = GatedNetwork(Context(asked, folder, gate, keep))
        with remote_lab.standing(remote_lab.elsewhere(centre, kind)), guard.probing(gate):
            return module_probes["remote_work"].measure(access)

    return measured


@pytest.fixture(scope="module")
def asked(look: Look) -> Measured:
    """Ask every endpoint once."""
    return look()


@pytest.fixture(scope="module")
def endpoints(asked: Measured) -> dict[str, Row]:
    """Return the rows of the endpoints by name."""
    return {str(row["name"]): row for row in asked.rows}


@pytest.mark.parametrize(
    ("name", "answered_as"),
    [
        ("ovpn-udp", "openvpn"),
        ("ovpn-tcp", "openvpn"),
        ("ike", "ike"),
        ("ike-nat", "ike"),
        ("sstp", "sstp"),
        ("tls", "tls"),
    ],
)
def test_a_server_answers_as_itself(endpoints: dict[str, Row], name: str, answered_as: str) -> None:
    """OpenVPN, strongSwan and nginx are real; the SSTP server is a stand-in."""
    row = endpoints[name]
    assert (row["vpn_port_tls_ok"], row["answered_as"], row["trouble"]) == (
        True,
        answered_as,
        None,
    )


def test_the_certificate_is_read(endpoints: dict[str, Row]) -> None:
    """Those of the kinds in TLS, also where the answer was not the declared one."""
    for name in ("tls", "sstp", "web-as-sstp"):
        assert endpoints[name]["cert_days_left"] in {28, 29}
        assert endpoints[name]["tls_version"] in {"TLSv1.2", "TLSv1.3"}
    assert endpoints["ovpn-udp"]["cert_days_left"] is None


@pytest.mark.parametrize(
    ("name", "ok", "trouble"),
    [
        ("ovpn-crypt", None, "silent"),
        ("wireguard", None, "not_asked"),
        ("web-as-sstp", False, "other_answer"),
        ("web-as-openvpn", False, "other_answer"),
        ("web-as-tls", False, "no_tls"),
        ("dead-udp", False, "refused"),
        ("dead-tcp", False, "refused"),
        *(
            (f"{kind}-{word}", False, "other_answer")
            for kind in ("udp", "tcp", "ike")
            for word in vpn_daemons.HOSTILE.values()
        ),
    ],
)
def test_what_is_no_answer_is_named(
    endpoints: dict[str, Row],
    name: str,
    ok: bool | None,  # noqa: FBT001 - a column
    trouble: str,
) -> None:
    """Silence is not known; a refusal and another's answer are a no."""
    assert (endpoints[name]["vpn_port_tls_ok"], endpoints[name]["trouble"]) == (ok, trouble)


def test_rows_have_the_declared_columns(
    asked: Measured, probes: Mapping[str, Probe], conforms: Callable[[Probe, Measured], bool]
) -> None:
    """Each of its kind or null, and what the rows cannot tell is said."""
    assert conforms(probes["remote_work"], asked)
    told = " ".join(text.en for text in asked.limitations)
    assert "WireGuard" in told
    assert "tls-crypt" in told
    assert "not that a VPN" in told


def test_what_passed_is_evidence(asked: Measured, kept: dict[str, bytes]) -> None:
    """Datagrams and conversations, byte for byte."""
    assert asked.rows
    datagram = json.loads(kept[f"datagram {remote_lab.SHUT} 1194"])
    assert datagram["sent_hex"].startswith("38")
    assert datagram["answer_hex"].startswith("40")
    (spoken,) = json.loads(kept[f"ports {remote_lab.SHUT} {vpn_daemons.SSTP_PORT}"])
    assert b"SSTP_DUPLEX_POST".hex() in json.dumps(spoken)


def exposed(measured: Measured) -> dict[str, object]:
    """Return what is said of each public address."""
    return {
        str(row["address"]): row["rdp_or_vnc_exposed_public"]
        for row in measured.rows
        if row["kind"] == "public_address"
    }


ADDRESSES = RemoteWork(
    public_addresses=(remote_lab.SHUT, remote_lab.OPEN, remote_lab.SILENT), outside=(HOME,)
)


def test_desktops_are_seen_from_outside(look: Look) -> None:
    """Real xrdp, Xvnc and telnetd are found; a shut address is clear, a dead one unknown."""
    seen = look("o", ADDRESSES)
    assert exposed(seen) == {
        remote_lab.SHUT: False,
        remote_lab.OPEN: True,
        remote_lab.SILENT: None,
    }
    rows = {row["address"]: row for row in seen.rows}
    assert rows[remote_lab.OPEN]["exposed"] == ("rdp:3389", "vnc:5900", "telnet:23")
    assert rows[remote_lab.OPEN]["seen_from"] == HOME.place
    assert rows[remote_lab.SILENT]["trouble"] == "silent"
    told = " ".join(text.en for text in seen.limitations)
    assert "were not named to be asked: 5" in told


def test_from_inside_nothing_is_said_and_nothing_is_sent(
    look: Look, kept: dict[str, bytes]
) -> None:
    """The same site file, read inside the centre: null with a limitation, even where it is open."""
    kept.clear()
    seen = look("i", ADDRESSES)
    assert set(exposed(seen).values()) == {None}
    assert {row["trouble"] for row in seen.rows} == {"from_inside"}
    assert "remote_work.outside" in " ".join(text.vi for text in seen.limitations)
    assert not kept


def test_an_undeclared_place_is_not_outside(look: Look) -> None:
    """Only a named place counts: this machine may be anywhere."""
    seen = look("o", replace(ADDRESSES, outside=()))
    assert set(exposed(seen).values()) == {None}


def test_without_proof_or_letter_no_packet_leaves(
    look: Look, site: Site, kept: dict[str, bytes]
) -> None:
    """The scope decides: no proof of ownership, no leave, another's address."""
    kept.clear()
    unowned = look("o", ADDRESSES, replace(site.scope, ownership=()))
    assert {row["trouble"] for row in unowned.rows} == {"out_of_scope"}
    assert set(exposed(unowned).values()) == {None}
    with pytest.raises(CannotMeasure) as refused:
        look("o", ADDRESSES, replace(site.scope, authorisation=None))
    assert refused.value.failure is Failure.NOT_AUTHORISED
    assert NO_LETTER in refused.value.detail
    assert site.scope.authorisation is not None
    other = replace(site.scope.authorisation, methods=(Method.TIME_QUERY,))
    with pytest.raises(CannotMeasure, match="does not allow service_probes") as refused:
        look("o", ADDRESSES, replace(site.scope, authorisation=other))
    assert refused.value.failure is Failure.NOT_AUTHORISED
    assert not kept


def test_a_run_from_outside_is_read_inside(look: Look, centre: House, tmp_path: Path) -> None:
    """What a run outside saw stands in for what cannot be seen here; what it missed does not."""
    path = remote_lab.site_file(tmp_path, HOME.place, HOME.network)
    audit = str(Path(sys.executable).with_name("audit"))
    enter = ("ip", "netns", "exec", remote_lab.elsewhere(centre, "o"))
    run = subprocess.run(
        [*enter, audit, "run", "--quiet", "--site", str(path), "--out", str(tmp_path / "ngoai")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode in {ExitCode.NOT_MET, ExitCode.UNDETERMINED}, run.stderr
    elsewhere = replace(ADDRESSES, outside_runs=("ngoai/record.json",))  # one more address
    seen = look("i", elsewhere, folder=tmp_path)
    assert exposed(seen) == {
        remote_lab.SHUT: False,
        remote_lab.OPEN: True,
        remote_lab.SILENT: None,
    }
