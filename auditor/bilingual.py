"""The tool's own Vietnamese words inside rows, and the English that stands beside them."""

import re
from collections.abc import Iterable, Iterator, Mapping

from auditor.model import Measured, Observation, Row

VIETNAMESE, ENGLISH = "_vi", "_en"
"""How the names of two columns end that say the same."""


def rows_of(seen: Mapping[str, Observation], keys: Iterable[str]) -> Iterator[Row]:
    """Yield all rows of the observations under these keys."""
    for key in keys:
        if key in seen and isinstance(result := seen[key].result, Measured):
            yield from result.rows


def english_of(rows: Iterable[Row]) -> dict[str, str]:
    """Return the English of each sentence that the tool wrote into these rows."""
    found: dict[str, str] = {}
    for row in rows:
        for column, told in row.items():
            if column.endswith(VIETNAMESE):
                beside = row.get(f"{column.removesuffix(VIETNAMESE)}{ENGLISH}")
                found.update(_pairs(told, beside))
    return found


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
