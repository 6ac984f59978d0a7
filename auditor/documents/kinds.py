"""Which kinds of the profile a document may be: a proposal, never a verdict."""

from collections.abc import Sequence

from auditor.documents.catalogue import DocumentCatalogue, Kind
from auditor.documents.elements import EXCERPT, Field, Guess
from auditor.documents.pieces import Piece
from auditor.documents.words import flat, phrase

TITLE_AND_TYPE, ATTACHED, TITLE_ONLY, BODY = 0.9, 0.8, 0.5, 0.4
LIKELY = 0.75
"""From here on a guess may be called what the document is (tool's own)."""

_MOST_BODY = 400


def guesses(
    document_type: Field,
    title: Field,
    attached: Sequence[tuple[str, Field]],
    body: Sequence[Piece],
    rules: DocumentCatalogue,
) -> tuple[Guess, ...]:
    """Order the kinds that fit. `attached` are titles with the ids of their types."""
    text = flat(" ".join(piece.text for piece in body[:_MOST_BODY]))
    found: list[Guess] = []
    for kind in rules.kinds:
        places = [(TITLE_AND_TYPE, document_type.value, title)]
        places += [(ATTACHED, type_id, words) for type_id, words in attached]
        best = max((_titled(kind, *place) for place in places), key=lambda guess: guess.score)
        if best.score == 0 and document_type.value in kind.types and _has(kind.body, text):
            best = Guess(kind=kind.kind, score=BODY, page=title.page, excerpt=title.excerpt)
        if best.score > 0:
            found.append(best)
    return tuple(sorted(found, key=lambda guess: (-guess.score, guess.kind)))


def _titled(kind: Kind, score: float, type_id: str | None, title: Field) -> Guess:
    words = flat(title.value or "")
    ruled_out = any(phrase(unwanted).search(words) for unwanted in kind.without)
    longest = 0 if ruled_out else _has(kind.title, words)
    if not longest:
        score = 0.0
    elif type_id not in kind.types:
        score = min(score, TITLE_ONLY)
    if score:  # of two kinds the one whose title says more
        score = round(score + min(longest, 50) / 1000, 3)
    return Guess(kind=kind.kind, score=score, page=title.page, excerpt=title.excerpt[:EXCERPT])


def _has(groups: Sequence[Sequence[str]], text: str) -> int:
    """Return how many letters the longest group has of which every phrase occurs; 0 for none."""
    return max(
        (
            sum(len(words) for words in group)
            for group in groups
            if all(phrase(words).search(text) for words in group)
        ),
        default=0,
    )
