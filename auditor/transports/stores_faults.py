"""What a driver's error says in the words of `StoreTrouble`; the server's own words are dropped.

Those may quote a row, a name or an account.
"""

import ssl
from collections.abc import Iterator
from types import MappingProxyType

from auditor.errors import CannotMeasure
from auditor.model import Failure
from auditor.stores.answer import StoreFault, StoreTrouble

_T = StoreTrouble
CODES = MappingProxyType(
    {
        code: trouble
        for trouble, codes in {
            # PostgreSQL (appendix A of its manual); MySQL and MariaDB; SQL Server's sys.messages;
            # all that SQLite says when it is stopped
            _T.AUTH_FAILED: ("28P01", "28000", 1045, 1044, 1698, 18456),
            _T.DATABASE_MISSING: ("3D000", 1049, 4060),
            _T.TABLE_MISSING: ("42P01", "3F000", 1146, 208),
            _T.COLUMN_MISSING: ("42703", 1054, 207),
            _T.NOT_PERMITTED: ("42501", 1142, 1143, 1370, 229, 230),
            _T.QUERY_FAILED: ("25006", 1792),  # would write, in a session that may only read
            _T.STATEMENT_TIMEOUT: ("57014", "55P03", 1969, 3024, 1317, 1205, 1222, "interrupted"),
        }.items()
        for code in codes
    }
)
_WORDS = (
    ("no such table", _T.TABLE_MISSING),  # SQLite has one code for all of these
    ("no such column", _T.COLUMN_MISSING),
    ("file is not a database", _T.FILE_BROKEN),
    ("database disk image is malformed", _T.FILE_BROKEN),
    ("unable to open database", _T.FILE_UNREADABLE),
    ("but no password was provided", _T.AUTH_FAILED),  # pg8000's own, without a code
    ("server refuses ssl", _T.TLS_REFUSED),
    ("ssl is required but the server doesn't support it", _T.TLS_REFUSED),  # PyMySQL's own
)
_FAILURES = MappingProxyType(
    {
        Failure.OUT_OF_SCOPE: _T.OUT_OF_SCOPE,
        Failure.NOT_AUTHORISED: _T.NOT_AUTHORISED,
        Failure.UNREACHABLE: _T.UNREACHABLE,
        Failure.REFUSED: _T.REFUSED,
        Failure.TIMEOUT: _T.TIMEOUT,
        Failure.AUTH_FAILED: _T.SECRET_MISSING,  # raised only where a secret is looked up
        Failure.TOOL_MISSING: _T.FILE_MISSING,
        Failure.PERMISSION_DENIED: _T.FILE_UNREADABLE,
        Failure.COMMAND_FAILED: _T.FILE_UNREADABLE,
    }
)


def trouble_of(error: BaseException, *, is_late: bool) -> StoreTrouble:
    """Say which trouble an error is; when the time was up, whatever broke broke because of that."""
    chain = tuple(_chain(error))
    for part in chain:
        if isinstance(part, StoreFault):
            return part.trouble
        if isinstance(part, CannotMeasure):
            return _FAILURES.get(part.failure, _T.NOT_UNDERSTOOD)
        if known := _by_code(part):
            return known
    if is_late:
        return _T.TIMEOUT
    for part in chain:
        if known := _by_words(part) or _by_kind(part):
            return known
    return _T.NOT_UNDERSTOOD


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__


def _by_code(error: BaseException) -> StoreTrouble | None:
    if isinstance(error, ImportError):
        return StoreTrouble.DRIVER_MISSING
    first = error.args[0] if error.args else None
    code = first.get("C") if isinstance(first, dict) else getattr(error, "number", None) or first
    return CODES.get(code) if isinstance(code, (str, int)) else None


def _by_words(error: BaseException) -> StoreTrouble | None:
    said = str(error).lower()
    return next((trouble for words, trouble in _WORDS if words in said), None)


def _by_kind(error: BaseException) -> StoreTrouble | None:
    kinds: tuple[tuple[type[BaseException], StoreTrouble], ...] = (
        (ssl.SSLError, _T.TLS_FAILED),
        (TimeoutError, _T.TIMEOUT),
        (ConnectionRefusedError, _T.REFUSED),
        (OSError, _T.UNREACHABLE),
    )
    return next((trouble for kind, trouble in kinds if isinstance(error, kind)), None)
