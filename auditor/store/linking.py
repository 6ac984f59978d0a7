"""Append to a chain of the store, though other processes append too."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, select
from sqlalchemy.exc import IntegrityError

from auditor.store.chain import START

ATTEMPTS = 20
"""How often a link is made anew when another process made one in between: each time one of them is
done, so that many may append at once."""

Result = TypeVar("Result")


def linked(engine: Engine, append: Callable[[Connection], Result]) -> Result:
    """Append in one transaction, all of it or nothing. Raises `SQLAlchemyError`."""
    for attempt in range(ATTEMPTS):
        try:
            with engine.begin() as connection:
                return append(connection)
        except IntegrityError:
            # Two processes took the same position: one database keeps the first, we come after it.
            if attempt + 1 == ATTEMPTS:
                raise
    raise AssertionError


def next_place(connection: Connection, table: Table) -> dict[str, Any]:
    """Return the position after the newest link of a chain, and the digest to stand on."""
    last = connection.execute(
        select(table.c.position, table.c.digest).order_by(table.c.position.desc()).limit(1)
    ).first()
    return {
        "position": last.position + 1 if last else 1,
        "previous": last.digest if last else START,
    }
