"""Open the store: SQLite in the user's data folder, or a PostgreSQL database by its URL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from auditor.errors import BadInput, CannotPerform, Problem
from auditor.language import _
from auditor.store.naming import data_folder, default_url
from auditor.store.tables import REVISION

PASSWORD_VARIABLE = "AUDIT_STORE_PASSWORD"  # noqa: S105 - the name of a variable
SAMPLES = "samples"
WAIT_S = 30
"""How long a process waits for another that is writing to the same store."""


def beside(url: str = "") -> Path:
    """Return where the raw evidence of samples lies: beside a SQLite file, else in user data."""
    where = _parsed(url or default_url())
    if where.get_backend_name() == "sqlite":
        return Path(str(where.database)).absolute().parent / SAMPLES
    return data_folder() / SAMPLES


def is_absent(url: str = "") -> bool:
    """Tell whether a SQLite store was never made; of another database that is not known."""
    where = _parsed(url or default_url())
    return where.get_backend_name() == "sqlite" and not Path(str(where.database)).exists()


@contextmanager
def opened(url: str = "") -> Iterator[Engine]:
    """Give the store with its tables up to date.

    Raises `BadInput` for an unusable URL, `CannotPerform` when the database does not answer.
    """
    where = _parsed(url or default_url())
    shown = where.render_as_string(hide_password=True)
    try:
        engine = _engine(where)
    except OSError as error:
        raise CannotPerform(_trouble(shown, error)) from error
    try:
        if _revision(engine) != REVISION:
            from auditor.store import migrating  # noqa: PLC0415 - Alembic is slow, and rarely needed

            migrating.upgrade(engine)
        yield engine
    except (SQLAlchemyError, OSError) as error:
        raise CannotPerform(_trouble(shown, error)) from error
    finally:
        engine.dispose()


def _revision(engine: Engine) -> str:
    """Return the migration that the tables are at; nothing for an empty database."""
    with engine.begin() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return str(found or "")


def _trouble(shown: str, error: Exception) -> str:
    """Return one line about a store that does not work; the driver's own words stand in it."""
    cause = str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__]
    return _(
        "the store {url} cannot be used: {error}. Nothing that was measured is lost: it lies in"
        " files, and the next command that reaches the store takes it in. Mend the store, and look"
        " with `audit history`",
        url=shown,
        error=cause[0],
    )


def _parsed(text: str) -> URL:
    try:
        where = make_url(text)
    except ArgumentError as error:
        raise _unusable(text.partition("@")[2] or text) from error
    name = where.get_backend_name()
    if name == "postgresql":
        password = where.password or os.environ.get(PASSWORD_VARIABLE)
        return where.set(drivername="postgresql+pg8000", password=password)
    if name == "sqlite" and where.database:
        return where
    raise _unusable(where.render_as_string(hide_password=True))


def _unusable(text: str) -> BadInput:
    remedy = _(
        "Give sqlite:///FILE or postgresql://USER@HOST/DATABASE; the password in {variable}.",
        variable=PASSWORD_VARIABLE,
    )
    return BadInput(Problem(text, _("no address of a store"), remedy))


def _engine(where: URL) -> Engine:
    if where.get_backend_name() == "sqlite":
        Path(str(where.database)).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = create_engine(where, poolclass=NullPool, connect_args={"timeout": WAIT_S})
        event.listen(engine, "connect", _careful)
        event.listen(engine, "begin", _writes_alone)
        return engine
    try:
        return create_engine(where, poolclass=NullPool, connect_args={"timeout": WAIT_S})
    except (NoSuchModuleError, ImportError) as error:
        raise CannotPerform(
            _("PostgreSQL needs its driver. Install it: pip install 'centre-audit[databases]'")
        ) from error


def _careful(connection: Any, _record: object) -> None:  # noqa: ANN401 - of the driver
    """Make SQLite keep what it acknowledged, through a power cut too."""
    connection.isolation_level = None  # we say ourselves where a transaction begins
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _writes_alone(connection: Connection) -> None:
    """Take the write lock first: a second writer waits instead of failing in the middle."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
