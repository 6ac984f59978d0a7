"""Peers that VPN servers have seen: real WireGuard and OpenVPN; no key, name or address leaves."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest
import vpn_servers as lab
from collected import Printed, made

from auditor import products, scripts, vpn_servers
from auditor.collection import Collection, parse
from auditor.detection.wanted import SIDE_EFFECTS
from auditor.model import Measured, RemoteWork, Row, Target, VpnProgram, VpnServer
from auditor.probing import Probe
from auditor.recognition import MachineFacts
from auditor.site import default

HERE = Target(name="may-vpn", url="local:")
NOW = 1795296196
"""What the frame of a made collection says."""


def server(kind: VpnProgram, status_file: str = "") -> VpnServer:
    """Name a server of this machine."""
    return VpnServer(name=kind.value, kind=kind, target=HERE.name, status_file=status_file)


def facts(collection: Collection, *servers: VpnServer) -> MachineFacts:
    """Return what the probe is given of that machine."""
    site = replace(default().site, targets=(HERE,), remote_work=RemoteWork(servers=servers))
    return MachineFacts(collection, products.load(), HERE, site)


@pytest.fixture
def told(
    probes: Mapping[str, Probe], conforms: Callable[[Probe, Measured], bool]
) -> Callable[..., Row]:
    """Read what a server printed; the answer has exactly the declared columns."""

    def read(kind: VpnProgram, sections: Mapping[str, Printed]) -> Row:
        named = {f"status {key}": printed for key, printed in sections.items()}
        result = probes["vpn_peers"].measure(facts(made(named), server(kind)))
        assert conforms(probes["vpn_peers"], result)
        return result.rows[0]

    return read


@pytest.fixture(scope="module")
def vpn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lab.Vpn]:
    """Start WireGuard on both machines."""
    if not lab.is_possible():
        pytest.skip(f"needs root, /dev/net/tun and the programs {', '.join(lab.NEEDED)}")
    with lab.vpn_in(tmp_path_factory.mktemp("vpn")) as running:
        running.wireguard()
        yield running


def collected(vpn: lab.Vpn, *servers: VpnServer) -> tuple[MachineFacts, str]:
    """Run the collector on the server's machine, as the site asks for it."""
    site = facts(made({}), *servers).site
    raw = vpn.server.run("sh", "-s", given=scripts.script(products.load(), "posix", site, HERE))
    return facts(parse(raw), *servers), raw.decode(errors="replace")


def test_a_real_wireguard(vpn: lab.Vpn, probes: Mapping[str, Probe]) -> None:
    """Two peers are known; one is seen after its handshake, and no key leaves the machine."""
    wanted = server(VpnProgram.WIREGUARD)
    (row,) = probes["vpn_peers"].measure(collected(vpn, wanted)[0]).rows
    assert (row["trouble"], row["is_running"], row["peers_known"]) == (None, True, 2)
    assert (row["peers_seen"], row["newest_seen_at"], row["newest_age_days"]) == (0, None, None)
    vpn.shake_hands()
    found, raw = collected(vpn, wanted)
    (row,) = probes["vpn_peers"].measure(found).rows
    assert (row["peers_known"], row["peers_seen"], row["newest_age_days"]) == (2, 1, 0)
    assert str(row["newest_seen_at"]).endswith("Z")
    assert len(set(vpn.secrets)) == 6
    assert not [key for key in vpn.secrets if key in raw or key[:20] in raw]


@pytest.mark.parametrize("version", [2, 1, 3])
def test_a_real_openvpn(vpn: lab.Vpn, probes: Mapping[str, Probe], version: int) -> None:
    """One client is connected; its name and its address stay on the machine."""
    status = vpn.openvpn(version)
    found, raw = collected(vpn, server(VpnProgram.OPENVPN, str(status)))
    (row,) = probes["vpn_peers"].measure(found).rows
    assert (row["trouble"], row["peers_known"], row["peers_seen"]) == (None, None, 1)
    is_timed = version > 1
    assert row["is_running"] is (True if is_timed else None)
    assert row["newest_age_days"] == (0 if is_timed else None)
    assert lab.USER not in raw
    openvpn = raw.partition("begin status vpn openvpn status")[2].partition("#")[0]
    assert "10.90.0.2" not in openvpn


def test_a_machine_that_is_not_named_is_not_asked(probes: Mapping[str, Probe]) -> None:
    """It has no row, and its script none of the commands; no command prints a private key."""
    shipped, site = products.load(), facts(made({}), server(VpnProgram.WIREGUARD)).site
    other = Target(name="may-khac", url="local:")
    assert scripts.script(shipped, "posix", site, other) == scripts.script(shipped, "posix")
    assert b"latest-handshakes" in scripts.script(shipped, "posix", site, HERE)
    assert vpn_servers.asked_of(site, HERE, "windows") == ()
    everything = facts(made({}), *(server(kind) for kind in VpnProgram)).site
    for question in vpn_servers.asked_of(everything, HERE, "posix"):
        assert not SIDE_EFFECTS.search(question.command)
    assert probes["vpn_peers"].measure(MachineFacts(made({}), shipped, other, site)).rows == ()


@pytest.mark.parametrize(
    ("printed", "trouble", "running", "seen"),
    [
        ({}, "tool_missing", None, None),
        ({"vpn wireguard links": (b"", 127, b"wg: not found")}, "tool_missing", None, None),
        (
            {"vpn wireguard links": (b"", 1, b"Operation not permitted")},
            "command_failed",
            None,
            None,
        ),
        ({"vpn wireguard links": b"", "vpn wireguard peers": b""}, None, False, 0),
        ({"vpn wireguard links": b"w\n", "vpn wireguard peers": b"\t0\n"}, None, True, 0),
        (
            {"vpn wireguard links": b"w\n", "vpn wireguard peers": b"\tx\n"},
            "unparsable",
            None,
            None,
        ),
    ],
)
def test_what_wireguard_says(
    told: Callable[..., Row],
    printed: Mapping[str, Printed],
    trouble: str | None,
    *,
    running: bool | None,
    seen: int | None,
) -> None:
    """Without a link nothing runs; what was not permitted or not understood is no answer."""
    row = told(VpnProgram.WIREGUARD, printed)
    assert (row["trouble"], row["is_running"], row["peers_seen"]) == (trouble, running, seen)


def test_old_and_cut_status_files(told: Callable[..., Row]) -> None:
    """A status that is no longer written is no running server; 400 lines may not be all."""
    old = f"/a:TIME,2026-01-01 00:00:00,{NOW - 9 * 86400}\n/a:CLIENT_LIST\n".encode()
    row = told(VpnProgram.OPENVPN, {"vpn openvpn status": old})
    assert (row["is_running"], row["peers_seen"], row["newest_age_days"]) == (False, 1, 9)
    many = old + b"/a:CLIENT_LIST\n" * 400
    assert told(VpnProgram.OPENVPN, {"vpn openvpn status": many})["peers_seen"] == 401
    nonsense = told(VpnProgram.OPENVPN, {"vpn openvpn status": b"/a:CLIENT_LIST\n"})
    assert (nonsense["trouble"], nonsense["peers_seen"]) == ("unparsable", None)


AWAY = b"connecting to 'unix:///run/charon.vici' failed: "


@pytest.mark.parametrize(
    ("swanctl", "status", "said"),
    [
        (b"#1, ESTABLISHED, IKEv2\n#2, CONNECTING, IKEv2\n", b"", (None, True, 1)),
        (b"", b"", (None, True, 0)),
        ((b"", 127, b""), b"(2 up, 0 connecting)\n", (None, True, 2)),
        ((b"", 127, b""), (b"", 127, b""), ("tool_missing", None, None)),
        ((b"", 2, AWAY + b"No such file or directory"), b"", (None, False, 0)),
        ((b"", 2, AWAY + b"Permission denied"), b"", ("command_failed", None, None)),
    ],
)
def test_what_strongswan_says(
    told: Callable[..., Row], swanctl: Printed, status: Printed, said: tuple[object, ...]
) -> None:
    """Either command will do; a daemon that is not there is told from one that may not be asked."""
    printed = {"vpn ipsec swanctl": swanctl, "vpn ipsec status": status}
    row = told(VpnProgram.IPSEC, printed)
    assert (row["trouble"], row["is_running"], row["peers_seen"]) == said


def test_a_real_swanctl_without_its_daemon(vpn: lab.Vpn, probes: Mapping[str, Probe]) -> None:
    """The real program says that nobody serves."""
    (row,) = probes["vpn_peers"].measure(collected(vpn, server(VpnProgram.IPSEC))[0]).rows
    assert (row["trouble"], row["is_running"], row["peers_seen"]) == (None, False, 0)
