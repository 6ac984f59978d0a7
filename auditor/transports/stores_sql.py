"""The statements that are put to a database: aggregates only, names quoted by SQLAlchemy."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, and_, case, cast, column, func, literal_column, select, table, text
from sqlalchemy.sql import ColumnElement, FromClause, Select, quoted_name

from auditor.model import Store, StoreEngine

WRITES = "'INSERT', 'UPDATE', 'DELETE'"
_OWN = "grantee = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')"


def records(store: Store, fields: Iterable[str] | None = None) -> FromClause:
    """Return what the records are: a table, or a SELECT of the site file as a sub-query.

    Its columns are `fields`, or those that the site file names for counting.
    """
    names = (*store.required, *store.key, *_updated(store)) if fields is None else fields
    columns: list[Any] = [column(_quoted(name)) for name in dict.fromkeys(names)]
    if store.query:
        asked = text(store.query.replace("\\", "\\\\").replace(":", "\\:"))
        return asked.columns(*columns).subquery("records")
    schema = _quoted(store.schema) if store.schema else None
    return table(_quoted(store.table), *columns, schema=schema)


def _quoted(name: str) -> quoted_name:
    """Quote always: SQLAlchemy does not know every word that an engine keeps for itself."""
    return quoted_name(name, quote=True)


def totals(store: Store) -> Select[Any]:
    """Count records, then the filled cells of each mandatory field, then the newest change."""
    source = records(store)
    newest = [func.max(source.c[name]) for name in _updated(store)]
    filled = [func.sum(_filled(source.c[name])) for name in store.required]
    figures: list[Any] = [func.count(), *filled, *newest]
    asked: Any = select(*figures).select_from(source)
    return asked  # type: ignore[no-any-return]  # as many columns as fields


def distinct(store: Store) -> Select[Any]:
    """Count different keys."""
    source = records(store)
    keys = select(*(source.c[name] for name in store.key)).distinct().subquery("different")
    return select(func.count()).select_from(keys)


def one(store: Store) -> Select[Any]:
    """Count at most one record: whether the table may be read at all."""
    first: Select[Any] = select(literal_column("1").label("n")).select_from(records(store)).limit(1)
    return select(func.count()).select_from(first.subquery("first_record"))


def _filled(field: ColumnElement[object]) -> ColumnElement[int]:
    has_content = and_(field.is_not(None), func.trim(cast(field, String())) != "")
    return case((has_content, 1), else_=0)


def _updated(store: Store) -> tuple[str, ...]:
    return (store.updated,) if store.updated else ()


def settings(
    store: Store, seconds: float, zone: ZoneInfo, now: datetime, *, is_mariadb: bool
) -> Iterator[str]:
    """Yield what is said first: read only, and no statement longer than `seconds`."""
    milliseconds = int(seconds * 1000)
    if store.engine is StoreEngine.POSTGRESQL:
        yield f"SET statement_timeout = {milliseconds}"
        yield f"SET lock_timeout = {milliseconds}"
        yield "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
        yield "SET datestyle = 'ISO'"
    elif store.engine is StoreEngine.MYSQL:
        limit = f"max_statement_time = {seconds:.3f}"
        yield f"SET SESSION {limit if is_mariadb else f'max_execution_time = {milliseconds}'}"
        offset = now.astimezone(zone).strftime("%z")
        yield f"SET SESSION time_zone = '{offset[:3]}:{offset[3:5]}'"
        yield "SET SESSION TRANSACTION READ ONLY"
    elif store.engine is StoreEngine.SQLSERVER:
        yield f"SET LOCK_TIMEOUT {milliseconds}"
    else:
        yield "PRAGMA query_only = 1"


def rights(store: Store, quoted_table: str) -> tuple[str, dict[str, str]] | None:
    """Return the question whether this account may write into the table; None: nobody can say.

    Nothing is ever written to find out.
    """
    if not store.table:
        return None
    if store.engine is StoreEngine.POSTGRESQL:
        asked = (
            "SELECT has_table_privilege(CAST(:name AS text), 'INSERT, UPDATE, DELETE, TRUNCATE')"
        )
        return asked, {"name": quoted_table}
    if store.engine is StoreEngine.SQLSERVER:
        parts = (f"HAS_PERMS_BY_NAME(:name, 'OBJECT', {word})" for word in WRITES.split(", "))
        return f"SELECT {' + '.join(parts)}", {"name": quoted_table}
    if store.engine is not StoreEngine.MYSQL:
        return None
    may = f"privilege_type IN ({WRITES}) AND {_OWN}"
    places = (
        f"user_privileges WHERE {may}",
        f"schema_privileges WHERE {may} AND :schema LIKE table_schema",
        f"table_privileges WHERE {may} AND table_schema = :schema AND table_name = :name",
        f"column_privileges WHERE {may} AND table_schema = :schema AND table_name = :name",
    )
    counts = " + ".join(f"(SELECT COUNT(*) FROM information_schema.{place})" for place in places)  # noqa: S608 - words of this file only
    return f"SELECT {counts}", {"schema": store.schema or store.database, "name": store.table}


ROLE = "SELECT CURRENT_ROLE()"
"""MySQL and MariaDB: rights of a role are listed nowhere above."""
