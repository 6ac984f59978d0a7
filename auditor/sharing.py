"""Equal parts of observations, checked and held once: machines of a kind say much the same."""

import hashlib
import marshal
from typing import Any

from pydantic import TypeAdapter, ValidationError

from auditor.record_pieces import STAND_IN, halves
from auditor.record_v1 import CaptureV1, MeasuredV1, ObservationV1

_WITHOUT_REFERENCES = 2
"""The form of `marshal` that tells 1, 1.0 and true apart, and not what is one object."""


class Shared:
    """What was checked before; whoever shares a part does not alter it."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._form = TypeAdapter(ObservationV1)
        self._measured_form = TypeAdapter(MeasuredV1)
        self._measured: dict[bytes, MeasuredV1] = {}
        self._captures: dict[object, list[CaptureV1]] = {}
        self._rows: dict[bytes, Any] = {}

    def read(self, piece: bytes) -> ObservationV1:
        """Return an observation from its JSON, with the parts that were seen first.

        Raises pydantic's `ValidationError`, also for what is no JSON.
        """
        return self._in_halves(piece) or self._sharing(self._form.validate_json(piece))

    def checked(self, item: object) -> ObservationV1:
        """Return an observation that was read before. Raises pydantic's `ValidationError`."""
        return self._sharing(self._form.validate_python(item))

    def _in_halves(self, piece: bytes) -> ObservationV1 | None:
        """Read what was measured only if nothing said the same; None: read the piece as a whole."""
        rest, measured = halves(piece)
        if not measured:
            return None
        try:
            valid = self._form.validate_json(rest)
            if valid["measured"] != STAND_IN:
                return None
            key = hashlib.sha256(measured).digest()
            if key not in self._measured:
                self._measured[key] = self._with_rows(self._measured_form.validate_json(measured))
        except ValidationError:
            return None
        valid["measured"] = self._measured[key]
        return self._with_captures(valid)

    def _sharing(self, valid: ObservationV1) -> ObservationV1:
        if valid["measured"]:
            self._with_rows(valid["measured"])
        return self._with_captures(valid)

    def _with_rows(self, measured: MeasuredV1) -> MeasuredV1:
        measured["rows"] = [self._rows.setdefault(_key(row), row) for row in measured["rows"]]
        return measured

    def _with_captures(self, valid: ObservationV1) -> ObservationV1:
        captures = valid["captures"]
        valid["captures"] = self._captures.setdefault(tuple(map(_fields, captures)), captures)
        return valid


def _fields(capture: CaptureV1) -> tuple[object, ...]:
    """Return what equal captures have in common: each field is of one type, or null."""
    return (
        capture["request"],
        capture["sha256"],
        capture["size_bytes"],
        capture["exit_code"],
        capture["stderr_sha256"],
    )


def _key(row: Any) -> bytes:  # noqa: ANN401 - JSON
    """Return what equal JSON values have in common, and no others."""
    return hashlib.sha256(marshal.dumps(row, _WITHOUT_REFERENCES)).digest()
