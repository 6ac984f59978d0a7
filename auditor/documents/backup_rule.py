"""What a rule on backups asks for: how often, and of what else it speaks."""

from dataclasses import dataclass

from auditor.documents.stream import Hit, Stream, Words, bare, words_of
from auditor.model.document_checks import DocumentChecks, Term

_BEFORE, _AFTER = 14, 8


@dataclass(frozen=True, slots=True)
class BackupRule:
    """The shortest interval that the text names for a backup; each item with where it stands."""

    every_h: int | None
    hit: Hit | None
    items: tuple[tuple[Term, Hit | None], ...]


def backup_rule(words: Words, checks: DocumentChecks) -> BackupRule:
    """Read a rule; an interval counts only near the word for a backup."""
    items = tuple((item, words.first(item.phrases)) for item in checks.backup_items)
    for frequency in sorted(checks.backup_frequencies, key=lambda item: item.hours):
        for stream, hit in words.all(frequency.phrases):
            if _is_of_backup(stream, hit, checks):
                return BackupRule(frequency.hours, hit, items)
    return BackupRule(None, None, items)


def _is_of_backup(stream: Stream, hit: Hit, checks: DocumentChecks) -> bool:
    """Whether the backup is what the interval belongs to: the nearest word before it, or after."""
    left = stream.before(hit.start, _BEFORE)
    own, other = (
        max(left.rfind(f" {bare(' '.join(words_of(phrase)))} ") for phrase in phrases)
        for phrases in (checks.backup_context, checks.backup_other)
    )
    if max(own, other) >= 0:
        return own > other
    right = stream.after(hit.end, _AFTER)
    return any(f" {bare(' '.join(words_of(phrase)))} " in right for phrase in checks.backup_context)
