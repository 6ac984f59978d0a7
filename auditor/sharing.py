"""Observations read from JSON; equal parts are read and held once: machines say much the same."""

from types import GenericAlias
from typing import Any, cast

from msgspec import Raw, to_builtins

from auditor.record_v1 import CaptureV1, MeasuredV1, ObservationV1, ValueV1
from auditor.strict_json import Reader, struct_of

OBSERVATIONS = GenericAlias(list, (struct_of(ObservationV1, measured=Raw, captures=Raw),))
"""Observations of which the large parts are JSON still."""

_measured = Reader(struct_of(MeasuredV1, rows=list[Raw]) | None)
_captures = Reader(list[CaptureV1])
_row = Reader(dict[str, ValueV1])


class Shared:
    """What was read before; whoever shares a part does not alter it."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._measured: dict[bytes, MeasuredV1 | None] = {}
        self._captures: dict[bytes, list[CaptureV1]] = {}
        self._rows: dict[bytes, dict[str, ValueV1]] = {}

    def complete(self, read: Any, *place: str | int) -> ObservationV1:  # noqa: ANN401 - a struct
        """Return one of `OBSERVATIONS` with its parts read. Raises `NotOfForm`, below its place."""
        measured, captures = bytes(read.measured), bytes(read.captures)
        read.measured, read.captures = None, []
        whole = cast("ObservationV1", to_builtins(read))
        if captures not in self._captures:
            self._captures[captures] = to_builtins(_captures(captures, *place, "captures"))
        if measured not in self._measured:
            self._measured[measured] = self._read(measured, *place, "measured")
        whole["measured"], whole["captures"] = self._measured[measured], self._captures[captures]
        return whole

    def _read(self, content: bytes, *place: str | int) -> MeasuredV1 | None:
        read = _measured(content, *place)
        if read is None:
            return None
        for number, raw in enumerate(read.rows):
            row = bytes(raw)
            if row not in self._rows:
                self._rows[row] = _row(row, *place, "rows", number)
            read.rows[number] = self._rows[row]
        return {"rows": read.rows, "limitations": to_builtins(read.limitations)}
