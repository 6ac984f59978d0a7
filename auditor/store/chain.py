"""The hash chains over runs and samples: what a link is, and what is wrong with a chain.

Pure: rows in, faults out. A link's digest covers the digest before it, so what was removed,
changed, put in or moved breaks the chain from there on. Removing the newest links leaves a shorter
chain that is whole; only somebody who knows a later digest can tell, so `audit run` and
`audit sample` print it.
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
"""The columns that a run's digest covers; `folder` may change, as folders are moved."""

SAMPLED = (
    *("position", "previous", "centre", "key", "probe", "probe_version", "vantage"),
    *("started_at", "kept_at", "site_sha256", "observation_sha256"),
)
"""The columns that a sample's digest covers."""

Row = Mapping[str, object]


class Break(StrEnum):
    """How a chain can be broken."""

    MISSING = "missing"
    NOT_LINKED = "not_linked"
    CHANGED = "changed"
    FINDINGS_CHANGED = "findings_changed"
    SAMPLE_CHANGED = "sample_changed"
    RECORD_CHANGED = "record_changed"
    PURGE_UNLOGGED = "purge_unlogged"
    HEAD_UNKNOWN = "head_unknown"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in which chain, and at which position (1 is the oldest)."""

    kind: Break
    position: int
    of: str = "run"


@dataclass(frozen=True, slots=True)
class Chain:
    """A kind of chain: its table, what a digest covers, and which column is of the contents."""

    table: str
    linked: tuple[str, ...]
    content: str
    changed: Break


RUNS = Chain("run", LINKED, "findings_sha256", Break.FINDINGS_CHANGED)
SAMPLES = Chain("sample", SAMPLED, "observation_sha256", Break.SAMPLE_CHANGED)


def digest(link: Row, chain: Chain = RUNS) -> str:
    """Return the digest of a link from its columns."""
    return sha256(rfc8785({name: link[name] for name in chain.linked}))


def findings_digest(findings: Iterable[Row], answers: Iterable[Row]) -> str:
    """Return the digest of what is kept of a run's verdicts, whatever the order of the rows."""
    return sha256(b"[%b,%b]" % (_sorted(findings), _sorted(answers)))


def _sorted(rows: Iterable[Row]) -> bytes:
    """Write rows as RFC 8785 does, in the order of what is written."""
    plain = ({name: row[name] for name in row if name != "position"} for row in rows)
    return b"[%b]" % b",".join(sorted(map(rfc8785, plain)))


def faults(
    links: Iterable[Row],
    held: Mapping[int, str],
    purges: Collection[str],
    chain: Chain = RUNS,
) -> list[Fault]:
    """Return every fault of a chain.

    `links` come in the order of their positions; `held` gives the digest of what the store holds
    now behind each link that was not purged, `purges` the moments at which something was purged.
    """
    found: list[Fault] = []

    def wrong(kind: Break, at: int) -> None:
        found.append(Fault(kind, at, chain.table))

    previous, expected = START, 1
    for link in links:
        position = int(str(link["position"]))
        for gone in range(expected, position):
            wrong(Break.MISSING, gone)
        if link["previous"] != previous:
            wrong(Break.NOT_LINKED, position)
        if digest(link, chain) != link["digest"]:
            wrong(Break.CHANGED, position)
        if link["purged_at"] is not None:
            if link["purged_at"] not in purges:
                wrong(Break.PURGE_UNLOGGED, position)
        elif held.get(position) != link[chain.content]:
            wrong(chain.changed, position)
        previous, expected = str(link["digest"]), position + 1
    return found
