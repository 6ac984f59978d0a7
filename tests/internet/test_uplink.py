"""The laboratory itself: the line is what was asked for, and nothing of it stays."""

import json
import os
import re
import shutil
import time
from pathlib import Path

import pytest
import uplink_servers
from uplink_line import Line, Wish, uplink
from uplink_network import CannotStart

pytestmark = [pytest.mark.serial, pytest.mark.root, pytest.mark.package]
NEEDS = ("gcc", "ip", "tc", "nsenter", "iperf3", "nginx", "ping", "openssl", "curl")


@pytest.fixture(autouse=True)
def _means() -> None:
    missing = [name for name in NEEDS if shutil.which(name) is None]
    if missing or os.geteuid() != 0 or not Path("/dev/net/tun").exists():
        pytest.skip(f"needs root, /dev/net/tun and programs of tests/apt-packages.txt: {missing}")


def ping(line: Line, *options: str) -> tuple[int, int, float, float]:
    """Give packets sent and received, and the least and mean round trip in ms."""
    said = line.run("ping", "-q", *options, line.server).stdout
    counts = re.search(r"(\d+) packets transmitted, (\d+) received", said)
    trips = re.search(r"= ([\d.]+)/([\d.]+)/", said)
    assert counts
    assert trips
    return int(counts[1]), int(counts[2]), float(trips[1]), float(trips[2])


def iperf3_mbps(line: Line, *options: str) -> float:
    """Give what the receiver counted, the first second left out."""
    command = ("iperf3", "-c", line.server, "-t", "3", "-O", "1", "-P", "4", "-J", *options)
    told = json.loads(line.run(*command).stdout)
    until = time.monotonic() + 5
    while "refused" in told.get("error", "") and time.monotonic() < until:
        time.sleep(0.2)  # the server's port is closed for a moment after each test
        told = json.loads(line.run(*command).stdout)
    return float(told["end"]["sum_received"]["bits_per_second"]) / 1e6


def test_rate_and_delay_are_what_was_asked_for_in_each_direction() -> None:
    """Two rates, one round trip."""
    with uplink(rate_mbps=20, up_mbps=8, delay_ms=10) as line:
        _sent, _came, least_ms, _mean_ms = ping(line, "-c", "10", "-i", "0.05")
        assert 20 <= least_ms < 25  # the least is what a busy machine spares
        uplink_servers.iperf3(line)
        assert iperf3_mbps(line, "-R") == pytest.approx(line.truth_mbps(down=True), rel=0.05)
        assert iperf3_mbps(line) == pytest.approx(line.truth_mbps(down=False), rel=0.05)
        up, down = line.carried()
        assert up.bytes > 3 * 0.9e6 < down.bytes
        assert up.overflowed == down.overflowed == up.failed == down.failed == 0
        assert min(line.queue_drops()) > 0  # four CUBIC flows filled both queues


def test_loss_is_counted_by_the_wire_and_seen_by_the_client() -> None:
    """Both ends of the sum."""
    with uplink(rate_mbps=20, delay_ms=1, loss=0.2, seed=7) as line:
        sent, came, _least, _mean = ping(line, "-c", "300", "-i", "0.002")
        up, down = line.carried()
    assert sent == 300
    assert up.lost > 30 < down.lost
    assert sent - came == pytest.approx(up.lost + down.lost, abs=8)  # ARP and ND packets too


def test_jitter_spreads_round_trips_and_keeps_their_order() -> None:
    """Ping shows it."""
    with uplink(rate_mbps=20, delay_ms=10, jitter_ms=5) as line:
        said = line.run("ping", "-c", "100", "-i", "0.02", line.server).stdout
    numbers = [int(each) for each in re.findall(r"icmp_seq=(\d+)", said)]
    trips = [float(each) for each in re.findall(r"time=([\d.]+)", said)]
    assert numbers == sorted(numbers)
    assert len(trips) == 100
    assert 10 <= min(trips) < 17
    assert max(trips) > 23  # 10 ms each way, each 5 ms more or less


def test_a_full_queue_is_as_long_as_asked_for() -> None:
    """Bufferbloat on order."""
    with uplink(rate_mbps=20, delay_ms=5, queue_ms=200) as line:
        uplink_servers.iperf3(line)
        script = f"iperf3 -c {line.server} -t 4 -P 4 >/dev/null & sleep 2; ping -q -c 15 -i 0.1 $0"
        said = line.run("sh", "-c", f"{script}; wait", line.server).stdout
    trips = re.search(r"= [\d.]+/([\d.]+)/", said)
    assert trips
    assert 100 < float(trips[1]) < 10 + 200 + 60


def test_ipv6_and_real_servers_answer_and_the_authority_is_trusted() -> None:
    """nginx, ndt7 and the HTTP stand-in."""
    with uplink(rate_mbps=100, delay_ms=1) as line:
        made = uplink_servers.nginx(line)
        uplink_servers.ndt7(line)
        uplink_servers.http(line)
        fetch = ("curl", "-sS", "--cacert", str(made.root), "-o", "/dev/null", "-w")
        for server in (line.server, f"[{line.server6}]"):
            garbage = f"https://{server}/garbage.php?ckSize=1"
            said = line.run(*fetch, "%{http_code} %{size_download}", garbage).stdout
            assert said == "200 1048576"
        body = f"@{made.certificate}"
        posted = line.run(
            *fetch, "%{http_code}", "--data-binary", body, "http://203.0.113.1/empty.php"
        )
        assert posted.stdout == "200"
        located = line.run(
            "curl",
            "-sS",
            "--cacert",
            str(made.root),
            "https://203.0.113.1:8443/v2/nearest/ndt/ndt7",
        )
        assert "wss:///ndt/v7/upload" in json.loads(located.stdout)["results"][0]["urls"]
        down = line.run(*fetch, "%{size_download}", "http://203.0.113.1:8080/__down?bytes=12345")
        assert down.stdout == "12345"


def test_a_thread_can_be_the_client_for_a_while() -> None:
    """Namespaces belong to threads."""
    here = str(Path("/proc/thread-self/ns/net").readlink())
    with uplink(delay_ms=1) as line:
        with line.inside():
            there = str(Path("/proc/thread-self/ns/net").readlink())
        assert there != here
        assert there == line.run("readlink", "/proc/self/ns/net").stdout.strip()
    assert str(Path("/proc/thread-self/ns/net").readlink()) == here


def test_everything_ends_with_the_line_even_when_the_test_fails() -> None:
    """Also a second line after it."""

    class Failed(Exception):
        """What a test may raise."""

    def fail() -> None:
        with uplink(delay_ms=1) as line:
            uplink_servers.iperf3(line)
            lines.append(line)
            raise Failed

    lines: list[Line] = []
    with pytest.raises(Failed):
        fail()
    kept = lines[0]
    assert not Path(f"/proc/{kept.pid}").exists()
    assert not kept.folder.exists()
    devices = Path("/sys/class/net")
    assert not {each.name for each in devices.iterdir()} & {"vc", "vr1", "vs", "vr2", "tua", "tub"}
    with uplink(delay_ms=1) as again:
        assert ping(again, "-c", "2", "-i", "0.05")[1] == 2


def test_a_server_that_does_not_start_is_named() -> None:
    """With its log."""
    with uplink(delay_ms=1) as line, pytest.raises(CannotStart, match="iperf3-5201"):
        line.serve("iperf3", "-s", "-p", "99999999", port=5201)


def test_a_line_that_the_kernel_refuses_leaves_nothing() -> None:
    """And it says what the kernel said."""
    with pytest.raises(CannotStart, match="tc qdisc"), uplink(Wish(rate_mbps=0)):
        pytest.fail("a rate cannot be nothing")
