"""Reading what came from outside: rows that fit their columns, or `unparsable`."""

import json
import math
from collections.abc import Iterable
from typing import NoReturn

from auditor.errors import CannotMeasure
from auditor.model import Failure, Row, Value
from auditor.probing import Column

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


def table(content: bytes, columns: Iterable[Column], what: str) -> tuple[Row, ...]:
    """Read the "rows" of a reading: each has exactly the columns, each value its kind or null."""
    rows = json_object(content, what).get("rows")
    if not isinstance(rows, list):
        unparsable(f"{what}: no rows")
    declared = tuple(columns)
    return tuple(_row(row, declared, what) for row in rows)


def in_order(rows: Iterable[Row], *names: str) -> tuple[Row, ...]:
    """Sort rows by these columns, then by all others, so that equal content is equal bytes."""
    return tuple(sorted(rows, key=lambda row: [_rank(row[name]) for name in (*names, *row)]))


def unparsable(detail: str) -> NoReturn:
    """Give up on what was read."""
    raise CannotMeasure(Failure.UNPARSABLE, detail)


def _rank(value: Value) -> tuple[int, float, str]:
    """Unknown first, then numbers, then words."""
    if value is None:
        return (0, 0.0, "")
    if isinstance(value, int | float):
        return (1, float(value), "")
    return (2, 0.0, value if isinstance(value, str) else "\n".join(value))


def _row(row: object, columns: tuple[Column, ...], what: str) -> Row:
    if not isinstance(row, dict) or row.keys() != {column.name for column in columns}:
        unparsable(f"{what}: a row without exactly the columns")
    return {column.name: _value(row[column.name], column, what) for column in columns}


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
