"""Until the last day that a plan gives is over, what is not there yet is no failure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone

from auditor import phrases
from auditor.model import Check, Parameter, Text

VIETNAM = timezone(timedelta(hours=7))
"""A day of a province's plan ends there, wherever the record is judged."""


def last_day(value: object) -> date | None:
    """Read a parameter's default as a day, or None where it is none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def gives_time(
    check: Check, parameters: Mapping[str, Parameter], seen_at: Iterable[datetime]
) -> date | None:
    """Return the day until which a check has time, if something it rests on was seen before."""
    day = last_day(parameters[check.due].default) if check.due else None
    if day is None or all(moment.astimezone(VIETNAM).date() > day for moment in seen_at):
        return None
    return day


def reason(compared: Text, day: date) -> Text:
    """Say what was found, and until when it may stay so."""
    return phrases.fill(phrases.NOT_DUE, compared=compared, day=f"{day:%d/%m/%Y}")
