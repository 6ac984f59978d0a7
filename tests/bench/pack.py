"""A pack of a thousand machines: how long sealing, verifying, judging and reporting take.

`python tests/bench/pack.py [MACHINES [RUN]]` audits a centre of recorded machines (or takes a RUN),
packs it and prints seconds of the processor and of the clock, and the peak memory of each step,
beside `sha256sum` of the same bytes. Of verifying is told apart what is derived again (verdicts
from the record, rows from the raw outputs, reports from the record) and the rest: start, container,
digests, record and plan (what reads evidence or sets reports is loaded with these).
Exit 1 where a goal is missed, which is said: beside what it derives again, verifying takes at most
3 times `sha256sum`; a report 10 s; each step 500 MB. Of what is short the least of three counts.
"""

import json
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


def least(*words: str) -> Taken:
    """Run a program three times and return the run that took least."""
    return min(taken(*words) for _ in range(3))


class Bare(NamedTuple):
    """Seconds of the processor that verifying takes without evidence and reports, told apart."""

    rest: float
    judging: float


def bare(pack: Path) -> Bare:
    """Verify three times in a process of its own, and return the run with the least rest."""
    words = (sys.executable, str(REST), str(pack))
    done = [subprocess.run(words, stdout=subprocess.PIPE, check=True) for _ in range(3)]
    return min(Bare(*json.loads(each.stdout.splitlines()[-1])) for each in done)


def main() -> int:
    """Measure each step; return 1 where a goal is missed."""
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
    hashing = said("sha256sum of the pack", least("sha256sum", str(pack)))
    said("sha256sum of its files", taken("sha256sum", *files))
    second = "tools/verify_pack.py"
    steps[second] = said(second, taken(sys.executable, str(VERIFIER), str(pack)))
    steps["audit verify"] = said("audit verify", taken(AUDIT, "verify", str(pack)))
    yield from compared(pack, steps["audit verify"], hashing)
    for form in ("html", "pdf"):
        what = f"audit report --format {form}"
        words = (AUDIT, "report", str(run), "--format", form, "--out", str(folder / form))
        steps[what] = said(what, taken(*words))
        if steps[what].wall > REPORT_S:
            yield f"{what} takes {steps[what].wall:.1f} s, not {REPORT_S:.0f}"
    for what, step in steps.items():
        if step.peak > MOST_MB:
            yield f"{what} holds {step.peak:.0f} MB, not {MOST_MB}"


def compared(pack: Path, full: Taken, hashing: Taken) -> Iterator[str]:
    """Take verifying apart, and yield what is over the goal."""
    rows = taken(AUDIT, "verify", str(pack), "--no-reports")
    found = bare(pack)
    parts = {
        "verdicts from the record": found.judging,
        "rows from the raw outputs": rows.cpu - sum(found),
        "reports from the record": full.cpu - rows.cpu,
        "the rest": found.rest,
    }
    for what, seconds in parts.items():
        times = f"{seconds / hashing.cpu:8.1f} times sha256sum"
        sys.stdout.write(f"  {what:32}{seconds:8.2f} s CPU {times}\n")
    ratio = (full.cpu - found.judging) / hashing.cpu
    sys.stdout.write(f"  all but the verdicts: {ratio:.1f} times sha256sum\n")
    if found.rest / hashing.cpu > TIMES:
        times = f"{found.rest / hashing.cpu:.1f} times sha256sum, not {TIMES:.0f}"
        yield f"the rest of verifying takes {times}"


if __name__ == "__main__":
    sys.exit(main())
