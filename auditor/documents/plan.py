"""Which of the contents of an incident-response plan are there, and where.

A hit proves that a heading or a word is there, not that what stands below it is fit.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.documents.stream import Hit, Words, bare, is_heading, words_of
from auditor.model.document_checks import DocumentChecks, PlanItem

ENOUGH_WORDS = 8
"""Fewer words below a heading are no content of their own (the tool's own limit)."""

_BEFORE, _AFTER = 40, 20


@dataclass(frozen=True, slots=True)
class ItemFound:
    """One content: its first hit, none if it was not found; bare if nothing stands below it."""

    item: PlanItem
    hit: Hit | None
    is_bare: bool = False


def items_found(words: Words, checks: DocumentChecks) -> tuple[ItemFound, ...]:
    """Look for every item that is known by phrases, in the order of the list."""
    hits = {
        item.id: [*_anywhere(words, item), *_in_headings(words, item)]
        for item in checks.plan_items
        if item.phrases
    }
    at_line: dict[int, set[str]] = {}
    for item_id, found in hits.items():
        for hit in found:
            at_line.setdefault(hit.line, set()).add(item_id)
    return tuple(
        ItemFound(
            item,
            hits[item.id][0] if hits[item.id] else None,
            bool(hits[item.id])
            and all(_is_bare(words, item.id, h, at_line) for h in hits[item.id]),
        )
        for item in checks.plan_items
        if item.phrases
    )


def deadline(words: Words, checks: DocumentChecks, phrases: Iterable[str]) -> Hit | None:
    """Return where a time limit stands near the words for reporting."""
    contexts = [f" {bare(' '.join(words_of(phrase)))} " for phrase in checks.deadline_context]
    for stream, hit in words.all(phrases):
        if any(word in stream.around(hit, _BEFORE, _AFTER) for word in contexts):
            return hit
    return None


def _anywhere(words: Words, item: PlanItem) -> list[Hit]:
    return [hit for _stream, hit in words.all(item.phrases)]


def _in_headings(words: Words, item: PlanItem) -> list[Hit]:
    return [hit for _stream, hit in words.all(item.headings) if hit.is_heading]


def _is_bare(words: Words, item_id: str, hit: Hit, at_line: dict[int, set[str]]) -> bool:
    """Whether a hit is a heading with next to nothing before the next item's heading."""
    if not hit.is_heading:
        return False
    count = 0
    for index, line in enumerate(words.main.lines[hit.line + 1 :], hit.line + 1):
        heading = is_heading(line)
        if heading and at_line.get(index, set()) - {item_id}:
            break
        count += 0 if heading else len(line.text.split())
        if count >= ENOUGH_WORDS:
            return False
    return True
