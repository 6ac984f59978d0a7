"""What may be public of a comparison with the run before; part of the one choke point."""

from collections.abc import Mapping

from auditor.record_previous_v1 import PreviousV1
from auditor.redaction.pseudonyms import MASK


def public_changes(previous: PreviousV1, keys: Mapping[str, str]) -> PreviousV1:
    """Show what changed and why; `keys` are this run's measurements by their public names.

    One that only the run before had names a machine that this run does not know: it is masked.
    """
    run = previous["run"]
    return {
        "run": run and {
            "run_id": run["run_id"],
            "started_at": run["started_at"],
            "record_sha256": run["record_sha256"],
            "tool_version": run["tool_version"],
        },
        "not_compared": previous["not_compared"],
        "changes": [
            {
                "indicator": change["indicator"],
                "before": change["before"],
                "after": change["after"],
                "cause": change["cause"],
                "measurements": [keys.get(key, MASK) for key in change["measurements"]],
            }
            for change in previous["changes"]
        ],
    }  # fmt: skip
