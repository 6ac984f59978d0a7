"""What a run says of its own times and clock, from what it measured."""

import statistics
from collections.abc import Iterable
from datetime import datetime, timedelta

from auditor.model import Measured, Observation

_PROBE = "clock_offset"


def offset(observations: Iterable[Observation]) -> float | None:
    """Return the median offset to the authorised time servers in seconds, if it was measured."""
    offsets = [
        float(row["offset_s"])
        for item in observations
        if item.measurement.probe == _PROBE and isinstance(item.result, Measured)
        for row in item.result.rows
        if isinstance(row["offset_s"], (int, float))
    ]
    return round(statistics.median(offsets), 6) if offsets else None


def last_moment(started_at: datetime, observations: Iterable[Observation]) -> datetime:
    """Return when the last measurement ended; taken from the record, not from a clock."""
    ends = (item.started_at + timedelta(seconds=item.duration_s) for item in observations)
    return max(ends, default=started_at)
