"""A record in the layout that the tool writes, cut into its observations before any is read.

A large record would else be held whole as JSON values, most of them many times over: machines of a
kind say much the same. Where a part is cut out, a word that nobody can foresee stands in its place,
and has to be found there by whoever reads the rest: so what is read is what the JSON says, whatever
its layout.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from pydantic_core import from_json

_FIRST, _LAST = b'\n "observations": [\n  {', b"\n  }\n ]"
_BETWEEN = b"\n  },\n  {"
_MEASURED, _NEXT = b'\n   "measured": {', b',\n   "measurement": '
_WORD = uuid4().hex
_HELD = f'"{_WORD}"'.encode()
STAND_IN = {"rows": [], "limitations": [{"vi": _WORD, "en": _WORD}]}
"""What stands where something measured was cut out."""
_STAND_IN = f'{{"rows":[],"limitations":[{{"vi":"{_WORD}","en":"{_WORD}"}}]}}'.encode()


def cut(content: bytes) -> tuple[dict[str, Any], Iterator[bytes]] | None:
    """Return a record without its observations, and the JSON of these; None for another layout.

    Raises `ValueError` for what is no JSON outside of the observations.
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


def _pieces(content: bytes, start: int, end: int) -> Iterator[bytes]:
    while start <= end:
        stop = content.find(_BETWEEN, start, end)
        stop = end if stop < 0 else stop
        yield b"{" + content[start:stop] + b"}"
        start = stop + len(_BETWEEN)


def halves(piece: bytes) -> tuple[bytes, bytes]:
    """Return an observation with a stand-in for what was measured, and that; or it, and nothing."""
    start = piece.find(_MEASURED)
    end = piece.find(_NEXT, start)
    if start < 0 or end < 0:
        return piece, b""
    start += len(_MEASURED) - 1
    return piece[:start] + _STAND_IN + piece[end:], piece[start:end]
