"""A pack of a thousand machines: how long sealing, verifying, judging and reporting take.

`python tests/bench/pack.py [MACHINES [RUN]]` audits a centre of recorded machines (or takes a RUN),
packs it and prints seconds of the processor and of the clock, and the peak memory of each step,
beside `sha256sum` of the same bytes. Of verifying is told apart what is derived again (verdicts
from the record, rows from the raw outputs, reports from the record) and the rest: start, container,
digests, record and plan (what reads evidence or sets reports is loaded with these).
Exit 1 where a goal is missed, which is said: beside what it derives again, verifying takes at most
3 times `sha256sum`; a report 10 s; each step 500 MB.
A machine's speed drifts, so the rest and `sha256sum` are measured in turn, many times each, and the
middle one of their ratios counts. The modules stay compiled, as where they are installed.
"""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "lab"))

import many_machines
from many_machines import AUDIT

REST = Path(__file__).with_name("pack_rest.py")
VERIFIER = Path(__file__).parents[2] / "tools" / "verify_pack.py"
TIMES, REPORT_S, MOST_MB = 3.0, 10.0, 500
PAIRS = 15

# A child counts the memory of who starts it as its own until it is another program, so a process
# that holds next to nothing starts it.
START = """
import json, os, subprocess, sys, time
began = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_pid, status, used = os.wait4(child.pid, 0)
took = time.perf_counter() - began
code = child.returncode = os.waitstatus_to_exitcode(status)
print(json.dumps([code, used.ru_utime + used.ru_stime, took, used.ru_maxrss / 1024]))
"""


class Taken(NamedTuple):
    """Seconds of the processor and of the clock, and the peak of memory in MB."""

    cpu: float
    wall: float
    peak: float


def said(what: str, taken: Taken) -> Taken:
    """Print a line."""
    told = f"{taken.cpu:8.2f} s CPU {taken.wall:8.2f} s {taken.peak:7.0f} MB"
    sys.stdout.write(f"{what:34}{told}\n")
    sys.stdout.flush()
    return taken


def taken(*words: str) -> Taken:
    """Run a program and say what it took. Raises `CalledProcessError` for an error or a fault."""
    start = (sys.executable, "-I", "-S", "-c", START, *words)
    done = subprocess.run(start, stdout=subprocess.PIPE, check=True)
    code, *figures = json.loads(done.stdout)
    if code not in {0, 10, 11}:
        raise subprocess.CalledProcessError(code, words)
    return Taken(*figures)


class Pair(NamedTuple):
    """Seconds of the processor for `sha256sum`, and for verifying without evidence and reports."""

    hashing: float
    rest: float
    judging: float

    @property
    def ratio(self) -> float:
        """How many times hashing verifying takes beside judging."""
        return self.rest / self.hashing


def pairs(pack: Path) -> list[Pair]:
    """Hash and verify in turn; return the pairs by their ratio."""
    return sorted((_pair(pack) for _number in range(PAIRS)), key=lambda pair: pair.ratio)


def _pair(pack: Path) -> Pair:
    hashing = taken("sha256sum", str(pack)).cpu
    done = subprocess.run([sys.executable, REST, pack], stdout=subprocess.PIPE, check=True)
    return Pair(hashing, *json.loads(done.stdout.splitlines()[-1]))


def main() -> int:
    """Measure each step; return 1 where a goal is missed."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    machines = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory(prefix="bench-pack-") as name:
        folder = Path(name)
        run = Path(sys.argv[2]) if len(sys.argv) > 2 else many_machines.run(machines, folder)
        missed = list(measured(run, folder))
    sys.stdout.writelines(f"goal missed: {line}\n" for line in missed)
    return int(bool(missed))


def measured(run: Path, folder: Path) -> Iterator[str]:
    """Pack a run, verify it and make its reports; yield the goals that are missed."""
    key, pack, unpacked = folder / "key", folder / "run.auditpack", folder / "files"
    subprocess.run([AUDIT, "keygen", "--out", key, "--no-passphrase"], check=True)
    words = (AUDIT, "pack", str(run), "--key", str(key), "--out", str(pack))
    steps = {"audit pack": said("audit pack", taken(*words))}
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(unpacked)
    files = sorted(str(path) for path in unpacked.rglob("*") if path.is_file())
    sys.stdout.write(f"{pack.stat().st_size / 1e6:.0f} MB in {len(files)} files\n")
    said("sha256sum of the pack", taken("sha256sum", str(pack)))
    said("sha256sum of its files", taken("sha256sum", *files))
    second = "tools/verify_pack.py"
    steps[second] = said(second, taken(sys.executable, str(VERIFIER), str(pack)))
    steps["audit verify"] = said("audit verify", taken(AUDIT, "verify", str(pack)))
    yield from compared(pack, steps["audit verify"])
    for form in ("html", "pdf"):
        what = f"audit report --format {form}"
        words = (AUDIT, "report", str(run), "--format", form, "--out", str(folder / form))
        steps[what] = said(what, taken(*words))
        if steps[what].wall > REPORT_S:
            yield f"{what} takes {steps[what].wall:.1f} s, not {REPORT_S:.0f}"
    for what, step in steps.items():
        if step.peak > MOST_MB:
            yield f"{what} holds {step.peak:.0f} MB, not {MOST_MB}"


def compared(pack: Path, full: Taken) -> Iterator[str]:
    """Take verifying apart, and yield what is over the goal."""
    rows = taken(AUDIT, "verify", str(pack), "--no-reports")
    found = pairs(pack)
    middle = found[PAIRS // 2]
    parts = {
        "verdicts from the record": middle.judging,
        "rows from the raw outputs": rows.cpu - middle.rest - middle.judging,
        "reports from the record": full.cpu - rows.cpu,
        "the rest": middle.rest,
    }
    for what, seconds in parts.items():
        times = f"{seconds / middle.hashing:8.1f} times sha256sum"
        sys.stdout.write(f"  {what:32}{seconds:8.2f} s CPU {times}\n")
    all_ratios = ", ".join(f"{pair.ratio:.1f}" for pair in found)
    sys.stdout.write(f"  the rest in {PAIRS} pairs: {all_ratios} times sha256sum\n")
    ratio = (full.cpu - middle.judging) / middle.hashing
    sys.stdout.write(f"  all but the verdicts: {ratio:.1f} times sha256sum\n")
    if middle.ratio > TIMES:
        yield f"the rest of verifying takes {middle.ratio:.1f} times sha256sum, not {TIMES:.0f}"


if __name__ == "__main__":
    sys.exit(main())
