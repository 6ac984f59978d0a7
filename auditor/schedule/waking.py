"""When a machine's scheduler has to wake the tool: the same for every kind of scheduler. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.authority import is_open
from auditor.canonical import sha256
from auditor.model import JobKind, ScheduledJob, Weekday
from auditor.model.schedule import Plan
from auditor.schedule import slots

DELAY_MINUTES = 10
"""Machines of one kind do not all begin in the same minute; within so many after the time."""
QUARTER_HOUR = 15
"""How often to wake, in minutes, a machine whose clocks are not the centre's."""
_MONTH, _AHEAD = 31, 400


@dataclass(frozen=True, slots=True)
class Occasion:
    """A time of the day, on these days, in these months (none: all), in seven days of the month.

    `from_day` is the first of the seven; None: all days. Of these seven only the first that fits is
    planned, which `run-due` knows and a scheduler need not.
    """

    at: str
    days: tuple[Weekday, ...]
    months: tuple[int, ...] = ()
    from_day: int | None = None


@dataclass(frozen=True, slots=True)
class Waking:
    """What an entry of a scheduler consists of.

    `argv` is `audit schedule run-due …` with absolute paths; `occasions` are in `timezone`;
    `is_local` says that the machine's clocks show that zone, `delay` is this machine's own share of
    `DELAY_MINUTES`.
    """

    centre: str
    argv: tuple[str, ...]
    occasions: tuple[Occasion, ...]
    timezone: str
    is_local: bool
    delay: int

    @property
    def name(self) -> str:
        """The entry's name: letters, digits and hyphens."""
        return f"audit-{self.centre}"


def occasions(plan: Plan) -> tuple[Occasion, ...]:
    """Return the times of all jobs, and the openings of windows, for which a job may wait."""
    found = [Occasion(at, job.days, job.months, job.from_day) for job in plan.jobs for at in job.at]
    found += [Occasion(window.start, window.days) for window in plan.windows]
    return tuple(dict.fromkeys(found))


def delay(machine: str, centre: str) -> int:
    """Return the minutes by which this machine comes later: the same each time."""
    return int(sha256(f"{machine}\n{centre}".encode())[:8], 16) % DELAY_MINUTES


def is_local(timezone: str, now: datetime) -> bool:
    """Tell whether this machine's clocks show a zone's time, today and through the year."""
    moments = (now + timedelta(days=_MONTH * month) for month in range(13))
    zone = ZoneInfo(timezone)
    return all(
        moment.astimezone().utcoffset() == moment.astimezone(zone).utcoffset() for moment in moments
    )


def never_open(plan: Plan, now: datetime) -> Iterator[ScheduledJob]:
    """Yield the jobs whose times never lie in an authorised window; audits wait for one."""
    zone = ZoneInfo(plan.timezone)
    until = now.astimezone(UTC) + timedelta(days=_AHEAD)
    for job in plan.jobs:
        times = slots.between(job, zone, now, until)
        if job.kind is JobKind.SAMPLE and not any(
            is_open(plan.windows, time.astimezone(zone)) for time in times
        ):
            yield job
