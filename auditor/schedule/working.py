"""Do what is due: claim a slot, run what a person would type, note how it ended."""

import contextlib
import json
import os
import platform
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from auditor.language import _
from auditor.model import JobKind, ScheduledJob
from auditor.model.schedule import PERFORMED, Entry, Event, Plan, Skip
from auditor.schedule.due import Due, allowed, due, limit, watched
from auditor.store import jobs, waiting
from auditor.transports import child


@dataclass(frozen=True, slots=True)
class Work:
    """What doing jobs needs.

    `program` is the path of `audit`; `store` is the URL that it is given, or nothing for the
    default; `stop`, once set, ends the job at hand and begins no other; `held` is the lock.
    """

    plan: Plan
    engine: Engine
    program: str
    store: str
    now: Callable[[], datetime]
    stop: threading.Event
    held: tuple[int, ...] = ()

    def entry(self, job: str, event: Event, slot: datetime, reason: str = "") -> Entry:
        """Return a line of the history, written now."""
        return Entry(
            centre=self.plan.centre,
            job=job,
            event=event,
            slot=slot,
            at=self.now(),
            machine=platform.node(),
            reason=reason,
        )


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a job that was due: not begun (`skip`), or begun and ended (`entry`)."""

    due: Due
    skip: Skip | None = None
    entry: Entry | None = None


def arguments(plan: Plan, job: ScheduledJob, store: str) -> tuple[str, ...]:
    """Return what follows `audit` on the command line of a job."""
    kept = ("--store", store) if store else ()
    criteria = ("--profile", plan.schedule.profile)
    if job.kind is JobKind.SAMPLE:
        return ("sample", plan.site, *criteria, *kept)
    return ("run", "--site", plan.site, *criteria, "--quiet", *kept)


def watch(work: Work) -> None:
    """Note from when on each job is watched as it is planned now, and which are no more planned."""
    history = jobs.history(work.engine, work.plan.centre)
    known = watched(history, work.now())
    planned = {job.id: described(work.plan, job) for job in work.plan.jobs}
    for name, text in planned.items():
        if name not in known or known[name].reason != text:
            jobs.add(work.engine, work.entry(name, Event.WATCH, work.now(), text))
    for name in known.keys() - planned.keys():
        jobs.add(work.engine, work.entry(name, Event.REMOVE, work.now()))


def described(plan: Plan, job: ScheduledJob) -> str:
    """Return a job with its site and zone as JSON, so that the history can be read without them."""
    return json.dumps({"site": plan.site, "timezone": plan.timezone, "job": asdict(job)})


def skip_all(work: Work) -> Iterator[Done]:
    """Note that what is due is not begun, since another process is at work."""
    history = jobs.history(work.engine, work.plan.centre)
    for item in due(work.plan, history, work.now()):
        if jobs.add(work.engine, work.entry(item.job.id, Event.SKIP, item.slot, Skip.BUSY)):
            yield Done(item, Skip.BUSY)


def settle(engine: Engine, now: datetime) -> None:
    """Close attempts that nobody is at work on; the lock must be held."""
    jobs.close_abandoned(engine, platform.node(), now, child.is_another)


def do_due(work: Work) -> Iterator[Done]:
    """Do what is due, one after the other; the lock must be held."""
    settle(work.engine, work.now())
    history = jobs.history(work.engine, work.plan.centre)
    for item in due(work.plan, history, work.now()):
        if work.stop.is_set():
            return
        # A job before this one may have taken hours: is it still allowed?
        skip = item.skip or allowed(work.plan, work.now())
        if skip is not None:
            jobs.add(work.engine, work.entry(item.job.id, Event.SKIP, item.slot, skip))
            yield Done(item, skip)
        else:
            entry = attempt(work, item.job, item.slot)
            yield Done(item, entry=entry, skip=None if entry else Skip.TAKEN)


def attempt(work: Work, job: ScheduledJob, slot: datetime) -> Entry | None:
    """Do one job and return how it ended; None if another machine has begun that slot."""
    begun = replace(work.entry(job.id, Event.ATTEMPT, slot), pid=os.getpid())
    if not jobs.add(work.engine, begun):
        return None
    ended = _outcome(work, job)
    closed = replace(begun, ended_at=work.now(), exit_code=ended.exit_code, reason=ended.words)
    # The store may go away while a job is at work: its end is noted first and forgotten then.
    note = waiting.of_job(jobs.as_note(closed), work.store)
    with contextlib.suppress(OSError):  # a disk that is full is told where the store is on it too
        waiting.write(note)
    jobs.close(work.engine, closed)
    waiting.forget(note)
    return closed


def _outcome(work: Work, job: ScheduledJob) -> child.Ended:
    argv = (work.program, *arguments(work.plan, job, work.store))
    seconds = limit(job).total_seconds()
    try:
        ended = child.run(argv, Path(work.plan.site).parent, seconds, work.stop, held=work.held)
    except OSError as error:
        return child.Ended(1, str(error))
    if ended.timed_out:
        told = _("ended after {n} min, its limit", n=round(seconds / 60))
        return replace(ended, exit_code=1, words=told)
    if ended.exit_code in PERFORMED:
        return replace(ended, words="")
    return replace(ended, words=(ended.words.splitlines() or [""])[-1])
