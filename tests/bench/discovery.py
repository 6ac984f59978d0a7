"""Sixty machines to be found: `lan_hosts` against `nmap -sn` and `arp-scan`, with lost packets too.

`python tests/bench/discovery.py [ROUNDS]` (root): a /24 and a /22, at 0, 1 and 5 % loss each way,
in namespaces on this machine. All tools run in turn, so that a busy machine slows all of them: only
ratios carry over. Ours is the whole measurement without its time to listen for announcements
(`listen_s` 0), which the others do not do, and includes the start of Python. It sends at 1,000
packets a second, the most that was asked for; a scope that names no rate has 200. Exit 1 where a
goal is missed: everybody found, nobody invented, no slower than nmap, on a clean /22 0.8 of its
time.
"""

import json
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))

from lan_lab import SCANNER, Lab, missing, python

ROUTER = "10.50.0.1"
SIZES = {24: 2, 22: 16}
"""Prefix lengths, and the steps at which sixty machines stand in such a network."""

GOALS = {(22, 0): 0.8}
"""Share of nmap's time, by network and loss; else 1."""

LOSSES = (0, 1, 5)
ADDRESS = re.compile(r"10\.50\.\d+\.\d+")
DISCOVER = Path(__file__).parent.parent / "support" / "lan_discover.py"


class Run(NamedTuple):
    """What one run of one tool took, and what it got wrong."""

    wall_s: float
    cpu_s: float
    packets: int
    missed: int
    invented: int


def commands(network: str) -> dict[str, tuple[str, ...]]:
    """Return the tools, each as its manual advises for a segment of one's own."""
    wanted = json.dumps({"networks": [network], "packets_per_second": 1000})
    return {
        "audit": python(str(DISCOVER), wanted),
        "nmap -sn": ("nmap", "-sn", "-n", "-oG", "-", network),
        "arp-scan": ("arp-scan", "-q", "-x", "-I", "eth0", network),
    }


def found_by(name: str, printed: str) -> set[str]:
    """Return the addresses that a tool reported."""
    if name == "audit":
        return {row["address"] for row in json.loads(printed)["rows"] if row["is_alive"]}
    lines = (line for line in printed.splitlines() if name != "nmap -sn" or "Status: Up" in line)
    return {match for line in lines for match in ADDRESS.findall(line)[:1]}


def sent(lab: Lab) -> int:
    """Return how many frames this machine's interface has sent."""
    path = "/sys/class/net/eth0/statistics/tx_packets"
    return int(subprocess.check_output([*lab.inside(SCANNER), "cat", path]))


def run(lab: Lab, name: str, command: Sequence[str], truth: set[str]) -> Run:
    """Run one tool once."""
    before, cpu = sent(lab), resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(
        [*lab.inside(SCANNER), *command], check=True, capture_output=True, text=True
    )
    wall_s = time.perf_counter() - started
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = spent.ru_utime + spent.ru_stime - cpu.ru_utime - cpu.ru_stime
    found = found_by(name, done.stdout) - {"10.50.0.2"}  # this machine itself
    return Run(wall_s, cpu_s, sent(lab) - before, len(truth - found), len(found - truth))


def compare(prefix: int, rounds: int) -> list[str]:
    """Compare the tools in one network; print a table; return the goals that were missed."""
    step = SIZES[prefix]
    hosts = [f"10.50.{n // 256}.{n % 256}" for n in range(3, 3 + 60 * step, step)]
    truth = {*hosts, ROUTER}
    misses: list[str] = []
    lab = Lab(hosts, prefix, with_traps=False)
    try:
        tools = commands(f"10.50.0.0/{prefix}")
        for loss in LOSSES:
            lab.lose(loss)
            runs: dict[str, list[Run]] = {name: [] for name in tools}
            for _round in range(rounds):
                for name, command in tools.items():
                    runs[name].append(run(lab, name, command, truth))
            misses += show(prefix, loss, runs)
    finally:
        lab.close()
    return misses


def show(prefix: int, loss: int, runs: dict[str, list[Run]]) -> list[str]:
    """Print one block of the table; return the goals that were missed."""
    sys.stdout.write(
        f"/{prefix}, {loss} % loss       wall s   of nmap    CPU s   of nmap  packets   of nmap"
        "  missed (worst)  invented\n"
    )

    def median(name: str, field: str) -> float:
        return float(statistics.median(getattr(item, field) for item in runs[name]))

    for name, results in runs.items():
        cells = [f"{name:20}"]
        for field, form in (("wall_s", "7.2f"), ("cpu_s", "7.2f"), ("packets", "7.0f")):
            value = median(name, field)
            cells.append(f"{value:{form}}  {value / median('nmap -sn', field):8.2f}")
        worst = max(item.missed for item in results)
        total = sum(item.missed for item in results)
        invented = sum(item.invented for item in results)
        cells.append(f"{total:8} ({worst})  {invented:8}")
        sys.stdout.write("  ".join(cells) + "\n")
    sys.stdout.flush()
    where = f"/{prefix} at {loss} % loss"
    misses = []
    ratio = median("audit", "wall_s") / median("nmap -sn", "wall_s")
    goal = GOALS.get((prefix, loss), 1.0)
    if ratio > goal:
        misses.append(f"{where}: {ratio:.2f} of nmap's time, goal {goal}")
    if any(item.missed or item.invented for item in runs["audit"]):
        misses.append(f"{where}: somebody missed or invented")
    return misses


def main(rounds: int) -> int:
    """Compare in all networks."""
    if problem := missing(also={"nmap": "nmap", "arp-scan": "arp-scan"}):
        sys.stderr.write(f"{problem}\n")
        return 1
    misses = [miss for prefix in SIZES for miss in compare(prefix, rounds)]
    for miss in misses:
        sys.stdout.write(f"missed: {miss}\n")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
