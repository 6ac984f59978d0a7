"""What one database said: figures, and why there are none."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StoreTrouble(StrEnum):
    """Why something of a database is not known; `auditor.stores.words` has sentences."""

    OUT_OF_SCOPE = "out_of_scope"
    NOT_AUTHORISED = "not_authorised"
    DRIVER_MISSING = "driver_missing"
    SECRET_MISSING = "secret_missing"  # noqa: S105 - a word, no secret
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    TLS_FAILED = "tls_failed"
    TLS_REFUSED = "tls_refused"
    CLEAR_PASSWORD = "clear_password"  # noqa: S105 - the same
    AUTH_FAILED = "auth_failed"
    DATABASE_MISSING = "database_missing"
    TABLE_MISSING = "table_missing"
    COLUMN_MISSING = "column_missing"
    NOT_PERMITTED = "not_permitted"
    STATEMENT_TIMEOUT = "statement_timeout"
    QUERY_FAILED = "query_failed"
    NOT_UNDERSTOOD = "not_understood"
    FILE_MISSING = "file_missing"
    FILE_UNREADABLE = "file_unreadable"
    FILE_TOO_LARGE = "file_too_large"
    FILE_BROKEN = "file_broken"
    MAPPING_MISSING = "mapping_missing"
    MAPPING_BROKEN = "mapping_broken"
    MAPPING_WITHOUT_IDENTIFIER = "mapping_without_identifier"
    MAPPING_WITHOUT_CODES = "mapping_without_codes"
    UPDATE_UNREADABLE = "update_unreadable"
    UPDATE_IN_FUTURE = "update_in_future"


class StoreFault(Exception):
    """A database or a file could not be read; says which trouble it is, and nothing it holds."""

    def __init__(self, trouble: StoreTrouble) -> None:
        """Keep the trouble; there are no other words, because those would be the server's."""
        super().__init__(trouble.value)
        self.trouble = trouble


Moment = datetime | str | None
"""A time of a database: aware, or as text where it could not be understood."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Aggregates over all records. `filled` counts mandatory fields with content in all of them."""

    records: int
    filled: int | None
    distinct: int | None
    newest: Moment


@dataclass(frozen=True, slots=True)
class StoreAnswer:
    """One visit to one database. `None` means not known. `tls_version` is "" without TLS."""

    asked_at: datetime
    is_reachable: bool | None = None
    trouble: StoreTrouble | None = None
    counts: Counts | None = None
    is_locked: bool | None = None
    tls_version: str | None = None
    is_certificate_checked: bool | None = None
    can_write: bool | None = None
