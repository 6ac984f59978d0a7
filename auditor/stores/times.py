"""The time of the newest change, and how long ago that was."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.stores.answer import Moment, StoreTrouble

_CLOCKS_DIFFER = timedelta(days=1)
"""A change this far ahead may come from a clock or a time zone; one further ahead is no change."""


def moment(value: object, zone: ZoneInfo) -> Moment:
    """Return a time as an aware one; a day counts from its start, text must be ISO 8601."""
    if value is None or value == "":
        return None
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return ""  # not the text itself: it is the centre's data
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=zone)
    return ""


def age_days(
    newest: Moment, now: datetime, zone: ZoneInfo
) -> tuple[int | None, StoreTrouble | None]:
    """Return whole calendar days since `newest` in the centre's zone, or why that is not known."""
    if newest is None:
        return None, None
    if isinstance(newest, str):
        return None, StoreTrouble.UPDATE_UNREADABLE
    try:
        if newest.astimezone(UTC) - now > _CLOCKS_DIFFER:
            return None, StoreTrouble.UPDATE_IN_FUTURE
        days = (now.astimezone(zone).date() - newest.astimezone(zone).date()).days
    except OverflowError:  # the first and the last day of the calendar in another zone
        return None, StoreTrouble.UPDATE_UNREADABLE
    return max(0, days), None
