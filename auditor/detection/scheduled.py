"""Which lines of a scheduler make a backup with a tool, and what of the machine they name."""

import re
from dataclasses import dataclass
from itertools import pairwise

from auditor.detection.facts import text
from auditor.detection.known import Known
from auditor.detection.names import base
from auditor.detection.view import View
from auditor.model import Row
from auditor.model.product_findings import Evidence
from auditor.model.products import Strength, Topic

_MAKING = {"restic": "backup", "borg": "create"}
"""Tools whose command line always says that it makes a backup, and the word that says so."""

_MAKES = re.compile(r"\b(backup|create)\b")
_TENDS = re.compile(r"\b(prune|forget|check|copy|list|snapshots|unlock|verify|restore|extract)\b")
_HARMLESS = frozenset(
    {"-q", "-v", "-s", "-p", "-x", "--quiet", "--verbose", "--stats", "--progress"}
    | {"--one-file-system", "--exclude-caches", "--no-scan", "--list"}
)
"""Options that take no value and leave the source as it is."""

_ENDS = frozenset({"&&", "||", ";", "|"})
_LONGEST = 64
"""The collector cuts longer lines; what they name is then not known."""


@dataclass(frozen=True, slots=True)
class Line:
    """A scheduler's line that makes a backup. `sources` is empty where it does not tell.

    `target` is the repository that restic is told; empty where the line tells none.
    """

    words: tuple[str, ...]
    target: str
    sources: tuple[str, ...]
    evidence: Evidence


def calls(known: Known, view: View) -> tuple[Line, ...]:
    """Return the active lines that make a backup with a product, or with what drives it."""
    return tuple(
        _line(index, row)
        for index, row in enumerate(view.facts.schedulers)
        if row.get("is_active") is not False and _makes_backup(row, known)
    )


def _line(index: int, row: Row) -> Line:
    shown = f"{text(row, 'source')} {text(row, 'schedule')}".strip() or text(row, "kind")
    words = tuple(part for word in text(row, "command").split() for part in _parts(word))
    evidence = Evidence(
        topic=Topic.SCHEDULE,
        strength=Strength.ANCHORED,
        section="schedulers",
        row=index,
        excerpt=shown,
    )
    return Line(words, _target(words), sources_of(words), evidence)


def _parts(word: str) -> list[str]:
    return word.split("=", 1) if word.startswith("--repo=") else [word]


def _target(words: tuple[str, ...]) -> str:
    """Return what stands behind restic's `-r` or `--repo`, restic(1)."""
    if not any(base(word) == "restic" for word in words):
        return ""
    pairs = pairwise(words)
    return next((value for name, value in pairs if name in {"-r", "--repo"}), "")


def _makes_backup(row: Row, known: Known) -> bool:
    line = text(row, "command")
    if not known.called.search(line):
        return False
    words = line.split()
    spoken = " ".join(word for word in words if not word.startswith("/"))
    if _MAKES.search(spoken):
        return True
    is_told = text(row, "kind") != "timer" and any(base(word) in _MAKING for word in words)
    return not is_told and not _TENDS.search(spoken)


def sources_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paths that `restic backup` or `borg create` is told to save, sorted.

    Anything that is no plain path and no harmless option leaves it open: the answer is empty.
    """
    for at, word in enumerate(words):
        verb = _MAKING.get(base(word))
        if verb and verb in words[at:] and words.count(verb) == 1:
            rest = words[words.index(verb, at) + 1 :]
            end = next((n for n, item in enumerate(rest) if item in _ENDS), len(rest))
            named = [item for item in rest[:end] if item not in _HARMLESS]
            if verb == "create":
                named = named[1:]  # REPOSITORY::ARCHIVE
            is_plain = len(words) < _LONGEST and all(item.startswith("/") for item in named)
            return tuple(sorted(set(named))) if is_plain else ()
    return ()
