"""Read one observation back from its frozen JSON form, in a record, a journal or a store."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from auditor.model import (
    Capture,
    Failure,
    Measured,
    Measurement,
    NotMeasured,
    Observation,
    Row,
    Text,
    Value,
)

if TYPE_CHECKING:  # the types of the form are slow to load
    from auditor.record_v1 import ObservationV1, ValueV1


def observation_from_v1(item: ObservationV1) -> Observation:
    """Build an observation again."""
    return Observation(
        measurement=Measurement(**item["measurement"]),
        probe_version=item["probe_version"],
        vantage=item["vantage"],
        started_at=datetime.fromisoformat(item["started_at"]),
        duration_s=item["duration_s"],
        result=_result_from(item),
        captures=tuple(
            Capture(
                request=capture["request"],
                sha256=capture["sha256"],
                size_bytes=capture["size_bytes"],
                exit_code=capture["exit_code"],
                stderr_sha256=capture["stderr_sha256"] or "",
            )
            for capture in item["captures"]
        ),
        challenge=item.get("challenge", ""),
    )


def _result_from(item: ObservationV1) -> Measured | NotMeasured:
    measured, failed = item["measured"], item["not_measured"]
    if measured is not None and failed is None:
        return Measured(
            rows=tuple(_row_from(row) for row in measured["rows"]),
            limitations=tuple(Text(**text) for text in measured["limitations"]),
        )
    if failed is not None and measured is None:
        return NotMeasured(failure=Failure(failed["failure"]), detail=failed["detail"])
    message = f"{item['key']} must be either measured or not measured"
    raise ValueError(message)


def _row_from(row: dict[str, ValueV1]) -> Row:
    """Share a row that is the same in both forms: a large record would else be held twice."""
    if any(isinstance(value, list) for value in row.values()):
        return {name: value_from(value) for name, value in row.items()}
    return cast("Row", row)


def value_from(value: ValueV1) -> Value:
    """Return a value as the model has it: lists are tuples."""
    return tuple(value) if isinstance(value, list) else value
