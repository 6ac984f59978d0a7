"""Holding a probe to the columns that it declared."""

import math
from collections.abc import Mapping
from types import NoneType

from auditor.model import Measured, Row, Value
from auditor.probing import Column, Probe


def checked(probe: Probe, result: Measured) -> Measured:
    """Hold a probe to its declared columns. Raises `TypeError` for a probe that breaks them."""
    columns = {column.name: column for column in probe.columns}
    rows = tuple(result.rows)
    if not _are_plain(columns, rows):
        rows = tuple(_row(probe, columns, row) for row in rows)
    return Measured(rows=rows, limitations=result.limitations)


def _are_plain(columns: Mapping[str, Column], rows: tuple[Row, ...]) -> bool:
    """Tell most results that need no closer look quickly: every kind is right, all text prints."""
    for names, kinds in {(tuple(row), tuple(map(type, row.values()))) for row in rows}:
        if columns.keys() != set(names) or not all(
            kind is columns[name].kind or kind is NoneType
            for name, kind in zip(names, kinds, strict=True)
        ):
            return False
    values = [value for row in rows for value in row.values()]
    words = [word for value in values if isinstance(value, tuple) for word in value]
    if not {str}.issuperset(map(type, words)):
        return False
    words += [value for value in values if isinstance(value, str)]
    return _is_printable("".join(words)) and all(
        math.isfinite(value) for value in values if isinstance(value, float)
    )


def _is_printable(text: str) -> bool:
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _row(probe: Probe, columns: Mapping[str, Column], row: Row) -> Row:
    if row.keys() != columns.keys():
        message = f"{probe.id} gave {sorted(row)}, declared {sorted(columns)}"
        raise TypeError(message)
    return {name: _cell(probe, columns[name], value) for name, value in row.items()}


def _cell(probe: Probe, column: Column, value: Value) -> Value:
    """Check one value and make it printable: text from outside may hold what JSON cannot."""
    kind = type(value)
    fits = value is None or kind is column.kind or (kind is int and column.kind is float)
    if not fits or (isinstance(value, float) and not math.isfinite(value)):
        message = f"{probe.id}.{column.name} must be {column.kind.__name__}, got {value!r}"
        raise TypeError(message)
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, tuple):
        return tuple(printable(item) for item in value)
    return value


def printable(text: str) -> str:
    """Keep text that UTF-8 can carry; show the rest by its escape."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")
