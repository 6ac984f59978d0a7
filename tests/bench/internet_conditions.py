"""What long, lossy, shaking, full and shared lines do to a sample: goals of bandwidth.md 5.5.

    python tests/bench/internet_conditions.py [G3 G4 ...]       default: all

One sample for each figure, as the tool takes it. Needs root and the packages of
tests/apt-packages.txt. `!` marks figures that the tool itself flags CPU_LIMITED: they can meet a
goal, not miss it. Exit 1 where a goal is missed.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lab" / "uplink"))

import uplink_servers
from speed_sample import OWN, sampled
from uplink_line import Line, uplink

from auditor.internet.vocabulary import Direction
from auditor.model import SpeedBackend

DOWN, UP = Direction.DOWN, Direction.UP
CROSS_PORT = 5300
JITTER_MS = 14 / 15 * 5
"""Mean of |d(i) - d(i-1)| of round trips that are 5 ms off at most, evenly, on each way."""


class Figure(NamedTuple):
    """One figure of one sample, and what it must be."""

    what: str
    value: float | bool
    least: float
    most: float
    flags: list[str]


def own(line: Line, direction: Direction, **fields: object) -> dict[str, Any]:
    """Take a sample against our own server."""
    given = {"warmup_s": 2, "window_s": 6, "early_stop": False, "idle_probes": 0, **fields}
    return sampled(line, SpeedBackend.HTTP_MULTI, OWN, direction, **given)


def share(line: Line, row: dict[str, Any]) -> float:
    """Give the steady rate in per cent of the truth."""
    truth = line.truth_mbps(down=row["direction"] == DOWN)
    return 100 * float(row["mbps_steady"] or 0) / truth


def far() -> Iterator[Figure]:
    """G3: a round trip of 100 ms."""
    with uplink(rate_mbps=300, delay_ms=50) as line:
        uplink_servers.own(line)
        uplink_servers.ndt7(line)
        for way in Direction:
            row = own(line, way, window_s=8, idle_probes=3)
            what = f"300 Mbit/s, RTT 100 ms, {row['connections']} flows {way}, % of truth"
            yield Figure(what, share(line, row), 97, 101, row["flags"])
        row = sampled(line, SpeedBackend.NDT7, "wss://203.0.113.1:8443", UP)
        what = f"one flow up ({share(line, row):.0f} % of truth) says SINGLE_FLOW_LIMIT"
        yield Figure(what, "SINGLE_FLOW_LIMIT" in row["flags"], 1, 1, row["flags"])


def lossy() -> Iterator[Figure]:
    """G4: one packet of a thousand lost."""
    with uplink(rate_mbps=100, delay_ms=10, loss=0.001) as line:
        uplink_servers.own(line)
        for flows, least in ((16, 98), (4, 88)):
            row = own(line, DOWN, connections=flows, window_s=8)
            what = f"100 Mbit/s, loss 0.1 %, {flows} flows down, % of truth"
            yield Figure(what, share(line, row), least, 101, row["flags"])
        before = line.carried()[0]
        row = own(line, UP, connections=4)
        after = line.carried()[0]
        truth = (after.lost - before.lost) / max(1, after.packets - before.packets)
        ratio = float(row["tcp_retrans_ratio"] or 0) / truth
        yield Figure("its retransmissions up over what the wire lost", ratio, 0.5, 2, row["flags"])


def budget() -> Iterator[Figure]:
    """G6: how much data a sample costs."""
    with uplink(rate_mbps=100, delay_ms=10) as line:
        uplink_servers.own(line)
        allowed = 100e6 / 8
        for what, seconds, least, most, fields in (
            ("bytes over rate x time", 8, 0, 1.07, {}),
            ("early stop: of 10 s", 10, 0, 0.7, {"window_s": 8, "early_stop": True}),
            ("budget of 20 MB: of it", 20e6 / allowed, 0, 1.1, {"max_bytes": 20_000_000}),
        ):
            before = line.carried()[1].bytes
            row = own(line, DOWN, **fields)
            used = (line.carried()[1].bytes - before) / (seconds * allowed)
            yield Figure(f"100 Mbit/s down, {what}", used, least, most, row["flags"])


def full() -> Iterator[Figure]:
    """G7: a full queue of 50 ms."""
    with uplink(rate_mbps=100, delay_ms=10, queue_ms=50) as line:
        uplink_servers.own(line)
        for way in Direction:
            row = own(line, way, idle_probes=20)
            idle, loaded = row["rtt_idle_p50_ms"] or 0, row["rtt_loaded_p50_ms"] or 0
            yield Figure(f"idle round trip before {way}, ms", idle, 20, 22, row["flags"])
            yield Figure(f"loaded {way}, ms", loaded, 0.85 * 70, 1.15 * 70, row["flags"])


def shared() -> Iterator[Figure]:
    """G8: five per cent of the line is somebody else's."""
    with uplink(rate_mbps=100, delay_ms=10) as line:
        uplink_servers.own(line)
        uplink_servers.iperf3(line, CROSS_PORT)
        for number in range(3):
            row = own(line, DOWN)
            said = "CROSS_TRAFFIC" in row["flags"]
            yield Figure(f"no other traffic ({number + 1}): flagged", said, 0, 0, row["flags"])
        stream = f"iperf3 -c {line.server} -p {CROSS_PORT} -u -b 5M -R -t 60".split()
        with subprocess.Popen(line.command(*stream), stdout=subprocess.DEVNULL) as beside:
            for number in range(3):
                row = own(line, DOWN)
                said, part = "CROSS_TRAFFIC" in row["flags"], 100 * (row["foreign_share"] or 0)
                yield Figure(f"5 % of UDP ({number + 1}): flagged", said, 1, 1, row["flags"])
                yield Figure("  its share, %", part, 2, 8, row["flags"])
            beside.terminate()


def short() -> Iterator[Figure]:
    """G9: an upload that the client's own buffers could flatter."""
    with uplink(rate_mbps=20, delay_ms=10) as line:
        uplink_servers.own(line)
        row = own(line, UP, warmup_s=0, window_s=3)
        value = 100 * float(row["mbps_whole"] or 0) / line.truth_mbps(down=False)
        yield Figure("20 Mbit/s up in 3 s, all of it, % of truth", value, 90, 101, row["flags"])


def shaking() -> Iterator[Figure]:
    """Jitter of 5 ms and a loss of 1 %, each within 20 %."""
    with uplink(rate_mbps=100, delay_ms=10, jitter_ms=5) as line:
        uplink_servers.own(line)
        row = own(line, DOWN, window_s=3, idle_probes=20)
        value = 100 * (row["jitter_ipdv_ms"] or 0) / JITTER_MS
        yield Figure("jitter 5 ms: mean |IPDV|, % of truth", value, 80, 120, row["flags"])
    with uplink(rate_mbps=100, delay_ms=10, loss=0.01) as line:
        uplink_servers.own(line)
        for way in Direction:
            rows = [own(line, way, window_s=3, idle_probes=20) for _ in range(4)]
            mean = sum(100 * (row["loss_ratio"] or 0) for row in rows) / len(rows)
            flags = [flag for row in rows for flag in row["flags"]]
            yield Figure(f"loss 1 % {way}, mean of 4 x 500 packets, %", mean, 0.8, 1.2, flags)


CONDITIONS: dict[str, Callable[[], Iterator[Figure]]] = {
    "G3": far,
    "G4": lossy,
    "G6": budget,
    "G7": full,
    "G8": shared,
    "G9": short,
    "shaking": shaking,
}


def main(names: list[str]) -> int:
    """Measure, print, judge; give the exit code."""
    is_good = True
    for name in names or list(CONDITIONS):
        for figure in CONDITIONS[name]():
            met = figure.least <= figure.value <= figure.most
            busy = "CPU_LIMITED" in figure.flags
            is_good &= met or busy
            verdict = "met" if met else "busy machine" if busy else "MISSED"
            wanted = f"{figure.least:g}..{figure.most:g}"
            sys.stdout.write(
                f"{name:8}{figure.what:58}{figure.value:8.2f} {wanted:12}{'!' if busy else ' '}"
                f" {verdict}\n"
            )
            sys.stdout.flush()
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
