"""What `audit verify` says of the comparison with the run before."""

from collections.abc import Iterator

from auditor.cli.words import second_of
from auditor.language import _
from auditor.moments import moment
from auditor.pack.verifying import Verification


def as_json(found: Verification) -> dict[str, object]:
    """Return which run a record was compared with, and whether that was derived again."""
    previous = found.record.previous if found.record else None
    return {
        "compared_with": previous.run.run_id if previous and previous.run else None,
        "is_comparison_derived_again": found.is_compared,
    }


def told(found: Verification) -> Iterator[str]:
    """Yield a line about the run before, if the record names one."""
    previous = found.record.previous if found.record else None
    if previous is None or previous.run is None:
        return
    run, day = previous.run, second_of(moment(previous.run.started_at))
    yield (
        _("Run before: {id}, {day}; what changed since was derived again from both packs.",
          id=run.run_id, day=day)
        if found.is_compared
        else _("Run before: {id}, {day}; what changed since rests on the tool's statement,"
               " which --previous can check.", id=run.run_id, day=day)
    )  # fmt: skip
