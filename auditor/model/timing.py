"""When something may happen, and when something is to happen by itself."""

from enum import StrEnum

from auditor.model.vocabulary import noun


class Weekday(StrEnum):
    """Days of a week, as in an authorised window."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


@noun
class TimeWindow:
    """When traffic is allowed, in the site's time zone: from `start` until before `end`, HH:MM."""

    days: tuple[Weekday, ...]
    start: str
    end: str


class JobKind(StrEnum):
    """What a job does: repeated measurements, or an audit (every quarter, every year)."""

    SAMPLE = "sample"
    TECHNICAL = "technical"
    FULL = "full"


WORKING_DAYS = (
    *(Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY),
    *(Weekday.THURSDAY, Weekday.FRIDAY),
)


@noun
class ScheduledJob:
    """A job and its times, in the site's time zone.

    It is planned at each of `at` (HH:MM) on `days` in `months` (1 to 12; none: all). With
    `from_day` only on the first such day of the month from that day of the month on.
    `limit_minutes` is when it is ended (default: 30 for a sample, 240 for an audit); `late_minutes`
    how late it may still begin (default: 60 for a sample; an audit until its next time).
    """

    id: str
    kind: JobKind
    at: tuple[str, ...]
    days: tuple[Weekday, ...] = WORKING_DAYS
    months: tuple[int, ...] = ()
    from_day: int | None = None
    limit_minutes: int | None = None
    late_minutes: int | None = None


@noun
class Schedule:
    """What the tool does by itself. `profile` are the criteria of the audits."""

    profile: str = "lai-chau-2026"
    jobs: tuple[ScheduledJob, ...] = (
        ScheduledJob(
            id="quarter", kind=JobKind.TECHNICAL, at=("09:00",), months=(4, 7, 10), from_day=10
        ),
        ScheduledJob(id="year", kind=JobKind.FULL, at=("09:00",), months=(1,), from_day=10),
    )
