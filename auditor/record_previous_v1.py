"""The frozen form of what changed since the run before; part of a record of version 1."""

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

_STRICT = ConfigDict(extra="forbid", strict=True)


@with_config(_STRICT)
class EarlierV1(TypedDict):
    """A run that was kept before; `record_sha256` is of its record.json."""

    run_id: str
    started_at: str
    record_sha256: str
    tool_version: str


@with_config(_STRICT)
class ChangeV1(TypedDict):
    """An indicator whose verdict is another one, with its one cause.

    `before` is null where the criteria had no such indicator, `after` where they have it no more;
    both are where an exception came or ended. `measurements` are the keys that carried the cause.
    """

    indicator: str
    before: str | None
    after: str | None
    cause: str
    measurements: list[str]


@with_config(_STRICT)
class PreviousV1(TypedDict):
    """The run before, of the same centre and vantage, and what changed since.

    `run` is null where the history did not say which it is; `not_compared` says why there was no
    comparison, and then `changes` is empty.
    """

    run: EarlierV1 | None
    not_compared: str | None
    changes: list[ChangeV1]
