"""The time slots of a day, over which samples have to be spread."""

from datetime import datetime
from zoneinfo import ZoneInfo

SLOT_H = 4
"""A day has six time slots; two samples of one slot say less than two of different slots."""


def time_slot(moment: str, timezone: str) -> str:
    """Name the four hours, by the centre's clock, in which a sample began; "" if unreadable."""
    try:
        local = datetime.fromisoformat(moment).astimezone(ZoneInfo(timezone))
    except (ValueError, OverflowError, OSError):
        return ""
    first = local.hour // SLOT_H * SLOT_H
    return f"{local:%Y-%m-%d} {first:02d}-{first + SLOT_H:02d}"
