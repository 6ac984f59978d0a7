"""What changed between a run and the one before it, as the record of a run holds it."""

from datetime import datetime
from enum import StrEnum

from auditor.model.vocabulary import Verdict, noun


class Cause(StrEnum):
    """Why a verdict is another one. The order is that in which causes are tried."""

    CRITERIA = "criteria"
    PROBE = "probe"
    COVERAGE = "coverage"
    STATEMENT = "statement"
    DOCUMENT = "document"
    TIME = "time"
    NOISE = "noise"
    MACHINE = "machine"
    EXCEPTION = "exception"


class Hindrance(StrEnum):
    """Why a run was not compared with the one before it."""

    STORE_UNAVAILABLE = "store_unavailable"
    RECORD_MISSING = "record_missing"
    RECORD_ALTERED = "record_altered"
    RECORD_UNREADABLE = "record_unreadable"


@noun
class Change:
    """One indicator whose verdict is another one, and the measurements that carried the cause.

    A verdict is None where the indicator is not in the criteria, and both are where only an
    exception came or ended.
    """

    indicator: str
    before: Verdict | None
    after: Verdict | None
    cause: Cause
    measurements: tuple[str, ...]


@noun
class Earlier:
    """A run that was kept before: by its number, its start, its record's digest and its tool."""

    run_id: str
    started_at: datetime
    record_sha256: str
    tool_version: str


@noun
class Previous:
    """The run before of the same centre and vantage, and what changed since.

    `run` is None where the store did not say which it is. Nothing is told of changes where there
    is a hindrance.
    """

    run: Earlier | None
    changes: tuple[Change, ...] = ()
    hindrance: Hindrance | None = None
