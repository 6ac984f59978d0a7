"""Parts of indicators by their names alone: 2.4a is a part of 2.4 and counts inside it.

Criteria whose parts are named otherwise are refused, so a list of kept verdicts tells them apart.
"""

from collections.abc import Collection


def whole_of(indicator: str, others: Collection[str]) -> str | None:
    """Return which of the others an indicator is a part of by its name; None if of none."""
    return next((name for name in others if name and _letters_after(name, indicator)), None)


def _letters_after(whole: str, part: str) -> bool:
    return part.startswith(whole) and part.removeprefix(whole).isalpha()
