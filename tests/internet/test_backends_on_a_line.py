"""Each backend against its real server, over a shaped line, through the gate, in each direction."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uplink_servers
from speed_testing import authorised, measured, order, rates
from uplink_line import Line, uplink

from auditor.internet.causes import Cause, NoSample
from auditor.internet.flags import Flag
from auditor.internet.latency import latency_of
from auditor.internet.vocabulary import CountedAt, Direction
from auditor.model import SpeedBackend
from auditor.scope import Gate
from auditor.transports.speed.dial import GateDial
from auditor.transports.speed.echo import echoed

pytestmark = [pytest.mark.serial, pytest.mark.root, pytest.mark.package]
NEEDS = ("gcc", "ip", "tc", "nsenter", "iperf3", "openssl")
SCOPE = authorised("203.0.113.1", "2001:db8:2::1")
EACH_WAY = pytest.mark.parametrize("direction", Direction)


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    """Make one line of 20 Mbit/s for all tests here."""
    missing = [name for name in NEEDS if shutil.which(name) is None]
    if missing or os.geteuid() != 0 or not Path("/dev/net/tun").exists():
        pytest.skip(f"needs root, /dev/net/tun and programs of tests/apt-packages.txt: {missing}")
    with uplink(rate_mbps=20, delay_ms=10) as made:
        uplink_servers.iperf3(made)
        uplink_servers.ndt7(made)
        uplink_servers.http(made)
        uplink_servers.http(made, tls=True)
        yield made


def near(mbps: float | None, line: Line, *, ipv6: bool = False) -> bool:
    """Say whether a rate is the line's: a busy machine may lower it, nothing may raise it."""
    truth = line.truth_mbps(down=True, ipv6=ipv6)
    return mbps is not None and 0.6 * truth < mbps < 1.03 * truth


@EACH_WAY
@pytest.mark.parametrize(
    "url", ["203.0.113.1", "iperf3://203.0.113.1:5201", "iperf3://[2001:db8:2::1]"]
)
def test_iperf3(line: Line, direction: Direction, url: str) -> None:
    """Four flows; uploads by acknowledgements, held against what the server counted."""
    ipv6 = "[" in url
    wish = order(SpeedBackend.IPERF3, url, direction, ip_version=6 if ipv6 else 4)
    with line.inside():
        seen = measured(wish, SCOPE)
    assert near(rates(wish, seen).mbps_steady, line, ipv6=ipv6)
    assert seen.connections == 4
    assert seen.server_port == 5201
    up = direction is Direction.UP
    assert seen.counted_at is (CountedAt.ACKED if up else CountedAt.RECEIVER)
    assert Flag.COUNT_MISMATCH not in seen.flags
    assert seen.tcp.min_rtt_ms is not None
    assert 20 <= seen.tcp.min_rtt_ms < 40


@EACH_WAY
@pytest.mark.parametrize("path", ["", "/v2/nearest/ndt/ndt7"])
def test_ndt7(line: Line, direction: Direction, path: str) -> None:
    """One flow over TLS; uploads as the server counted them; a locate service beside it."""
    ca = str(uplink_servers.line_authority(line).root)
    wish = order(SpeedBackend.NDT7, f"https://203.0.113.1:8443{path}", direction, ca_file=ca)
    with line.inside():
        seen = measured(wish, SCOPE)
    assert near(rates(wish, seen).mbps_steady, line)
    assert seen.counted_at is CountedAt.RECEIVER
    assert seen.connections == 1
    assert seen.server_id
    assert seen.tls.startswith("TLSv1")
    assert (Flag.NO_SERVER_IN_COUNTRY in seen.flags) is bool(path)
    assert seen.server_place == ("Singapore" if path else "")
    assert seen.tcp.bytes_sent
    assert len(seen.rtt_idle_ms) == 2
    assert min(seen.rtt_idle_ms) >= 20


@EACH_WAY
@pytest.mark.parametrize("url", ["http://203.0.113.1:8080", "https://203.0.113.1:8444"])
def test_cloudflare(line: Line, direction: Direction, url: str) -> None:
    """Four flows to a stand-in; the edge is named. Not tested on the real service."""
    ca = str(uplink_servers.line_authority(line).root)
    wish = order(SpeedBackend.CLOUDFLARE, url, direction, ca_file=ca)
    with line.inside():
        seen = measured(wish, SCOPE)
    assert near(rates(wish, seen).mbps_steady, line)
    assert seen.server_place == "HAN"
    assert bool(seen.tls) is url.startswith("https")


def test_packets_that_are_lost_and_late_are_told() -> None:
    """Loss of each way as the wire counted it, within 20 %; a busy machine adds to the jitter."""
    with uplink(rate_mbps=20, delay_ms=10, jitter_ms=5, loss=0.05) as made:
        port = uplink_servers.own(made)
        before = made.carried()
        with made.inside():
            dial = GateDial(Gate(SCOPE, "Asia/Ho_Chi_Minh"), Path())
            seen = echoed(dial, (made.server, port), 4, b"\x01" * 8, 1500)
        wires = zip(Direction, reversed(before), reversed(made.carried()), strict=True)
    for direction, first, last in wires:
        told, lost = seen.loss(direction), last.lost - first.lost
        assert told is not None
        assert lost > 5
        assert told.sent - told.received == pytest.approx(lost, rel=0.2, abs=2)
    trips = latency_of(seen.trips_ms)
    assert trips is not None
    assert trips.ipdv_mean_abs_ms > 0.8 * 14 / 15 * 5


@EACH_WAY
def test_speedtest_cli(line: Line, direction: Direction) -> None:
    """The library over gated connections, against its mini protocol, on a budget."""
    wish = order(
        SpeedBackend.SPEEDTEST_CLI, "http://203.0.113.1:8080/", direction, max_bytes=12_000_000
    )
    with line.inside():
        seen = measured(wish, SCOPE)
    found = rates(wish, seen)
    assert found.mbps_steady is None
    assert 0.5 * 19.3 < found.mbps_whole < 1.2 * 19.3  # it counts what only its kernel has
    assert found.payload_bytes <= 12_000_000
    assert Flag.BUDGET_REACHED in seen.flags
    up = direction is Direction.UP
    assert seen.counted_at is (CountedAt.CLIENT if up else CountedAt.RECEIVER)
    assert (Flag.UPLOAD_CLIENT_COUNT in seen.flags) is up
    assert Flag.LEGACY_UNDERREPORTS not in seen.flags


@pytest.mark.parametrize(
    ("backend", "url"),
    [
        (SpeedBackend.NDT7, "wss://203.0.113.1:8443"),
        (SpeedBackend.NDT7, "https://203.0.113.1:8443/v2/nearest/ndt/ndt7"),
        (SpeedBackend.CLOUDFLARE, "https://203.0.113.1:8444"),
        (SpeedBackend.SPEEDTEST_CLI, "https://203.0.113.1:8444/"),
    ],
)
def test_a_certificate_that_nobody_vouches_for(line: Line, backend: SpeedBackend, url: str) -> None:
    """A missing CA, or a box that looks into TLS: no number."""
    with line.inside(), pytest.raises(NoSample) as caught:
        measured(order(backend, url), SCOPE)
    assert caught.value.cause is Cause.TLS_FAIL


@contextmanager
def occupied(line: Line) -> Iterator[None]:
    """Let the program itself test; its server may be closed for a moment after the test before."""
    command = line.command("iperf3", "-c", line.server, "-t", "30", "-b", "1M", "--forceflush")
    for _attempt in range(20):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
            assert other.stdout is not None
            said = b"\n"
            while said and b"sec" not in said:
                said = other.stdout.readline()
            if said:
                yield
                other.kill()
                return
        time.sleep(0.2)
    pytest.fail("iperf3 finds no server")


def test_iperf3_is_busy_while_another_test_runs(line: Line) -> None:
    """A server takes one test at a time."""
    with occupied(line), line.inside(), pytest.raises(NoSample) as caught:
        measured(order(SpeedBackend.IPERF3, line.server), SCOPE)
    assert caught.value.cause is Cause.SERVER_BUSY
