"""The history of scheduled jobs: written before a job begins, closed when it has ended."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from auditor.model.schedule import Entry, Event
from auditor.moments import moment
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


def close_abandoned(engine: Engine, machine: str, now: datetime) -> tuple[Entry, ...]:
    """Close the attempts of this machine that have no end, and return them.

    Only whoever holds the lock may call this: then nobody is at work on any of them.
    """
    with engine.begin() as connection:
        rows = connection.execute(
            select(job).where(
                job.c.event == Event.ATTEMPT.value,
                job.c.machine == machine,
                job.c.ended_at.is_(None),
            )
        ).mappings()
        found = tuple(_entry(row) for row in rows)
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
        event=Event(row["event"]),
        slot=datetime.fromisoformat(row["slot"]),
        at=datetime.fromisoformat(row["at"]),
        machine=row["machine"],
        pid=row["pid"],
        ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
        exit_code=row["exit_code"],
        reason=row["reason"],
    )
