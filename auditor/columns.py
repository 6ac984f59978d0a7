"""Holding a probe to the columns that it declared."""

import math
from collections.abc import Mapping

from auditor.model import Measured, Row, Value
from auditor.probing import Column, Probe


def checked(probe: Probe, result: Measured) -> Measured:
    """Hold a probe to its declared columns. Raises `TypeError` for a probe that breaks them."""
    columns = {column.name: column for column in probe.columns}
    kinds = {column.name: column.kind for column in probe.columns}
    return Measured(
        rows=tuple(
            row if _is_plain(kinds, row) else _row(probe, columns, row) for row in result.rows
        ),
        limitations=result.limitations,
    )


def _is_plain(kinds: Mapping[str, type], row: Row) -> bool:
    """Tell most rows that need no closer look quickly: right kinds, and text that prints."""
    if row.keys() != kinds.keys():
        return False
    for name, value in row.items():
        if value is None:
            continue
        kind = type(value)
        if kind is not kinds[name]:
            return False
        if isinstance(value, str):
            if not _is_printable(value):
                return False
        elif isinstance(value, tuple):
            if not all(type(item) is str and _is_printable(item) for item in value):
                return False
        elif kind is float and not math.isfinite(value):
            return False
    return True


def _is_printable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


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
