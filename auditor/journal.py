"""What a run has measured so far, safe against a kill at any moment.

SQLite in WAL mode with full synchronisation: an observation that was reported as done is on the
disk. One process at a time; a second one is refused.
"""

import contextlib
import errno
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from auditor import saying
from auditor.canonical import dumps
from auditor.errors import CannotKeep, CannotPerform
from auditor.language import _
from auditor.model import Observation
from auditor.observation_reader import observation_from_v1
from auditor.record import observation_v1

NAME = "journal.sqlite"

_TABLES = """
CREATE TABLE IF NOT EXISTS header (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS observation (key TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
"""

_DISK = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY})


def _code(error: sqlite3.Error) -> int:
    return error.sqlite_errorcode & 0xFF  # the rest of the number says more exactly why


def _why(error: sqlite3.Error) -> str:
    full = _code(error) == sqlite3.SQLITE_FULL
    return saying.system(OSError(errno.ENOSPC, "")) if full else str(error)


class Journal:
    """The journal of one run folder. Use it as a context manager, in one thread."""

    def __init__(self, folder: Path) -> None:
        """Open or create the journal. Raises `CannotPerform` if another process holds it."""
        self._folder = folder
        self._connection = sqlite3.connect(folder / NAME, timeout=1.0, isolation_level=None)
        try:
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(_TABLES)
        except sqlite3.DatabaseError as error:
            self._connection.close()
            if _code(error) in _DISK:
                raise CannotKeep(folder, _why(error)) from error
            raise CannotPerform(
                _(
                    "{folder}: the journal cannot be used ({error}). Is another `audit` at work on"
                    " this folder? Wait for it, or start a new run",
                    folder=folder,
                    error=error,
                )
            ) from error

    def __enter__(self) -> Self:
        """Return the journal itself."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close, folding the write-ahead log into the one file. Raises `CannotKeep`.

        Where there is no room for that, the log stays, and the next one to open folds it in.
        """
        try:
            with self._writing() if error is None else contextlib.suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._connection.close()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise CannotKeep(self._folder, _why(error)) from error

    def begin(self, header: dict[str, str]) -> None:
        """Write what identifies the run, all at once. Raises `CannotKeep`."""
        with self._writing():
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT INTO header VALUES (?, ?)", sorted(header.items()))
            self._connection.execute("COMMIT")

    def header(self) -> dict[str, str]:
        """Return what identifies the run; empty if it was killed before it began."""
        return dict(self._connection.execute("SELECT name, value FROM header"))

    def add(self, observation: Observation) -> None:
        """Keep one observation; when this returns it survives a power cut. Raises `CannotKeep`."""
        with self._writing():
            self._connection.execute(
                "INSERT INTO observation VALUES (?, ?)",
                (observation.measurement.key, dumps(observation_v1(observation)).decode()),
            )

    def observations(self) -> tuple[Observation, ...]:
        """Return everything measured so far, in the order of keys."""
        rows = self._connection.execute("SELECT json FROM observation ORDER BY key")
        return tuple(observation_from_v1(json.loads(text)) for (text,) in rows)
