"""What is killed with SIGKILL, what must hold at once, and what a person would type next.

The next command has to succeed, and to finish the work.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from itertools import cycle
from typing import TYPE_CHECKING

from killing_house import RUNS, House, Kind, schema
from sqlalchemy import select

from auditor import runfolder
from auditor.canonical import sha256
from auditor.model.schedule import Event
from auditor.schedule import lock
from auditor.store import jobs, opening, reading, tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ORPHAN_S = 120
"""How long a job may outlive the one that began it, and keep the lock."""
JOB = ("schedule", "run-due", "plan.yaml", "--job", "a")


def run_goes_on(house: House, number: int) -> None:
    """Resume it or, where it had not begun, begin anew; the store has it once."""
    folder = house.home / f"run{number}"
    if runfolder.is_finished(folder):
        house.must("history")
    elif folder.exists() and rows(folder, "header"):
        house.must("run", "--resume", folder, "--quiet")
    else:
        shutil.rmtree(folder, ignore_errors=True)
        house.must("run", "--profile", "small.yaml", "--out", folder, "--quiet")
    house.expect(house.is_run(folder), "the run was not carried to its end")
    house.expect(house.kept(folder) == 1, f"kept {house.kept(folder)} times")
    house.expect(not list((house.data / "waiting").iterdir()), "a note is left")
    shutil.rmtree(folder)


def rows(folder: Path, table: str) -> list[tuple[str, str]]:
    """Read a table of a journal in a copy: looking must not mend what the program is to mend."""
    copy = folder.parent / f"looked-at-{folder.name}"
    copy.mkdir()
    try:
        for file in folder.glob("journal.sqlite*"):
            shutil.copy(file, copy)
        with closing(sqlite3.connect(copy / "journal.sqlite")) as raw:
            names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master")]
            return raw.execute(f"SELECT * FROM {table}").fetchall() if table in names else []  # noqa: S608
    finally:
        shutil.rmtree(copy)


def look_at_run(house: House, number: int) -> None:
    """Finished or not, and nothing between."""
    house.is_run(house.home / f"run{number}")
    house.is_whole(house.url)


def visits(house: House) -> list[Path]:
    """Return the visits that no store has taken."""
    place = house.data / "samples" / "visits"
    return list(place.iterdir()) if place.is_dir() else []


def sample_goes_on(house: House, _number: int) -> None:
    """Whatever a journal had is in the store once, and one more visit."""
    had = {
        sha256(text.encode()) for mine in visits(house) for _key, text in rows(mine, "observation")
    }
    house.must("sample", "--profile", "sampled.yaml")
    with opening.opened(house.url) as engine, engine.begin() as connection:
        stored = connection.execute(select(tables.sample.c.observation_sha256)).scalars().all()
    house.expect(had <= set(stored), "a measurement that was finished is lost")
    house.expect(not visits(house), "a visit is left")


def look_at_pack(house: House, number: int) -> None:
    """Not there, or all of it."""
    made = house.home / f"pack{number}.auditpack"
    house.expect(not made.exists() or made.read_bytes() == house.packed, "half a pack")
    house.must("history")  # takes in what the killed command did not get to
    if made.exists():
        house.expect(str(made) in house.packs(), "a pack that the history never had")


def pack_goes_on(house: House, number: int) -> None:
    """Expect the same bytes as ever."""
    house.must(*pack(house, number))
    made = house.home / f"pack{number}.auditpack"
    house.expect(made.read_bytes() == house.packed, "another pack")
    made.unlink()


def pack(_house: House, number: int) -> tuple[str, ...]:
    """Return the command that packs."""
    return ("pack", "base", "--key", "k.pem", "--out", f"pack{number}.auditpack")


def fresh(house: House, source: str) -> str:
    """Copy a store to be killed at, and return its URL."""
    for end in ("", "-wal", "-shm"):
        (house.home / f"killed{end}").unlink(missing_ok=True)
    shutil.copy(house.home / source, house.home / "killed")
    return f"sqlite:///{house.home}/killed"


def purge(house: House, _number: int) -> tuple[str, ...]:
    """Return the command that purges a whole store."""
    return ("history", "--purge-before", "2999-01-01", "--store", fresh(house, "full"))


def purged(house: House) -> int:
    """Count the runs whose details are gone, which the log has to say as well."""
    url = f"sqlite:///{house.home}/killed"
    house.is_whole(url)
    with opening.opened(url) as engine:
        found = sum(link.purged_at is not None for link in reading.links(engine))
        with engine.begin() as connection:
            logged = sum(connection.execute(select(tables.purge.c.runs)).scalars())
    house.expect(logged == found, f"{found} purged and {logged} logged")
    return found


def purge_goes_on(house: House, _number: int) -> None:
    """All of them, with their log."""
    house.must(
        "history", "--purge-before", "2999-01-01", "--store", f"sqlite:///{house.home}/killed"
    )
    house.expect(purged(house) == RUNS, "not all were purged")


def look_at_migration(house: House, _number: int) -> None:
    """Expect the old tables or the new ones."""
    found = schema(house.home / "killed")
    house.expect(found in (house.before, house.after), f"half migrated: {sorted(found)}")


def migration_goes_on(house: House, _number: int) -> None:
    """Expect the new tables with all that the old ones held."""
    url = f"sqlite:///{house.home}/killed"
    done = house.must("history", "--verify", "--store", url)
    house.expect(f"Runs: {RUNS}; the chain is whole" in done.out, "the chain is not whole")
    house.expect(schema(house.home / "killed") == house.after, "not migrated")


def is_locked(house: House) -> bool:
    """Whether somebody still has the lock of scheduled jobs."""
    try:
        with lock.hold(datetime.now(UTC), house.data):
            return False
    except lock.Held:
        return True


def look_at_jobs(house: House, _number: int) -> None:
    """Expect a free lock once the job is gone too, and runs that are finished or not."""
    until = time.monotonic() + ORPHAN_S
    while is_locked(house) and time.monotonic() < until:
        time.sleep(0.05)
    house.expect(not is_locked(house), "the lock is not free")
    for folder in (house.home / "audit-runs").iterdir():
        house.is_run(folder)
    house.is_whole(house.url)


def jobs_go_on(house: House, _number: int) -> None:
    """Do the job: no attempt is left open, and what was finished is in the store once."""
    house.must(*JOB)
    with opening.opened(house.url) as engine:
        tried = [line for line in jobs.history(engine) if line.event is Event.ATTEMPT]
    house.expect(not any(line.is_open for line in tried), "an attempt has no end")
    house.expect(tried[-1].exit_code == 0, f"the job ended with {tried[-1].exit_code}")
    for folder in (house.home / "audit-runs").iterdir():
        if house.is_run(folder):
            house.expect(house.kept(folder) == 1, f"{folder.name} kept {house.kept(folder)} times")
            shutil.rmtree(folder)
        else:
            finish(house, folder)


def finish(house: House, folder: Path) -> None:
    """Carry a job's run to its end, unless it was killed before it began."""
    if rows(folder, "header"):
        house.must("run", "--resume", folder, "--quiet")
        house.expect(house.kept(folder) == 1, f"{folder.name} kept {house.kept(folder)} times")
    shutil.rmtree(folder)


def is_changed(house: House) -> bool:
    """Whether a job has taken the lock just now."""
    holder = house.data / lock.HOLDER
    return holder.exists() and time.time() - holder.stat().st_mtime < 1 / 2


KINDS = {
    "run": Kind(
        lambda _house, n: ("run", "--profile", "small.yaml", "--out", f"run{n}", "--quiet"),
        lambda house, n: (house.home / f"run{n}").exists(),
        look_at_run,
        run_goes_on,
    ),
    "due": Kind(
        lambda _house, _n: JOB, lambda h, _n: is_changed(h), look_at_jobs, jobs_go_on, waits=True
    ),
    "sample": Kind(
        lambda _house, _n: ("sample", "--profile", "sampled.yaml"),
        lambda house, _n: bool(visits(house)),
        lambda house, _n: house.is_whole(house.url),
        sample_goes_on,
    ),
    "pack": Kind(
        pack,
        lambda house, n: any(house.home.glob(f"*pack{n}.auditpack*")),
        look_at_pack,
        pack_goes_on,
    ),
    "purge": Kind(
        purge,
        lambda house, _n: (house.home / "killed-wal").exists(),
        lambda h, _n: h.expect(purged(h) in {0, RUNS}, "half purged"),
        purge_goes_on,
    ),
    "migrate": Kind(
        lambda house, _n: ("history", "--store", fresh(house, "before")),
        lambda house, _n: (house.home / "killed-wal").exists(),
        look_at_migration,
        migration_goes_on,
    ),
}


TURNS = ("run", "pack", "migrate", "sample", "purge", "due", "pack", "migrate", "sample")
"""Runs and jobs take longest, and are killed less often."""


def kills(house: House, count: int, say: Callable[[str], object] = lambda _line: None) -> int:
    """Kill so often, each kind in its turn; return how often the program had ended before."""
    late = 0
    for kind in cycle(TURNS):
        if house.killed.total() >= count:
            return late
        faults = len(house.faults)
        is_killed = house.kill(kind, house.killed.total() + late)
        late += not is_killed
        told = house.now if is_killed else f"{house.now} (it had ended)"
        say("\n".join([told, *(f"FAULT {fault}" for fault in house.faults[faults:]), ""]))
    raise AssertionError
