"""A pack of a thousand machines: how long sealing, verifying, judging and reporting take.

`python tests/bench/pack.py [MACHINES [RUN]]` audits a centre of recorded machines (or takes a RUN),
packs it and prints seconds of the processor and of the clock, and the peak memory of each step,
beside `sha256sum` of the same bytes.
Exit 1 where a goal is missed: what verifying does beside judging, reading the evidence and making
the reports again takes at most 3 times `sha256sum`; a report 10 s; each step 500 MB.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "lab"))

import many_machines
from many_machines import AUDIT

from auditor import runfolder
from auditor.rollup import judge

VERIFIER = Path(__file__).parents[2] / "tools" / "verify_pack.py"
TIMES, REPORT_S, MOST_MB = 3.0, 10.0, 500


class Taken(NamedTuple):
    """Seconds of the processor and of the clock, and the peak of memory in MB."""

    cpu: float
    wall: float
    peak: float


def say(what: str, taken: Taken) -> None:
    """Print a line."""
    told = f"{taken.cpu:8.2f} s CPU {taken.wall:8.2f} s {taken.peak:7.0f} MB"
    sys.stdout.write(f"{what:34}{told}\n")
    sys.stdout.flush()


def taken(*words: str) -> Taken:
    """Run a program and say what it took. Raises `CalledProcessError` for an error or a fault."""
    started = time.perf_counter()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in {0, 10, 11}:
        raise subprocess.CalledProcessError(child.returncode, words)
    return Taken(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


def judged(run: Path) -> Taken:
    """Judge a run that was read before: what verifying pays for judging alone."""
    case = runfolder.load(run).case
    cpu, wall = time.process_time(), time.perf_counter()
    judge(case)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Taken(time.process_time() - cpu, time.perf_counter() - wall, peak)


def main() -> int:
    """Measure each step; return 1 where a goal is missed."""
    machines = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory(prefix="bench-pack-") as name:
        folder = Path(name)
        run = Path(sys.argv[2]) if len(sys.argv) > 2 else many_machines.run(machines, folder)
        return measured(run, folder)


def measured(run: Path, folder: Path) -> int:
    """Pack a run, verify it and make its reports."""
    key, pack, unpacked = folder / "key", folder / "run.auditpack", folder / "files"
    subprocess.run([AUDIT, "keygen", "--out", key, "--no-passphrase"], check=True)
    say(
        "audit pack",
        packing := taken(AUDIT, "pack", str(run), "--key", str(key), "--out", str(pack)),
    )
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(unpacked)  # bit by bit: what this process holds counts for its children
    files = sorted(str(path) for path in unpacked.rglob("*") if path.is_file())
    say("sha256sum of the pack", hashing := taken("sha256sum", str(pack)))
    say("sha256sum of its files", taken("sha256sum", *files))
    say("tools/verify_pack.py", second := taken(sys.executable, str(VERIFIER), str(pack)))
    words = (AUDIT, "verify", str(pack))
    say("audit verify", full := taken(*words))
    say("  --no-reports", rows := taken(*words, "--no-reports"))
    bare = taken(*words, "--no-reports", "--no-evidence")
    say("  --no-reports --no-evidence", bare)
    made = {form: taken(AUDIT, "report", str(run), "--format", form, "--out", str(folder / form))
            for form in ("html", "pdf")}  # fmt: skip
    for form, each in made.items():
        say(f"audit report --format {form}", each)
    say("judging alone", judging := judged(run))
    ratio = (bare.cpu - judging.cpu) / hashing.cpu
    told = f"{pack.stat().st_size / 1e6:.0f} MB in {len(files)} files; reading evidence again "
    told += (
        f"{rows.cpu - bare.cpu:.1f} s, reports again {full.cpu - rows.cpu:.1f} s of CPU; the rest"
    )
    sys.stdout.write(f"{told} without judging is {ratio:.1f} times sha256sum (goal: {TIMES:.0f})\n")
    peaks = (packing, second, full, *made.values())
    late = any(each.wall > REPORT_S for each in made.values())
    return int(ratio > TIMES or late or any(each.peak > MOST_MB for each in peaks))


if __name__ == "__main__":
    sys.exit(main())
