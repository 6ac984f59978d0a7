"""Bring the tables of the store to a revision, by Alembic."""

import threading
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InvalidRequestError

_LOCK = 0x61756469
"""Names the lock under which one process at a time makes the tables of a PostgreSQL store."""

_ALONE = threading.Lock()
"""Alembic keeps what it is at in its module: an agent that answers Prometheus has two threads."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to a revision, all in one transaction; "base" takes them away.

    Raises `SQLAlchemyError`, also for a store that a newer version has made.
    """
    try:
        with _ALONE, engine.begin() as connection:
            if connection.dialect.name == "postgresql":  # SQLite lets only one write anyway
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            settings = configuration(connection)
            if revision == "base" or revision.startswith("-"):
                command.downgrade(settings, revision)
            else:
                command.upgrade(settings, revision)
    except CommandError as error:
        raise InvalidRequestError(str(error)) from error


def configuration(connection: Connection) -> Config:
    """Return Alembic's settings for an open connection."""
    settings = Config()
    place = resources.files("auditor.store") / "migrations"
    settings.set_main_option("script_location", str(place).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings
