"""One session with a database through SQLAlchemy."""

import importlib
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, create_engine, event, table, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from auditor.errors import CannotMeasure
from auditor.model import Store, StoreEngine
from auditor.scope import Gate
from auditor.stores.answer import Counts, StoreFault
from auditor.transports import stores_sql
from auditor.transports.deadline import Deadline
from auditor.transports.secrets import Secret
from auditor.transports.stores_dial import DRIVERS, Dial, Session

STATEMENT_S = 15.0
_DIALECTS = {
    StoreEngine.POSTGRESQL: "postgresql+pg8000://",
    StoreEngine.MYSQL: "mysql+pymysql://",
    StoreEngine.SQLSERVER: "mssql+pytds://",
    StoreEngine.SQLITE: "sqlite://",
}
BROKEN = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError),
    *(AssertionError, RuntimeError, EOFError, NotImplementedError, MemoryError, struct.error),
)
"""What drivers raise at a server that does not speak as it should."""


@dataclass(frozen=True, slots=True)
class Visiting:
    """What a session rests on; `said` collects the text of every statement, never a parameter."""

    store: Store
    gate: Gate
    folder: Path
    deadline: Deadline
    zone: ZoneInfo
    said: list[str]

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What the way there, SQLAlchemy and this engine's driver raise."""
        mine = (CannotMeasure, StoreFault, ImportError, SQLAlchemyError, *BROKEN)
        try:
            driver = importlib.import_module(DRIVERS[self.store.engine])
        except ImportError:
            return mine
        return (*mine, driver.Error)

    @contextmanager
    def logged_in(self, user: str, secret: Secret | None) -> Iterator["Visit"]:
        """Log in, read only and with a limit for each statement; leave afterwards. Raises."""
        dial = Dial(self.store, self.gate, self.folder, self.deadline)
        with dial.login(user, secret) as session:
            self._prepare(session)
            engine = create_engine(
                _DIALECTS[self.store.engine],
                creator=lambda: session.connection,
                poolclass=NullPool,
                hide_parameters=True,
            )
            event.listen(engine, "before_cursor_execute", self._note)
            with engine.connect() as connection:
                yield Visit(self.store, session, engine, connection)

    def _prepare(self, session: Session) -> None:
        """Say first what must hold for all that follows."""
        seconds = self.deadline.left(STATEMENT_S)
        version = str(getattr(session.connection, "server_version", ""))
        is_mariadb = "mariadb" in version.lower()
        now = self.gate.now()
        cursor = session.connection.cursor()
        for words in stores_sql.settings(
            self.store, seconds, self.zone, now, is_mariadb=is_mariadb
        ):
            self.said.append(words)
            cursor.execute(words)
        cursor.close()
        session.connection.commit()

    def _note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.said.append(statement)


@dataclass(frozen=True, slots=True)
class Visit:
    """A session that is open."""

    store: Store
    session: Session
    engine: Engine
    connection: Connection

    def counts(self) -> Counts:
        """Return aggregates; the newest change as the driver gives it. Raises."""
        row = tuple(self.connection.execute(stores_sql.totals(self.store)).one())
        wanted = len(self.store.required)
        filled = sum(int(cast("Any", cell) or 0) for cell in row[1 : 1 + wanted])
        different = None
        if self.store.key:
            different = int(self.connection.execute(stores_sql.distinct(self.store)).scalar_one())
        return Counts(
            records=int(cast("Any", row[0])),
            filled=filled if wanted else None,
            distinct=different,
            newest=cast("Any", row[1 + wanted]) if self.store.updated else None,
        )

    def may_read(self) -> None:
        """Read at most one record's existence. Raises where that is refused."""
        self.connection.execute(stores_sql.one(self.store)).scalar_one()

    def can_write(self) -> bool | None:
        """Whether this account may change records, as the server lists its rights."""
        mine = table(self.store.table or "none", schema=self.store.schema or None)
        quoted = self.engine.dialect.identifier_preparer.format_table(mine)
        asked = stores_sql.rights(self.store, quoted)
        if asked is None:
            return None
        try:
            may = bool(self.connection.execute(text(asked[0]), asked[1]).scalar_one())
            if may or self.store.engine is not StoreEngine.MYSQL:
                return may
            role = self.connection.execute(text(stores_sql.ROLE)).scalar_one()
        except DBAPIError:
            return None  # the server does not tell
        return None if role and role != "NONE" else False
