"""A store is a file that anybody may alter: what the tool never writes is refused by its name."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from auditor.errors import CannotPerform
from auditor.language import _

Told = TypeVar("Told")


def read(kind: Callable[[str], Told], written: str, column: str) -> Told:
    """Return what a text of the store stands for. Raises `CannotPerform` naming the column."""
    try:
        return kind(written)
    except (ValueError, TypeError):
        raise CannotPerform(
            _(
                "the store was altered: {column} holds {value}, which this tool does not write."
                " `audit history --verify` finds what else is not as it was kept; put a copy of"
                " the store back",
                column=column,
                value=ascii(written),
            )
        ) from None


def moment(written: str, column: str) -> datetime:
    """Return a time of the store. Raises `CannotPerform` naming the column."""
    return read(_aware, written, column)


def _aware(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError(written)
    return at
