"""`audit history` and `audit trend` on a store of 5,000 runs of 40 indicators and 1,000 samples.

The peer in the same run is `python -c "import sqlalchemy"`: what any program pays that opens such a
store at all. Seconds on the clock are of a machine that others use too; seconds of the processor,
of the program and the system together, stand beside them. Exit 1 when the least time of a listing
is a second or more.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from auditor.model import Measured, Measurement, Observation, Row
from auditor.moments import moment
from auditor.store import opening, samples, tables
from auditor.store.chain import START, digest, findings_digest

RUNS, INDICATORS, CHECKS, VISITS, ROUNDS = 5000, 40, 2, 1000, 9
FIRST = datetime(2021, 1, 1, tzinfo=UTC)
AUDIT = shutil.which("audit", path=str(Path(sys.executable).parent)) or "audit"


def fill(url: str) -> None:
    """Write the rows that `audit run` would have written, in one transaction."""
    with opening.opened(url) as engine, engine.begin() as connection:
        previous = START
        for position in range(1, RUNS + 1):
            at = FIRST + timedelta(hours=6 * position)
            findings, answers = rows(position)
            link: dict[str, object] = {
                **dict.fromkeys(("centre", "vantage", "folder", "profile_id"), "trung-tam"),
                **dict.fromkeys(("record_sha256", "profile_sha256", "site_sha256"), "0" * 64),
                **dict.fromkeys(("started_at", "finished_at", "kept_at"), moment(at)),
                "tool_version": "1",
                "profile_version": "1",
                "run_id": f"run-{position}",
                "position": position,
                "previous": previous,
                "purged_at": None,
                "findings_sha256": findings_digest(findings, answers),
            }
            previous = digest(link)
            connection.execute(insert(tables.run).values({**link, "digest": previous}))
            for table, kept in ((tables.finding, findings), (tables.answer, answers)):
                connection.execute(insert(table), [{"position": position, **row} for row in kept])


def rows(position: int) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return the verdicts and answers of one run."""
    verdict = "met" if position % 7 else "not_met"
    findings: list[dict[str, object]] = [
        {"indicator": f"2.{n}", "verdict": verdict, "basis": "measured"} for n in range(INDICATORS)
    ]
    answers: list[dict[str, object]] = [
        {
            "indicator": f"2.{n}",
            "check_id": f"check-{c}",
            "system": "",
            "verdict": verdict,
            "number": float(position % 100),
            "unit": "Mbit/s",
        }
        for n in range(INDICATORS)
        for c in range(CHECKS)
    ]
    return findings, answers


def sample(url: str) -> None:
    """Keep visits to a platform, on which 2.10 rests and 2.1 does not."""
    origin = samples.Origin("trung-tam", "0" * 64, Path("here"))
    with opening.opened(url) as engine:
        samples.keep_samples(engine, map(visit, range(VISITS)), origin, FIRST)


def visit(number: int) -> Observation:
    """Return one visit."""
    at = FIRST + timedelta(hours=2 * number)
    row: Row = {"name": "library", "is_reachable": number % 9 > 0, "checked_at": moment(at)}
    return Observation(
        measurement=Measurement(probe="web_service", target="network"),
        probe_version=1,
        vantage="here",
        started_at=at,
        duration_s=1.0,
        result=Measured(rows=(row,)),
    )


def seconds(command: tuple[str, ...]) -> tuple[float, float]:
    """Return the time that a command took that must succeed: on the clock, of the processor."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    taken, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def told(name: str, times: list[tuple[float, float]], peer: float) -> float:
    """Print one line, and return the least time on the clock."""
    clock, processor = ([pair[n] for pair in times] for n in (0, 1))
    middle = statistics.median(processor)
    sys.stdout.write(
        f"{name:<26} clock least {min(clock):5.2f}, median {statistics.median(clock):5.2f} s;"
        f" processor {middle:5.2f} s, {middle / peer:.2f} times the peer\n"
    )
    return min(clock)


def main() -> int:
    """Print least and median times, and their ratio to the peer."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/store.sqlite"
        fill(url)
        sample(url)
        size = os.path.getsize(f"{folder}/store.sqlite") / 2**20  # noqa: PTH202 - one number
        count = f"{RUNS * INDICATORS * CHECKS} answers, {VISITS} samples, {size:.0f} MiB"
        sys.stdout.write(f"{RUNS} runs, {count}\n")
        listings = [("history",), ("trend", "2.1"), ("trend", "2.10")]
        commands = [(AUDIT, *words, "--store", url) for words in listings]
        import_it = (sys.executable, "-c", "import sqlalchemy")
        rounds = [[seconds(each) for each in (import_it, *commands)] for _ in range(ROUNDS)]
        of_peer, *of_ours = (list(times) for times in zip(*rounds, strict=True))
        peer = statistics.median(processor for _clock, processor in of_peer)
        told("import sqlalchemy", of_peer, peer)
        least = [
            told(" ".join(("audit", *words)), times, peer)
            for words, times in zip(listings, of_ours, strict=True)
        ]
        whole = (AUDIT, "history", "--verify", "--store", url)
        told("audit history --verify", [seconds(whole)], peer)
    return int(max(least) >= 1)


if __name__ == "__main__":
    sys.exit(main())
