"""How right is each backend? A shaped line of known rate, and iperf3 on it in the same minute.

    python tests/bench/internet.py [N] [RATE...]       default: 1 round at 20 100 300 1000 Mbit/s

RTT 20 ms, a queue of 50 ms, warm-up 2 s, 4 s that count, down and up. The truth is the shaped rate
times 1448/1500 (TCP payload of an IP packet). Each backend takes a sample as the tool does, in a
process of its own; CPU is that process's, in per cent of one core, while payload flowed. iperf3
itself runs before and after each two. Where one of these is off by more than 2 %, the sample is
flagged CPU_LIMITED, or the lab's wire dropped packets for want of memory, the machine was too busy:
the value is shown and marked `!`, and can meet a goal but not miss it. Needs root and the packages
of tests/apt-packages.txt. Exit 1 where a goal of bandwidth.md 5.5 is missed, 2 where nothing could
be judged.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lab" / "uplink"))

import uplink_servers
from speed_sample import OWN, sampled
from uplink_line import Line, uplink

from auditor.internet.vocabulary import Direction
from auditor.model import SpeedBackend

RATES = (20, 100, 300, 1000)
ROUNDS, WARMUP_S, WINDOW_S = 1, 2, 4
ENVIRONMENT_PCT = 2.0
REFERENCE = "iperf3 -P 4"
BESIDE = 2
"""So many ways are measured between two runs of the reference."""


class Way(NamedTuple):
    """One row of the table: how to measure, and what is promised (None: nothing)."""

    name: str
    backend: SpeedBackend
    url: str
    error_pct: float | None
    """Largest error of the median, up to 300 Mbit/s."""
    error_1000_pct: float | None
    cpu_pct: float | None
    """At 1 Gbit/s (goal G5)."""


WAYS = (
    Way("http-multi, own server", SpeedBackend.HTTP_MULTI, OWN, 1, 1, 25),
    Way("http-multi, nginx TLS", SpeedBackend.HTTP_MULTI, "https://203.0.113.1/", 1, 1, 35),
    Way("iperf3", SpeedBackend.IPERF3, "203.0.113.1", 1, 1, 25),
    Way("ndt7 wss", SpeedBackend.NDT7, "wss://203.0.113.1:8443", 2, 5, 35),
    Way(
        "cloudflare (stand-in) TLS",
        SpeedBackend.CLOUDFLARE,
        "https://203.0.113.1:8444",
        None,
        None,
        35,
    ),
    Way("speedtest-cli", SpeedBackend.SPEEDTEST_CLI, "http://203.0.113.1:8080/", None, None, None),
)


class One(NamedTuple):
    """One measurement: rates in Mbit/s, CPU in % of one core, bytes of payload.

    `waited_pct` is the share of the time in which the client could run and had no processor;
    `limit` what the tool itself says against the sample.
    """

    mbps: float
    whole_mbps: float
    cpu_pct: float
    payload: int
    waited_pct: float = 0.0
    limit: str = ""


class Run(NamedTuple):
    """A measurement, what iperf3 said around it (Mbit/s), and whether it may be judged."""

    one: One
    stated: float
    is_valid: bool


@dataclass
class Cell:
    """All measurements of one way at one rate in one direction."""

    runs: list[Run] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Measure, print, judge; give the exit code."""
    numbers = [int(each) for each in arguments]
    rounds, chosen = (numbers or [ROUNDS])[0], numbers[1:] or list(RATES)
    say(f"n = {rounds} for each cell, {WARMUP_S} + {WINDOW_S} s, RTT 20 ms, queue 50 ms; iperf3: ")
    say(
        subprocess.run(["iperf3", "-v"], capture_output=True, text=True, check=True).stdout.split()[
            1
        ]
    )
    say(f"; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    say(
        f"{'Mbit/s':>6} {'way':4} {'backend':26} {'n':>2} {'truth %':>8} {'min-max':>13}"
        f" {'whole %':>8} {'iperf3 %':>8} {'CPU %':>6} {'wait %':>6} {'MB':>6}\n"
    )
    verdicts: list[bool] = []
    for rate in chosen:
        with uplink(rate_mbps=rate, delay_ms=10, queue_ms=50) as line:
            serve(line)
            for direction in Direction:
                verdicts += judge(line, rate, direction, rounds)
    if not verdicts:
        say("nothing could be judged: the machine was too busy\n")
        return 2
    return 0 if all(verdicts) else 1


def serve(line: Line) -> None:
    """Start every server."""
    uplink_servers.iperf3(line)
    uplink_servers.nginx(line)
    uplink_servers.ndt7(line)
    uplink_servers.http(line)
    uplink_servers.http(line, tls=True)
    uplink_servers.own(line)


def judge(line: Line, rate: int, direction: Direction, rounds: int) -> Iterator[bool]:
    """Measure every way in turn, print its row, and say whether its goals are met."""
    truth = line.truth_mbps(down=direction is Direction.DOWN)
    cells = {way: Cell() for way in WAYS}
    reference = [iperf3(line, direction)]
    ways = list(cells) * rounds
    for first in range(0, len(ways), BESIDE):
        told = {way: measure(line, way, direction) for way in ways[first : first + BESIDE]}
        reference.append(iperf3(line, direction))
        for way, one in told.items():
            if isinstance(one, str):
                cells[way].failures.append(one)
                continue
            around = reference[-2:]
            stated = statistics.fmean(each.mbps for each in around)
            cells[way].runs.append(Run(one, stated, is_quiet(line, one, around, truth)))
    beside = Cell([Run(each, each.mbps, is_valid=True) for each in reference])
    print_row(rate, direction, REFERENCE, beside, truth)
    for way, cell in cells.items():
        print_row(rate, direction, way.name, cell, truth)
        yield from goals(way, rate, cell, truth)


def is_quiet(line: Line, told: One, around: list[One], truth: float) -> bool:
    """Say whether the laboratory worked while something was measured in it."""
    lab = sum(each.overflowed + each.failed for each in line.carried())
    if lab or "CPU_LIMITED" in told.limit:
        return False
    return all(abs(100 * each.mbps / truth - 100) <= ENVIRONMENT_PCT for each in around)


def measure(line: Line, way: Way, direction: Direction) -> One | str:
    """Run one way once in the client's namespace; a text is why it failed."""
    fields = {"warmup_s": WARMUP_S, "window_s": WINDOW_S, "early_stop": False, "idle_probes": 0}
    row = sampled(line, way.backend, way.url, direction, **fields)
    if row["mbps_whole"] is None:
        return f"{row['cause']}: {row['detail']}"
    mbps = row["mbps_steady"] or row["mbps_whole"]
    counted = (row["payload_bytes"], row["wait_pct"], " ".join(row["flags"]))
    return One(mbps, row["mbps_whole"], row["cpu_pct"], *counted)


def iperf3(line: Line, direction: Direction) -> One:
    """Ask the program itself, as the receiver saw it; its server may need a moment in between."""
    command = ["iperf3", "-c", line.server, *["-t", "3", "-O", "2", "-P", "4", "-J"]]
    command += ["-R"] if direction is Direction.DOWN else []
    told: dict[str, Any] = {"error": "never asked"}
    for _attempt in range(10):
        time.sleep(1)
        told = json.loads(line.run(*command).stdout)
        if "error" not in told:
            break
    if "error" in told:
        message = f"iperf3: {told['error']}"
        raise RuntimeError(message)
    end = told["end"]
    mbps = end["sum_received"]["bits_per_second"] / 1e6
    cpu = end["cpu_utilization_percent"]["host_total"]
    return One(mbps, mbps, cpu, end["sum_received"]["bytes"])


def print_row(rate: int, direction: Direction, name: str, cell: Cell, truth: float) -> None:
    """Print medians; what failed and what could not be judged is said, not left out."""
    row = f"{rate:>6} {direction:4} {name:26} {len(cell.runs):>2}"
    ones = [run.one for run in cell.runs]
    if ones:
        shares = [100 * each.mbps / truth for each in ones]
        whole = middle(100 * each.whole_mbps / truth for each in ones)
        against = middle(100 * run.one.mbps / run.stated for run in cell.runs)
        row += f" {middle(shares):>8.1f} {min(shares):>6.1f}-{max(shares):<6.1f} {whole:>8.1f}"
        row += f" {against:>8.1f} {middle(each.cpu_pct for each in ones):>6.0f}"
        row += f" {middle(each.waited_pct for each in ones):>6.0f}"
        row += f" {middle(each.payload for each in ones) / 1e6:>6.0f}"
    if busy := sum(not run.is_valid for run in cell.runs):
        row += f" ! {busy} on a busy machine"
    for failure in cell.failures:
        row += f"  FAILED {failure.strip()[-120:]}"
    say(row + "\n")


def goals(way: Way, rate: int, cell: Cell, truth: float) -> Iterator[bool]:
    """Judge a row: one verdict for each goal that it has and that could be judged.

    On a busy machine a goal can be met and not missed: then nothing is said.
    """
    wanted = way.error_1000_pct if rate >= max(RATES) else way.error_pct
    if wanted is None:
        return
    if cell.failures:
        yield missed(way, rate, cell.failures[0])
    quiet = [run.one for run in cell.runs if run.is_valid]
    judged = quiet or [run.one for run in cell.runs]
    if not judged:
        return
    error = abs(100 * middle(each.mbps for each in judged) / truth - 100)
    if quiet or error <= wanted:
        yield error <= wanted or missed(way, rate, f"error {error:.1f} %, goal {wanted} %")
    cpu = middle(each.cpu_pct for each in judged)
    if way.cpu_pct is not None and rate >= max(RATES) and (quiet or cpu <= way.cpu_pct):
        yield cpu <= way.cpu_pct or missed(way, rate, f"CPU {cpu:.0f} %, goal {way.cpu_pct} %")


def missed(way: Way, rate: int, why: str) -> bool:
    """Say so."""
    say(f"       missed: {way.name} at {rate} Mbit/s: {why.strip()}\n")
    return False


def middle(values: Iterable[float]) -> float:
    """Give the median."""
    return statistics.median(values)


def say(text: str) -> None:
    """Print at once: a run takes minutes."""
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
