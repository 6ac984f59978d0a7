"""Equal parts of observations, checked and held once: machines of a kind say much the same."""

import hashlib
import marshal
from typing import Any

from pydantic import TypeAdapter

from auditor.record_pieces import Piece
from auditor.record_v1 import ObservationV1

_WITHOUT_REFERENCES = 2
"""The form of `marshal` that tells 1, 1.0 and true apart, and not what is one object."""


class Shared:
    """What was checked before; whoever shares a part does not alter it."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._form = TypeAdapter(ObservationV1)
        self._kept: dict[bytes, Any] = {}

    def checked(self, piece: Piece) -> ObservationV1:
        """Return an observation, if it is valid, with the parts that were seen first.

        Raises pydantic's `ValidationError`, and `ValueError` for what is no JSON.
        """
        item = piece.item
        if not isinstance(item, dict):
            return self._form.validate_python(item)
        if piece.key:
            item["measured"] = None if piece.key in self._kept else piece.measured()
        captures = _key("captures", item.get("captures"))
        if captures in self._kept:
            item["captures"] = []
        valid = self._form.validate_python(item)
        valid["captures"] = self._kept.setdefault(captures, valid["captures"])
        if piece.key in self._kept:
            valid["measured"] = self._kept[piece.key]
        elif measured := valid["measured"]:
            measured["rows"] = [self._row(row) for row in measured["rows"]]
            if piece.key:
                self._kept[piece.key] = measured
        return valid

    def _row(self, row: Any) -> Any:  # noqa: ANN401 - JSON
        return self._kept.setdefault(_key("row", row), row)


def _key(kind: str, part: Any) -> bytes:  # noqa: ANN401 - JSON
    """Return what equal JSON values of a kind have in common, and no others."""
    return hashlib.sha256(marshal.dumps((kind, part), _WITHOUT_REFERENCES)).digest()
