"""The tool's own Vietnamese words inside rows, and the English that stands beside them."""

import re
from collections.abc import Iterable, Iterator, Mapping

from auditor.model import Measured, Observation, Row

VIETNAMESE, ENGLISH = "_vi", "_en"
"""How the names of two columns end that say the same."""


Table = tuple[Row, ...]
"""Rows of one measurement: all have the same columns."""


def tables_of(seen: Mapping[str, Observation], keys: Iterable[str]) -> Iterator[Table]:
    """Yield the rows of each observation under these keys."""
    for key in keys:
        if key in seen and isinstance(result := seen[key].result, Measured):
            yield result.rows


def english_of(tables: Iterable[Table]) -> dict[str, str]:
    """Return the English of each sentence that the tool wrote into these rows."""
    found: dict[str, str] = {}
    for rows in {id(table): table for table in tables}.values():  # machines of a kind share theirs
        for vi, en in _columns(rows):
            for row in rows:
                found.update(_pairs(row.get(vi), row.get(en)))
    return found


def _columns(rows: Table) -> Iterator[tuple[str, str]]:
    """Yield the names of two columns that say the same."""
    first = rows[0] if rows else {}
    for column in first:
        beside = f"{column.removesuffix(VIETNAMESE)}{ENGLISH}"
        if column.endswith(VIETNAMESE) and beside in first:
            yield column, beside


def in_english(text: str, known: Mapping[str, str]) -> str:
    """Return the text with the tool's own sentences in English; all other words stay."""
    if not known:
        return text
    longest_first = sorted(known, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), lambda found: known[found[0]], text)


def _pairs(told: object, beside: object) -> Iterator[tuple[str, str]]:
    if isinstance(told, str) and isinstance(beside, str):
        told, beside = (told,), (beside,)
    if isinstance(told, tuple) and isinstance(beside, tuple) and len(told) == len(beside):
        for vi, en in zip(told, beside, strict=True):
            if isinstance(vi, str) and isinstance(en, str) and vi and en:
                yield vi, en
