"""Logging in to a database over the gate's socket, encrypted wherever the server can."""

import contextlib
import importlib
import re
import socket
import sqlite3
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

from auditor.model import Method, Store, StoreEngine
from auditor.scope import Gate
from auditor.stores.answer import StoreFault, StoreTrouble
from auditor.transports.deadline import Deadline
from auditor.transports.files import opened
from auditor.transports.secrets import Secret
from auditor.transports.stores_faults import trouble_of

CONNECT_S = 6.0
PORTS = MappingProxyType(
    {StoreEngine.POSTGRESQL: 5432, StoreEngine.MYSQL: 3306, StoreEngine.SQLSERVER: 1433}
)
DRIVERS = MappingProxyType(
    {
        StoreEngine.POSTGRESQL: "pg8000",
        StoreEngine.MYSQL: "pymysql",
        StoreEngine.SQLSERVER: "pytds",
        StoreEngine.SQLITE: "sqlite3",
    }
)
_STEPS = 10_000
"""SQLite looks at the clock after so many steps of its machine."""

_CLEAR_PASSWORD = 3
"""AuthenticationCleartextPassword of PostgreSQL's protocol."""


@dataclass(frozen=True, slots=True)
class Session:
    """A driver's connection, and how it is encrypted: "" for not at all, None where none is due."""

    connection: Any
    tls_version: str | None
    is_certificate_checked: bool | None


@dataclass(frozen=True, slots=True)
class Dial:
    """The way to one database, all of it inside one deadline."""

    store: Store
    gate: Gate
    folder: Path
    deadline: Deadline

    @contextlib.contextmanager
    def login(self, user: str, secret: Secret | None) -> Iterator[Session]:
        """Log in, and end the session afterwards whatever became of it.

        Without TLS only if the server has none and no authority is named. Raises `StoreFault`,
        `CannotMeasure`, `OSError` or what the driver raises.
        """
        with contextlib.ExitStack() as ends:
            session = self._login(user, secret, ends)
            ends.callback(self._close, session.connection)
            yield session

    def _login(self, user: str, secret: Secret | None, ends: contextlib.ExitStack) -> Session:
        if self.store.engine is StoreEngine.SQLITE:
            return self._sqlite()
        if self.store.engine is StoreEngine.SQLSERVER:
            return self._sqlserver(user, secret, self._socket(ends))
        way = self._postgresql if self.store.engine is StoreEngine.POSTGRESQL else self._mysql
        driver = importlib.import_module(DRIVERS[self.store.engine])
        try:
            return way(user, secret, self._socket(ends), self._tls())
        except (driver.Error, OSError, StoreFault) as error:
            why = trouble_of(error, is_late=self.deadline.has_passed)
            if why is not StoreTrouble.TLS_REFUSED or self.store.ca_file:
                raise StoreFault(why) from error
        return way(user, secret, self._socket(ends), None)

    def _close(self, connection: Any) -> None:  # noqa: ANN401 - of one of four drivers
        driver = importlib.import_module(DRIVERS[self.store.engine])
        with contextlib.suppress(OSError, driver.Error):  # SQLAlchemy has closed it, or it is gone
            connection.close()

    def _socket(self, ends: contextlib.ExitStack) -> socket.socket:
        host, port = self.store.host, self.store.port or PORTS[self.store.engine]
        method = Method.HOST_LOGIN  # it is one: service probes are promised to be without login
        raw = self.gate.connect(host, port, method, self.deadline.left(CONNECT_S))
        raw.settimeout(self.deadline.left())
        # a driver that wraps the socket in TLS takes it away from us; this twin still ends it
        end = _ender(raw.dup())
        ends.callback(raw.close)
        ends.callback(end)
        self.deadline.closes(end)
        return raw

    def _tls(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self.store.ca_file:
            context.load_verify_locations(self.folder / self.store.ca_file)
        else:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _session(self, connection: object, carrier: object) -> Session:
        version = carrier.version() if isinstance(carrier, ssl.SSLSocket) else None
        return Session(connection, version or "", bool(version and self.store.ca_file))

    def _postgresql(
        self, user: str, secret: Secret | None, raw: socket.socket, tls: ssl.SSLContext | None
    ) -> Session:
        dbapi = importlib.import_module("pg8000.dbapi")

        class Careful(dbapi.Connection):  # type: ignore[misc,name-defined]  # the library has no types
            """Says no password in clear over a line that is not encrypted."""

            def handle_AUTHENTICATION_REQUEST(self, data: bytes, context: object) -> None:  # noqa: N802 - the library's own name
                asked = int.from_bytes(data[:4], "big")
                if asked and self.password is None:
                    raise StoreFault(StoreTrouble.AUTH_FAILED)
                if asked == _CLEAR_PASSWORD and not isinstance(self._usock, ssl.SSLSocket):
                    raise StoreFault(StoreTrouble.CLEAR_PASSWORD)
                super().handle_AUTHENTICATION_REQUEST(data, context)

        connection = Careful(
            user=user,
            password=secret.reveal() if secret else None,
            host=self.store.host,
            database=self.store.database,
            sock=raw,
            ssl_context=tls or False,
            application_name="centre-audit",
        )
        return self._session(connection, connection._usock)  # noqa: SLF001 - it tells by no other way

    def _mysql(
        self, user: str, secret: Secret | None, raw: socket.socket, tls: ssl.SSLContext | None
    ) -> Session:
        pymysql = importlib.import_module("pymysql")
        wait = self.deadline.left()
        connection = pymysql.connect(
            user=user,
            password=secret.reveal() if secret else "",
            host=self.store.host,
            database=self.store.database,
            charset="utf8mb4",
            **({"ssl": tls} if tls else {"ssl_disabled": True, "auth_plugin_map": _NO_CLEAR}),
            read_timeout=wait,
            write_timeout=wait,
            defer_connect=True,
        )
        connection.user = user  # an empty name would have become that of this machine's user
        connection.connect(raw)
        return self._session(connection, connection._sock)  # noqa: SLF001 - the same

    def _sqlserver(self, user: str, secret: Secret | None, raw: socket.socket) -> Session:
        """Log in with TLS and a checked certificate, or not at all: its passwords go in clear."""
        pytds = importlib.import_module("pytds")
        importlib.import_module("OpenSSL")  # without it the driver only fails later
        connection = pytds.connect(
            dsn=self.store.host,
            user=user,
            password=secret.reveal() if secret else "",
            database=self.store.database,
            sock=raw,
            readonly=True,
            cafile=str(self.folder / self.store.ca_file),
            validate_host=True,
            timeout=self.deadline.left(),
            login_timeout=self.deadline.left(CONNECT_S),
            disable_connect_retry=True,
        )
        return Session(connection, "TLS", is_certificate_checked=True)

    def _sqlite(self) -> Session:
        path = self.folder / self.store.file
        with opened(path):
            pass  # a regular file that may be read, or `CannotMeasure` says why not
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode=ro", uri=True, timeout=self.deadline.left(CONNECT_S)
        )
        connection.set_progress_handler(lambda: self.deadline.has_passed, _STEPS)
        for name, number, function in _LACKING:
            connection.create_function(name, number, function, deterministic=True)
        return Session(connection, None, None)


def _normalized(words: str | None) -> str | None:
    return None if words is None else normalize("NFC", words)


def _replaced(words: str | None, pattern: str, other: str) -> str | None:
    return None if words is None else re.sub(pattern, other, words)


_LACKING = (("normalize", 1, _normalized), ("regexp_replace", 3, _replaced))
"""What SQLite has not; its engine runs in this process, so no record goes anywhere."""


class _Unspoken:
    """Takes the place of a way to log in that would send the password in clear."""

    def __init__(self, _connection: object) -> None:
        """Need nothing."""

    def authenticate(self, _packet: object) -> None:
        """Refuse."""
        raise StoreFault(StoreTrouble.CLEAR_PASSWORD)


_NO_CLEAR = {"mysql_clear_password": _Unspoken, "dialog": _Unspoken}


def _ender(twin: socket.socket) -> Callable[[], None]:
    def end() -> None:
        with contextlib.suppress(OSError):  # it ended by itself
            twin.shutdown(socket.SHUT_RDWR)
        twin.close()

    return end
