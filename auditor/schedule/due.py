"""What is due, and what went wrong: pure functions of plan, history of jobs, and now.

A planned moment ("slot") is begun at most once, whatever clocks do: an attempt names its slot. Of
several slots that passed while the machine was off only the newest is caught up; `missed` tells the
others, each once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.authority import is_open
from auditor.model import JobKind, ScheduledJob
from auditor.model.schedule import Entry, Event, Plan, Skip, Trouble
from auditor.schedule import slots

SAMPLE_LATE = timedelta(hours=1)
"""A sample is one of its hour; later it would be one of another."""
TOLD_AFTER = timedelta(days=1)
"""When an audit that was not begun is told; it is still caught up until its next slot."""
AHEAD = timedelta(hours=1)
"""Lines of the history that are further in the future were written by a clock that was wrong."""
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Due:
    """A job that is due now. `skip` says why it must not begin now; `is_late`, a catch-up."""

    job: ScheduledJob
    slot: datetime
    is_late: bool = False
    skip: Skip | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A slot of a job for which something went wrong; (`job`, `slot`, `trouble`) names it once."""

    job: str
    slot: datetime
    trouble: Trouble
    reason: str = ""


def due(plan: Plan, history: Sequence[Entry], now: datetime) -> tuple[Due, ...]:
    """Return the jobs that are due, samples first. A skip that was told before is not told again.

    Only what is watched can be due (`watched`). Every moment is aware of its zone.
    """
    found = []
    zone, known = ZoneInfo(plan.timezone), watched(history, now)
    order = tuple(JobKind)
    for job in sorted(plan.jobs, key=lambda job: order.index(job.kind)):
        slot = slots.last(job, zone, now)
        lines = _lines(history, job.id)
        if slot is None or job.id not in known or slot < known[job.id].at:
            continue
        if slot in _slots(lines, Event.ATTEMPT) or not _may_begin(job, slot, now):
            continue
        skip = allowed(plan, now)
        if skip is not None and slot in _slots(lines, Event.SKIP):
            continue
        found.append(Due(job, slot, now - slot >= SAMPLE_LATE / 2, skip))
    return tuple(found)


def allowed(plan: Plan, now: datetime) -> Skip | None:
    """Say why nothing may begin now: the letter is not valid, or no authorised window is open."""
    local = now.astimezone(ZoneInfo(plan.timezone))
    letter = plan.letter
    if letter is not None and not letter.issued_on <= local.date() <= letter.expires_on:
        return Skip.LETTER_NOT_VALID
    return None if is_open(plan.windows, local) else Skip.OUTSIDE_WINDOW


def missed(plan: Plan, history: Sequence[Entry], now: datetime) -> tuple[Fault, ...]:
    """Return what went wrong and nobody has put right: no success of that job came after it.

    A slot is missed when it was not begun in time, failed by its exit code, not ended when its
    attempt has no end (a running one is no fault), not allowed when the letter was not valid.
    What somebody has seen (`audit schedule list --seen`) is left out.
    """
    zone, known = ZoneInfo(plan.timezone), watched(history, now)
    return tuple(
        fault
        for job in plan.jobs
        if job.id in known
        for fault in _faults(job, _lines(history, job.id), known[job.id].at, zone, now)
    )


def _faults(
    job: ScheduledJob, lines: Sequence[Entry], since: datetime, zone: ZoneInfo, now: datetime
) -> list[Fault]:
    good = max((line.slot for line in lines if line.is_success and line.slot <= now), default=NEVER)
    seen = max(
        (line.at for line in lines if line.event is Event.SEEN and line.at <= now), default=NEVER
    )
    attempts = {line.slot: line for line in lines if line.event is Event.ATTEMPT}
    found = [
        (fault, told_at)
        for slot, line in attempts.items()
        if good < slot <= now
        for fault, told_at in _of_attempt(line, job)
    ]
    skips = {line.slot: line for line in lines if line.event is Event.SKIP}
    last = slots.last(job, zone, now)
    for slot in slots.between(job, zone, max(since, good), now):
        skip = skips.get(slot)
        if slot in attempts:
            continue
        if skip is not None and skip.reason == Skip.LETTER_NOT_VALID:
            found.append((Fault(job.id, slot, Trouble.NOT_ALLOWED), skip.at))
        elif skip is None or (slot != last and _late(job) is None):
            found.append((Fault(job.id, slot, Trouble.MISSED), slot + _told_after(job)))
    told = (fault for fault, told_at in found if seen < told_at <= now)
    return sorted(told, key=lambda fault: fault.slot)


def _of_attempt(line: Entry, job: ScheduledJob) -> Iterator[tuple[Fault, datetime]]:
    """Yield what went wrong with an attempt, and since when that is known."""
    if line.exit_code is not None:
        if not line.is_success:
            yield Fault(line.job, line.slot, Trouble.FAILED, line.reason), line.ended_at or line.at
        return
    # A killed attempt is closed without an exit code by the next one that gets the lock.
    told_at = line.ended_at or line.at + limit(job) + SAMPLE_LATE
    yield Fault(line.job, line.slot, Trouble.NOT_ENDED), told_at


def watched(history: Iterable[Entry], now: datetime) -> dict[str, Entry]:
    """Return the line since which each job is watched as it is planned now."""
    found: dict[str, Entry] = {}
    for line in sorted(history, key=lambda line: line.at):
        if line.at > now + AHEAD:
            continue
        if line.event is Event.WATCH:
            found[line.job] = line
        elif line.event is Event.REMOVE:
            found.pop(line.job, None)
    return found


def limit(job: ScheduledJob) -> timedelta:
    """Return how long a job may take."""
    usual = 30 if job.kind is JobKind.SAMPLE else 240
    return timedelta(minutes=usual if job.limit_minutes is None else job.limit_minutes)


def _may_begin(job: ScheduledJob, slot: datetime, now: datetime) -> bool:
    late = _late(job)
    return late is None or now - slot <= late


def _late(job: ScheduledJob) -> timedelta | None:
    if job.late_minutes is not None:
        return timedelta(minutes=job.late_minutes)
    return SAMPLE_LATE if job.kind is JobKind.SAMPLE else None


def _told_after(job: ScheduledJob) -> timedelta:
    late = _late(job)
    return TOLD_AFTER if late is None else min(late, TOLD_AFTER)


def _lines(history: Iterable[Entry], job: str) -> list[Entry]:
    return [line for line in history if line.job == job]


def _slots(lines: Iterable[Entry], event: Event) -> set[datetime]:
    return {line.slot for line in lines if line.event is event}
