"""The history of scheduled jobs: written before a job begins, closed when it has ended."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from auditor.model.schedule import Entry, Event
from auditor.moments import moment
from auditor.store import altered
from auditor.store.tables import job

LONGEST_REASON = 500
"""Letters of the last words of a job that failed."""


def add(engine: Engine, entry: Entry) -> bool:
    """Write a line; False if that event of that slot is there already, whoever wrote it.

    For an attempt this is the claim: of several machines on one store only one begins the job.
    """
    row = {
        "centre": entry.centre,
        "job": entry.job,
        "event": entry.event.value,
        "slot": moment(entry.slot),
        "at": moment(entry.at),
        "machine": entry.machine,
        "pid": entry.pid,
        "reason": entry.reason,
    }
    try:
        with engine.begin() as connection:
            connection.execute(insert(job).values(row))
    except IntegrityError:
        return False
    return True


def close(engine: Engine, entry: Entry) -> None:
    """Write how an attempt ended: its end, its exit code if there is one, and its last words."""
    assert entry.ended_at is not None  # noqa: S101 - what closing means
    with engine.begin() as connection:
        connection.execute(
            update(job)
            .where(
                job.c.centre == entry.centre,
                job.c.job == entry.job,
                job.c.event == Event.ATTEMPT.value,
                job.c.slot == moment(entry.slot),
            )
            .values(
                ended_at=moment(entry.ended_at),
                exit_code=entry.exit_code,
                reason=entry.reason[-LONGEST_REASON:],
            )
        )


def as_note(entry: Entry) -> dict[str, object]:
    """Write the end of an attempt as JSON data, for when the store does not answer."""
    assert entry.ended_at is not None  # noqa: S101 - what an end means
    return {
        "centre": entry.centre,
        "job": entry.job,
        "slot": moment(entry.slot),
        "ended_at": moment(entry.ended_at),
        "exit_code": entry.exit_code,
        "reason": entry.reason[-LONGEST_REASON:],
    }


def from_note(told: Mapping[str, Any]) -> Entry:
    """Read the end of an attempt back. Raises `KeyError` and `ValueError` for anything else."""
    slot, ended_at = (datetime.fromisoformat(told[name]) for name in ("slot", "ended_at"))
    known = {name: told[name] for name in ("centre", "job", "exit_code", "reason")}
    return Entry(event=Event.ATTEMPT, slot=slot, at=slot, ended_at=ended_at, **known)


def close_abandoned(
    engine: Engine,
    machine: str,
    now: datetime,
    is_at_work: Callable[[int], bool] = lambda _pid: False,
) -> tuple[Entry, ...]:
    """Close the attempts of this machine that have no end, and return them.

    Only whoever holds the lock may call this: then nobody of this user is at work on any of them;
    `is_at_work` tells of a process whether it is another user's that still may be.
    """
    with engine.begin() as connection:
        rows = connection.execute(
            select(job).where(
                job.c.event == Event.ATTEMPT.value,
                job.c.machine == machine,
                job.c.ended_at.is_(None),
            )
        ).mappings()
        found = tuple(
            entry for entry in map(_entry, rows) if entry.pid is None or not is_at_work(entry.pid)
        )
    for entry in found:
        close(engine, replace(entry, ended_at=now))
    return found


def is_empty(engine: Engine) -> bool:
    """Tell whether nothing ever ran by itself."""
    with engine.begin() as connection:
        return connection.execute(select(job.c.id).limit(1)).first() is None


def history(engine: Engine, centre: str = "") -> tuple[Entry, ...]:
    """Return the history of jobs, of one centre if it is named, in the order of writing."""
    query = select(job).order_by(job.c.id)
    if centre:
        query = query.where(job.c.centre == centre)
    with engine.begin() as connection:
        return tuple(_entry(row) for row in connection.execute(query).mappings())


def _entry(row: RowMapping) -> Entry:
    return Entry(
        centre=row["centre"],
        job=row["job"],
        event=altered.read(Event, row["event"], "job.event"),
        slot=altered.moment(row["slot"], "job.slot"),
        at=altered.moment(row["at"], "job.at"),
        machine=row["machine"],
        pid=row["pid"],
        ended_at=altered.moment(row["ended_at"], "job.ended_at") if row["ended_at"] else None,
        exit_code=row["exit_code"],
        reason=row["reason"],
    )
