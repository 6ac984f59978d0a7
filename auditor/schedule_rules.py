"""What types cannot say about a schedule: every reason to refuse it."""

import re
from collections.abc import Iterator

from auditor.language import _
from auditor.model import JobKind, Schedule, ScheduledJob
from auditor.yamlfile import FieldPath

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
LAST_FROM_DAY = 22
"""From here on each month still has seven days, so each weekday comes."""
_MONTHS = range(1, 13)
_DAY_MINUTES = 1440

Refusal = tuple[FieldPath, str, str]


def refusals(schedule: Schedule) -> Iterator[Refusal]:
    """Yield every reason to refuse a schedule, with its path from the site's root."""
    names = [job.id for job in schedule.jobs]
    for index, job in enumerate(schedule.jobs):
        path = ("schedule", "jobs", index)
        if not _NAME.fullmatch(job.id):
            told = _("Use lower-case a-z, digits and hyphens, such as `samples`.")
            yield (*path, "id"), _("not usable as a name"), told
        if names.index(job.id) != index:
            yield (*path, "id"), _("repeated job"), _("Give each its own id.")
        if job.kind is JobKind.SAMPLE:
            told = _("Leave this job out until a version that has `audit sample`.")
            yield (*path, "kind"), _("this version takes no samples by itself"), told
        for field, problem, remedy in (*_times(job), *_days(job), *_limits(job)):
            yield (*path, *field), problem, remedy


def _times(job: ScheduledJob) -> Iterator[Refusal]:
    if not job.at:
        yield ("at",), _("the job has no time"), _('List the times, for example ["07:30"].')
    for index, text in enumerate(job.at):
        if not _TIME.fullmatch(text):
            told = _('Write it in quotes as "HH:MM", for example "22:30".')
            yield ("at", index), _("{value} is no time of the day", value=text), told


def _days(job: ScheduledJob) -> Iterator[Refusal]:
    if not job.days:
        told = _("List the days, for example [mon, tue], or leave the field out: Monday to Friday.")
        yield ("days",), _("the job has no day"), told
    for index, month in enumerate(job.months):
        if month not in _MONTHS:
            told = _("Write the number of a month, 1 to 12.")
            yield ("months", index), _("{value} is no month", value=month), told
    if job.from_day is not None and job.from_day not in range(1, LAST_FROM_DAY + 1):
        yield (
            ("from_day",),
            _("{value} is no day from which every weekday still comes", value=job.from_day),
            _("Write a day of the month, 1 to {last}.", last=LAST_FROM_DAY),
        )


def _limits(job: ScheduledJob) -> Iterator[Refusal]:
    if job.limit_minutes is not None and job.limit_minutes not in range(1, _DAY_MINUTES + 1):
        told = _("Write minutes, 1 to {most}.", most=_DAY_MINUTES)
        yield ("limit_minutes",), _("{value} is no limit", value=job.limit_minutes), told
    if job.late_minutes is not None and job.late_minutes < 1:
        told = _("Write minutes from 1 on, or leave the field out.")
        yield ("late_minutes",), _("{value} is no lateness", value=job.late_minutes), told
