"""Packs in the store, by the digest of the file: which one was made of which run, and by whom."""

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Engine, delete, insert, select

from auditor.store import tables


class PackKind(StrEnum):
    """Who may see it."""

    FULL = "full"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack; the columns of the table `pack`."""

    sha256: str
    run_id: str
    kind: str
    signer: str
    file: str
    made_at: str


def keep_pack(engine: Engine, pack: Pack) -> None:
    """Enter a pack; of the same bytes at another place the store knows the newest place."""
    with engine.begin() as connection:
        connection.execute(delete(tables.pack).where(tables.pack.c.sha256 == pack.sha256))
        connection.execute(insert(tables.pack).values(asdict(pack)))


def packs_of(engine: Engine, run_ids: Collection[str]) -> dict[str, list[Pack]]:
    """Return the packs of each run, the oldest first."""
    column = tables.pack.c
    query = select(tables.pack).where(column.run_id.in_(list(run_ids)))
    found: dict[str, list[Pack]] = {run_id: [] for run_id in run_ids}
    with engine.begin() as connection:
        rows = connection.execute(query.order_by(column.made_at, column.sha256)).mappings()
        for row in rows:
            found[row["run_id"]].append(Pack(**row))
    return found


def changed_packs(engine: Engine) -> list[Pack]:
    """Return the packs whose file lies where it was, with bytes that no kept pack has.

    A time-stamp makes another pack of the same file, which is kept too. A file that was moved or
    deleted is no fault: files are the user's.
    """
    with engine.begin() as connection:
        rows = connection.execute(select(tables.pack).order_by(tables.pack.c.made_at)).mappings()
        found = [Pack(**row) for row in rows]
    known = {"", *(pack.sha256 for pack in found)}
    newest = {pack.file: pack for pack in found}
    return [pack for file, pack in newest.items() if file_digest(file) not in known]


def file_digest(file: str) -> str:
    """Return the digest of a file, nothing where it cannot be read."""
    try:
        with Path(file).open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return ""  # gone or out of reach
