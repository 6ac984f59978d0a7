"""The planned moments of a job: from local times of the day to moments in UTC. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from auditor.model import ScheduledJob, Weekday

_DAYS = tuple(Weekday)
_DAY = timedelta(days=1)
LONGEST = 366 + 31
"""No job's times lie further apart, in days: the rarest one is once a year."""


def last(job: ScheduledJob, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return the newest planned moment that is not after `now`."""
    day = now.astimezone(zone).date() + _DAY  # a zone's day may have begun before ours
    for _back in range(LONGEST + 2):
        moments = [moment for moment in on(job, zone, day) if moment <= now]
        if moments:
            return moments[-1]
        day -= _DAY
    return None


def following(job: ScheduledJob, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return the first planned moment after `now`."""
    day = now.astimezone(zone).date() - _DAY
    for _ahead in range(LONGEST + 2):
        moments = [moment for moment in on(job, zone, day) if moment > now]
        if moments:
            return moments[0]
        day += _DAY
    return None


def between(
    job: ScheduledJob, zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[datetime]:
    """Yield the planned moments after `since` and not after `until`, in their order."""
    day = since.astimezone(zone).date() - _DAY
    end = until.astimezone(zone).date() + _DAY
    while day <= end:
        yield from (moment for moment in on(job, zone, day) if since < moment <= until)
        day += _DAY


def on(job: ScheduledJob, zone: ZoneInfo, day: date) -> list[datetime]:
    """Return the moments of one local day, in UTC, each once.

    A time of the day that the clock skips comes as much later as the clock was moved; one that
    comes twice counts the first time.
    """
    if not _is_day(job, day):
        return []
    times = (time.fromisoformat(text) for text in job.at)
    return sorted({datetime.combine(day, at, zone).astimezone(UTC) for at in times})


def _is_day(job: ScheduledJob, day: date) -> bool:
    if (job.months and day.month not in job.months) or not _is_weekday(job, day):
        return False
    if job.from_day is None:
        return True
    earlier = (day.replace(day=number) for number in range(job.from_day, day.day))
    return day.day >= job.from_day and not any(_is_weekday(job, other) for other in earlier)


def _is_weekday(job: ScheduledJob, day: date) -> bool:
    return _DAYS[day.weekday()] in job.days
