"""A record in the layout that the tool writes, cut into its observations before any is read.

A large record would else be held whole as JSON values, most of them many times over: machines of a
kind say much the same. Where a part is cut out, a word that nobody can foresee stands in its place,
and has to be found there by whoever reads the rest: so what is read is what the JSON says, whatever
its layout.
"""

import hashlib
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from pydantic_core import from_json

_FIRST, _LAST = b'\n "observations": [\n  {', b"\n  }\n ]"
_BETWEEN = b"\n  },\n  {"
_MEASURED, _NEXT = b'\n   "measured": {', b',\n   "measurement": '
_WORD = uuid4().hex
_HELD = f'"{_WORD}"'.encode()


def cut(content: bytes) -> tuple[dict[str, Any], Iterator["Piece"]] | None:
    """Return a record without its observations, and these; None where the layout is another.

    Raises `ValueError` for what cannot be read so, also while the observations are taken.
    """
    start = content.find(_FIRST)
    end = content.find(_LAST, start)
    if start < 0 or end < 0:
        return None
    opening, closing = start + len(_FIRST) - len(b"[\n  {"), end + len(_LAST)
    rest = from_json(content[:opening] + _HELD + content[closing:])
    if not isinstance(rest, dict) or rest.get("observations") != _WORD:
        return None
    return rest, _pieces(content, start + len(_FIRST), end)


class Piece:
    """An observation. `key` stands for the exact bytes of what was measured, if they were cut."""

    def __init__(self, item: Any, measured: bytes = b"") -> None:  # noqa: ANN401 - JSON
        """Take the JSON value, and what was cut out of it."""
        self.item, self._measured = item, measured
        self.key = hashlib.sha256(measured).digest() if measured else b""

    def measured(self) -> Any:  # noqa: ANN401 - JSON
        """Read what was measured. Raises `ValueError`."""
        return from_json(self._measured)


def _piece(content: bytes) -> Piece:
    start = content.find(_MEASURED)
    end = content.find(_NEXT, start)
    if start >= 0 and end >= 0:
        start += len(_MEASURED) - 1
        item = from_json(content[:start] + _HELD + content[end:])
        if isinstance(item, dict) and item.get("measured") == _WORD:
            return Piece(item, content[start:end])
    return Piece(from_json(content))


def _pieces(content: bytes, start: int, end: int) -> Iterator[Piece]:
    while start <= end:
        stop = content.find(_BETWEEN, start, end)
        stop = end if stop < 0 else stop
        yield _piece(b"{" + content[start:stop] + b"}")
        start = stop + len(_BETWEEN)
