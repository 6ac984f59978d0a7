"""A home in which the real program is killed at random moments, and what must never be left in it.

One home for all kills, so that what piles up is seen.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psutil
from sampling_site import site

from auditor import runfolder
from auditor.errors import BadInput
from auditor.pack.verifying import verify
from auditor.store import keeping, migrating, opening, reading
from auditor.store.packs import packs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from random import Random

    from forking import Ended, Forked

RUNS = 20
FIRST = datetime(2025, 1, 6, 2, tzinfo=UTC)
PLAN = """\
schema: urn:audit:site:v1
centre: {id: mau, name: Trung tâm mẫu}
schedule:
  profile: small.yaml
  jobs: [{id: a, kind: technical, at: ["09:00"], limit_minutes: 5}]
"""


@dataclass
class House:
    """A home in which the program is killed; `faults` is what was wrong afterwards."""

    program: Forked
    dice: Random
    kinds: Mapping[str, Kind]
    faults: list[str] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    lasts: dict[str, float] = field(default_factory=dict)
    now: str = ""
    took: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        """Find the places."""
        self.home = self.program.folder
        self.data = self.home / ".local/share/centre-audit"
        self.url = f"sqlite:///{self.data}/store.sqlite"

    def prepare(self, profile: str, platform: str) -> None:
        """Make a profile, two sites, a key, a run, its pack, and stores to purge and to migrate."""
        for name in ("tmp", "audit-runs"):
            (self.home / name).mkdir()
        small = f"{profile}inventory: [filesystems, processes]\n"
        (self.home / "small.yaml").write_text(small, "utf-8")
        (self.home / "plan.yaml").write_text(PLAN, "utf-8")
        site(self.home, platform)
        self.must("keygen", "--out", "k.pem", "--no-passphrase")
        self.must("run", "--profile", "small.yaml", "--out", "base", "--quiet")
        self.must("pack", "base", "--key", "k.pem")
        self.lasts = dict.fromkeys(self.kinds, self.took[1])
        self.packed = (self.home / "base.auditpack").read_bytes()
        self.expect(not verify(self.packed).faults, "the pack to compare with")
        record = runfolder.load(self.home / "base").record
        with opening.opened(f"sqlite:///{self.home}/full") as engine:
            for number in range(RUNS):
                at = FIRST + timedelta(days=number)
                one = replace(record, run_id=f"run-{number}", started_at=at, finished_at=at)
                keeping.keep_run(engine, one, self.home / "base", at)
        self.after = schema(self.home / "full")
        shutil.copy(self.home / "full", self.home / "before")
        with opening.opened(f"sqlite:///{self.home}/before") as engine:
            migrating.upgrade(engine, "-4")
        self.before = schema(self.home / "before")

    def run(self, *arguments: str | Path) -> Ended:
        """Run the program to its end, with a store."""
        more = {"AUDIT_NO_STORE": "", "TMPDIR": str(self.home / "tmp")}
        return self.program(*arguments, "--lang", "en", **more)

    def must(self, *arguments: str | Path) -> Ended:
        """Run a command that has to succeed."""
        began = time.monotonic()
        done = self.run(*arguments)
        self.took = (time.monotonic() - began, done.cpu_s)
        last = (done.err.splitlines() or [""])[-1]
        self.expect(done.code == 0, f"`audit {' '.join(map(str, arguments))}`: {last}")
        return done

    def expect(self, is_so: object, what: str) -> None:
        """Note a fault unless something is so."""
        if not is_so:
            self.faults.append(f"{self.now}: {what}")

    def kill(self, kind: str, number: int) -> bool:
        """Kill one command and look after it; False if it had ended before."""
        work = self.kinds[kind]
        command = work.command(self, number)
        is_begun, moment = self.dice.random() < 1 / 2, self.dice.random()
        is_tree = self.dice.random() < 1 / 2
        more = {"AUDIT_NO_STORE": "", "TMPDIR": str(self.home / "tmp")}
        began = time.monotonic()
        process = self.program.start(*command, "--lang", "en", **more)

        def spent() -> float:
            return time.monotonic() - began if work.waits else process.cpu_s()

        while is_begun and process.poll() is None and not work.is_begun(self, number):
            time.sleep(0.001)
        since = spent() if is_begun else 0.0
        until = since + moment * max(0.01, self.lasts[kind] - since)
        while process.poll() is None and spent() < until:
            time.sleep(0.001)
        unit = "s" if work.waits else "s of processor time"
        self.now = f"{kind} {number}, killed after {spent():.3f} {unit}"
        end(process.pid, with_children=is_tree)
        process.communicate()
        is_killed = process.poll() == -signal.SIGKILL
        self.killed[kind] += is_killed
        work.look(self, number)
        work.goes_on(self, number)
        self.lasts[kind] = self.took[0] if work.waits else self.took[1]
        self.tidy()
        return is_killed

    def tidy(self) -> None:
        """Nothing half written may lie about after the next command, but in unfinished runs."""
        for part in self.home.rglob(".*.part"):
            inside = [folder for folder in part.parents if (folder / "journal.sqlite").exists()]
            is_resumable = inside and not runfolder.is_finished(inside[0])
            self.expect(is_resumable, f"{part.relative_to(self.home)} is left")
        for path in (self.home / "tmp").iterdir():
            self.expect(False, f"{path.name} is left in the folder of temporary files")  # noqa: FBT003

    def is_whole(self, url: str) -> None:
        """Expect that the store opens, its chain verifies, and SQLite finds nothing wrong."""
        with opening.opened(url) as engine, engine.begin() as connection:
            said = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        self.expect(said == "ok", f"{url}: {said}")
        with opening.opened(url) as engine:
            self.expect(reading.verify(engine) == [], f"{url}: the chain is broken")

    def is_run(self, folder: Path) -> bool:
        """Whether a run is finished: then everything holds; else nobody may take it for a run."""
        if runfolder.is_finished(folder):
            sums = ["sha256sum", "--check", "--strict", "--quiet", runfolder.SUMS]
            held = (
                subprocess.run(sums, cwd=folder, capture_output=True, check=False).returncode == 0
            )
            self.expect(held and not runfolder.load(folder).damaged, f"{folder.name} is damaged")
            return True
        try:
            runfolder.load(folder)
        except BadInput:
            return False
        self.expect(False, f"{folder.name} reads as finished and is not")  # noqa: FBT003
        return False

    def packs(self) -> list[str]:
        """Return the files of the packs that the store has; one for each content."""
        with opening.opened(self.url) as engine:
            run_ids = [link.run_id for link in reading.links(engine)]
            return [pack.file for each in packs_of(engine, run_ids).values() for pack in each]

    def kept(self, folder: Path) -> int:
        """Count how often the store has a run."""
        with opening.opened(self.url) as engine:
            return [link.folder for link in reading.links(engine)].count(str(folder))


@dataclass(frozen=True)
class Kind:
    """What is killed, since when it writes, what must hold at once, and what a person does then.

    `waits`: it leaves the work to a child, so moments are of the clock and not of its processor.
    """

    command: Callable[[House, int], tuple[str, ...]]
    is_begun: Callable[[House, int], bool]
    look: Callable[[House, int], None]
    goes_on: Callable[[House, int], None]
    waits: bool = False


def end(pid: int, *, with_children: bool) -> None:
    """Kill a process at once, and its children if they are to die too."""
    with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended
        first = psutil.Process(pid)
        for victim in (first, *(first.children(recursive=True) if with_children else ())):
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()


def schema(file: Path) -> set[str]:
    """Return a store's tables and its revision."""
    with closing(sqlite3.connect(file)) as raw:
        names = {name for (name,) in raw.execute("SELECT name FROM sqlite_master")}
        return names | set(raw.execute("SELECT version_num FROM alembic_version").fetchone())
