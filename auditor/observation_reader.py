"""Read observations back from their frozen JSON form, in a record, a journal or a store."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

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
    from collections.abc import Callable

    from auditor.record_v1 import CaptureV1, MeasuredV1, ObservationV1, ValueV1

Read = TypeVar("Read")
Built = TypeVar("Built")


def observation_from_v1(item: ObservationV1) -> Observation:
    """Build an observation again."""
    return Observations().built(item)


class Observations:
    """Builds observations again; a part that several share, once."""

    def __init__(self) -> None:
        """Begin with nothing built."""
        self._done: dict[int, tuple[object, Any]] = {}

    def built(self, item: ObservationV1) -> Observation:
        """Build one. Raises `ValueError` for words outside the model."""
        return Observation(
            measurement=Measurement(**item["measurement"]),
            probe_version=item["probe_version"],
            vantage=item["vantage"],
            started_at=datetime.fromisoformat(item["started_at"]),
            duration_s=item["duration_s"],
            result=self._result(item),
            captures=self._once(item["captures"], _captures_from),
            challenge=item.get("challenge", ""),
        )

    def _result(self, item: ObservationV1) -> Measured | NotMeasured:
        measured, failed = item["measured"], item["not_measured"]
        if measured is not None and failed is None:
            return self._once(measured, _measured_from)
        if failed is not None and measured is None:
            return NotMeasured(failure=Failure(failed["failure"]), detail=failed["detail"])
        message = f"{item['key']} must be either measured or not measured"
        raise ValueError(message)

    def _once(self, part: Read, build: Callable[[Read], Built]) -> Built:
        """Return what was built of this very part; it is held, so that no other gets its id."""
        if id(part) not in self._done:
            self._done[id(part)] = (part, build(part))
        built: Built = self._done[id(part)][1]
        return built


def _captures_from(read: list[CaptureV1]) -> tuple[Capture, ...]:
    return tuple(
        Capture(
            request=capture["request"],
            sha256=capture["sha256"],
            size_bytes=capture["size_bytes"],
            exit_code=capture["exit_code"],
            stderr_sha256=capture["stderr_sha256"] or "",
        )
        for capture in read
    )


def _measured_from(read: MeasuredV1) -> Measured:
    return Measured(
        rows=tuple(_row_from(row) for row in read["rows"]),
        limitations=tuple(Text(**text) for text in read["limitations"]),
    )


def _row_from(row: dict[str, ValueV1]) -> Row:
    """Share a row that is the same in both forms: a large record would else be held twice."""
    if any(isinstance(value, list) for value in row.values()):
        return {name: value_from(value) for name, value in row.items()}
    return cast("Row", row)


def value_from(value: ValueV1) -> Value:
    """Build a value again."""
    return tuple(value) if isinstance(value, list) else value
