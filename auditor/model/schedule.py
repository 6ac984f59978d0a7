"""What is to be done by itself, when, and what became of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.model.vocabulary import noun

if TYPE_CHECKING:  # every command reads the history of jobs, few make a plan
    from datetime import datetime

    from auditor.model.site import Authorisation
    from auditor.model.timing import Schedule, ScheduledJob, TimeWindow


class Event(StrEnum):
    """What a line of the history of jobs tells."""

    ATTEMPT = "attempt"
    SKIP = "skip"
    WATCH = "watch"
    REMOVE = "remove"
    SEEN = "seen"


class Skip(StrEnum):
    """Why a job that was due was not begun."""

    OUTSIDE_WINDOW = "outside_window"
    LETTER_NOT_VALID = "letter_not_valid"
    BUSY = "busy"
    TAKEN = "taken"


class Trouble(StrEnum):
    """What went wrong with a scheduled job."""

    FAILED = "failed"
    NOT_ENDED = "not_ended"
    MISSED = "missed"
    NOT_ALLOWED = "not_allowed"


@noun
class Plan:
    """The jobs of one centre, with all that decides when they may be done.

    `site` is the absolute path of the site file.
    """

    centre: str
    site: str
    timezone: str
    schedule: Schedule
    windows: tuple[TimeWindow, ...] = ()
    letter: Authorisation | None = None

    @property
    def jobs(self) -> tuple[ScheduledJob, ...]:
        """The jobs, in the order of the file."""
        return self.schedule.jobs


@noun
class Entry:
    """One line of the history of jobs. Moments are in UTC.

    `slot` is the planned moment that it is about; of an attempt without `ended_at` nobody knows
    how it ended. `reason` is a member of `Skip`, or the last words of a job that failed; of
    `watch` it is the job itself, as JSON.
    """

    centre: str
    job: str
    event: Event
    slot: datetime
    at: datetime
    machine: str = ""
    pid: int | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None
    reason: str = ""

    @property
    def is_success(self) -> bool:
        """Whether it is an attempt that was performed, whatever the verdicts were."""
        return self.exit_code in PERFORMED

    @property
    def is_open(self) -> bool:
        """Whether it is an attempt of which nobody has noted the end."""
        return self.event is Event.ATTEMPT and self.ended_at is None


PERFORMED = (0, 10, 11)
"""Exit codes of a job that did what it was to do; see `ExitCode`."""
