"""Reading what came from outside: rows that fit their columns, or `unparsable`."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NoReturn

from auditor.errors import CannotMeasure
from auditor.model import Failure, Row, Value
from auditor.probing import Column

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_TOO_LARGE = 1 << 63
"""No real count, size or port comes near; larger numbers would not survive a spreadsheet."""


def json_object(content: bytes, what: str) -> dict[str, object]:
    """Read one JSON object. `what` names the source in the failure."""
    try:
        loaded = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise CannotMeasure(Failure.UNPARSABLE, f"{what}: {error}") from error
    if not isinstance(loaded, dict):
        unparsable(f"{what}: no JSON object")
    return loaded


def in_order(rows: Iterable[Row], *names: str) -> tuple[Row, ...]:
    """Sort rows by these columns, then by all others, so that equal content is equal bytes."""
    listed = list(rows)
    ranks = [tuple([_rank(row[name]) for name in names]) for row in listed]
    if names and len(set(ranks)) == len(ranks):  # so the others decide nothing
        return tuple(listed[place] for place in sorted(range(len(ranks)), key=ranks.__getitem__))
    return tuple(sorted(listed, key=lambda row: [_rank(row[name]) for name in (*names, *row)]))


def unparsable(detail: str) -> NoReturn:
    """Give up on what was read."""
    raise CannotMeasure(Failure.UNPARSABLE, detail)


def _rank(value: Value) -> tuple[int, float, str]:
    """Unknown first, then numbers, then words."""
    if isinstance(value, str):
        return (2, 0.0, value)
    if value is None:
        return (0, 0.0, "")
    return (1, float(value), "") if isinstance(value, int | float) else (2, 0.0, "\n".join(value))


def _value(value: object, column: Column, what: str) -> Value:
    if value is None:
        return None
    if column.kind is tuple and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    if column.kind is float and type(value) in {int, float}:
        number = float(str(value))
        if math.isfinite(number):
            return number
    elif type(value) is column.kind and isinstance(value, str | bool | int) and _fits(value):
        return value
    unparsable(f"{what}: {column.name} is no {column.kind.__name__}")


def _fits(value: str | int) -> bool:
    return isinstance(value, str) or abs(value) < _TOO_LARGE


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON number"
    raise ValueError(message)


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn what goes wrong inside while reading text into `unparsable`."""
    try:
        yield
    except (ValueError, IndexError, KeyError, OverflowError, OSError) as error:
        raise CannotMeasure(
            Failure.UNPARSABLE, f"{what}: {type(error).__name__} {error}"[:300]
        ) from error


def whole(text: str) -> int:
    """Read a decimal number that a machine may really mean. Raises `ValueError`."""
    number = int(text) if _WHOLE.fullmatch(text) else _TOO_LARGE
    if abs(number) >= _TOO_LARGE:
        message = f"{text[:40]!r} is no number"
        raise ValueError(message)
    return number


def rows_of(
    content: bytes, what: str, kinds: Mapping[str, type], names: Iterable[str]
) -> tuple[Row, ...]:
    """Read a JSON list of objects whose fields are columns; what a row lacks is null.

    `kinds` gives the kind of each column, `names` the columns wanted. A single object is a list of
    one: PowerShell writes it so.
    """
    try:
        loaded = json.loads(content or b"[]", parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise CannotMeasure(Failure.UNPARSABLE, f"{what}: {error}") from error
    items = loaded if isinstance(loaded, list) else [loaded]
    wanted = tuple(Column(name, kinds[name], "") for name in names)
    found = []
    for item in items:
        if not isinstance(item, dict):
            unparsable(f"{what}: no object")
        found.append({c.name: _value(item.get(c.name), c, what) for c in wanted})
    return tuple(found)


def moment(posix_s: float) -> str:
    """Return RFC 3339 in UTC. Raises `ValueError`, `OverflowError` or `OSError`."""
    at = datetime.fromtimestamp(posix_s, UTC)
    return f"{at.isoformat(timespec='seconds').removesuffix('+00:00')}Z"
