"""The hash chain over the runs: what a link is, and what is wrong with a chain.

Pure: rows in, faults out. A link's digest covers the digest before it, so a run that was removed,
changed, put in or moved breaks the chain from there on. Removing the newest runs leaves a shorter
chain that is whole; only somebody who knows a later digest can tell, so `audit run` prints it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.canonical import rfc8785, sha256

START = "0" * 64
"""What the first link stands on."""

LINKED = (
    *("position", "previous", "run_id", "record_sha256", "findings_sha256"),
    *("started_at", "finished_at", "kept_at", "centre", "vantage", "tool_version"),
    *("profile_id", "profile_version", "profile_sha256", "site_sha256"),
)
"""The columns that a link's digest covers; `folder` may change, as folders are moved."""

Row = Mapping[str, object]


class Break(StrEnum):
    """How a chain can be broken."""

    MISSING = "missing"
    NOT_LINKED = "not_linked"
    CHANGED = "changed"
    FINDINGS_CHANGED = "findings_changed"
    RECORD_CHANGED = "record_changed"
    PURGE_UNLOGGED = "purge_unlogged"
    HEAD_UNKNOWN = "head_unknown"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and at which position (1 is the oldest run)."""

    kind: Break
    position: int


def digest(link: Row) -> str:
    """Return the digest of a link from its columns."""
    return sha256(rfc8785({name: link[name] for name in LINKED}))


def findings_digest(findings: Iterable[Row], answers: Iterable[Row]) -> str:
    """Return the digest of what is kept of a run's verdicts, whatever the order of the rows."""
    return sha256(rfc8785([_sorted(findings), _sorted(answers)]))


def _sorted(rows: Iterable[Row]) -> list[dict[str, object]]:
    plain = [{name: row[name] for name in row if name != "position"} for row in rows]
    return sorted(plain, key=rfc8785)


def faults(
    links: Iterable[Row], findings: Mapping[int, str], purges: Collection[str], head: str = ""
) -> list[Fault]:
    """Return every fault of a chain.

    `links` come in the order of their positions; `findings` gives the digest of what the store
    holds now for each run that was not purged, `purges` the moments at which something was purged.
    `head` is a link's digest that somebody noted: it has to be in the chain.
    """
    found: list[Fault] = []
    previous, expected, seen = START, 1, {START}
    for link in links:
        position = int(str(link["position"]))
        if position != expected:
            found.extend(Fault(Break.MISSING, gone) for gone in range(expected, position))
        if link["previous"] != previous:
            found.append(Fault(Break.NOT_LINKED, position))
        if digest(link) != link["digest"]:
            found.append(Fault(Break.CHANGED, position))
        if link["purged_at"] is not None:
            if link["purged_at"] not in purges:
                found.append(Fault(Break.PURGE_UNLOGGED, position))
        elif findings.get(position) != link["findings_sha256"]:
            found.append(Fault(Break.FINDINGS_CHANGED, position))
        previous, expected = str(link["digest"]), position + 1
        seen.add(previous)
    if head and head not in seen:
        found.append(Fault(Break.HEAD_UNKNOWN, expected - 1))
    return found
