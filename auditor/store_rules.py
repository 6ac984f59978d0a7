"""What types cannot say about the centre's databases and exports."""

import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from auditor.language import _
from auditor.model import CentreData, Store, StoreEngine
from auditor.named_files import trouble
from auditor.target_rules import misplaced_secret

Refusal = tuple[tuple[str | int, ...], str, str]

MOST = 32
"""Each may take half a minute, and the probe has twenty."""

_NAME = re.compile(r"[^\W\d][\w $-]{0,127}")
_QUERY = re.compile(r"select\s[^;]*", re.IGNORECASE)
_WRITTEN = re.compile(r"--|/\*|#")
_FILES = frozenset({StoreEngine.FILE, StoreEngine.SQLITE})
JUDGES = frozenset({StoreEngine.POSTGRESQL, StoreEngine.MYSQL, StoreEngine.SQLITE})
"""Engines that can hold their records to a mapping. SQL Server has no regular expressions."""


def refusals(data: CentreData, folder: Path) -> Iterator[Refusal]:
    """Yield what is wrong; paths are from the site's root, files relative to `folder`."""
    for kind, items in (("databases", data.databases), ("exports", data.exports)):
        names = [item.name for item in items]
        for index, name in enumerate(names):
            if name in names[:index]:
                yield (
                    ("data", kind, index, "name"),
                    _("{name} is there twice", name=name),
                    _("Give each database and each export a name of its own."),
                )
        if len(items) > MOST:
            yield (
                ("data", kind),
                _("more than {number}", number=MOST),
                _("Name the most important ones."),
            )
    yield from _exports(data)
    for index, store in enumerate(data.databases):
        for field, problem, remedy in (
            *_place(store, folder),
            *_login(store),
            *_records(store),
        ):
            yield ("data", "databases", index, field), problem, remedy


def _exports(data: CentreData) -> Iterator[Refusal]:
    engines = {store.name: store.engine for store in data.databases}
    for index, export in enumerate(data.exports):
        path = ("data", "exports", index)
        if bool(export.file) == bool(export.database):
            yield (
                (*path, "file"),
                _("needs either a file or a database"),
                _("Write file: the export's path; or database: a name of data.databases."),
            )
        elif export.database and export.database not in engines:
            yield (
                (*path, "database"),
                _("unknown database {name}", name=export.database),
                _("Use one of: {words}.", words=", ".join(engines) or "–"),
            )
        elif export.database and engines[export.database] not in JUDGES:
            yield (
                (*path, "database"),
                _("{engine} cannot judge its records itself", engine=engines[export.database]),
                _("Export them, and name the file."),
            )


def _place(store: Store, folder: Path) -> Iterator[tuple[str, str, str]]:
    if store.engine in _FILES:
        if not store.file or store.host:
            yield (
                "file",
                _("a file is needed here, and no server"),
                _("Write file: the path of the SQLite database or of the export."),
            )
        return
    if not store.host or not store.database or store.file:
        yield (
            "host",
            _("a server is needed here, and no file"),
            _("Write host, database, user and password_from."),
        )
    if store.port not in range(1 << 16):
        yield "port", _("no port"), _("Leave it out for the engine's own.")
    remedy = _("Name the certificate (PEM) of the authority that signed the server's.")
    if store.ca_file and (bad := trouble(folder / store.ca_file, remedy)):
        yield "ca_file", *bad


def _login(store: Store) -> Iterator[tuple[str, str, str]]:
    if bad := misplaced_secret(store.password_from):
        yield "password_from", *bad
    if store.engine not in _FILES and not store.user:
        yield "user", _("missing field"), _("Name the read-only account made for the tool.")
    if store.engine is StoreEngine.SQLSERVER and not store.ca_file:
        yield (
            "ca_file",
            _("SQL Server would be sent the password without encryption"),
            _("Name the certificate (PEM) of the authority that signed the server's."),
        )
    try:
        ZoneInfo(store.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "timezone", _("unknown time zone"), _("Use a name such as Asia/Ho_Chi_Minh.")


def _records(store: Store) -> Iterator[tuple[str, str, str]]:
    if store.engine is not StoreEngine.FILE:
        if bool(store.table) == bool(store.query):
            yield (
                "table",
                _("needs either a table or a query"),
                _("Write table: the table's name; or query: SELECT … FROM …"),
            )
        for name in ("schema", "table"):
            if (value := getattr(store, name)) and not _NAME.fullmatch(value):
                yield name, _("{value} is no name", value=value), _("Copy it from the database.")
        for field in ("required", "key"):
            for name in getattr(store, field):
                if not _NAME.fullmatch(name):
                    yield (
                        field,
                        _("{value} is no name", value=name),
                        _("Copy it from the database."),
                    )
        if store.updated and not _NAME.fullmatch(store.updated):
            yield (
                "updated",
                _("{value} is no name", value=store.updated),
                _("Copy it from the database."),
            )
    if store.query and (
        store.engine is StoreEngine.FILE
        or not _QUERY.fullmatch(store.query.strip())
        or _WRITTEN.search(store.query)
    ):
        yield (
            "query",
            _("no single SELECT"),
            _("Write one SELECT without semicolon and comments, or name a table."),
        )
