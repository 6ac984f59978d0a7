"""`audit history` and `audit trend` on a store of 5,000 runs of 40 indicators.

The peer in the same run is `python -c "import sqlalchemy, alembic"`: what any program pays that
opens such a store at all.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from auditor.record import moment
from auditor.store import opening, tables
from auditor.store.chain import START, digest, findings_digest

RUNS, INDICATORS, CHECKS, ROUNDS = 5000, 40, 2, 5
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


def median_s(*command: str) -> float:
    """Return the median time of a command that must succeed."""
    taken = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> int:
    """Print the medians and their ratio to the peer; 1 when an answer takes a second or more."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/store.sqlite"
        fill(url)
        size = os.path.getsize(f"{folder}/store.sqlite") / 2**20  # noqa: PTH202 - one number
        peer = median_s(sys.executable, "-c", "import sqlalchemy, alembic")
        sys.stdout.write(f"{RUNS} runs, {RUNS * INDICATORS * CHECKS} answers, {size:.0f} MiB\n")
        sys.stdout.write(f"{'import of both libraries':<28} {peer:.2f} s\n")
        slow = False
        for words in (("history",), ("trend", "2.1"), ("history", "--verify")):
            seconds = median_s(AUDIT, *words, "--store", url)
            slow |= seconds >= 1 and "--verify" not in words
            sys.stdout.write(
                f"{' '.join(('audit', *words)):<28} {seconds:.2f} s  {seconds / peer:.1f} times\n"
            )
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
