"""The rules of form and the kinds of papers: shipped data, checked before anything rests on it."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from auditor import shipped
from auditor.documents.words import flat
from auditor.language import _
from auditor.model import Confidence, noun
from auditor.shipped import Refusal
from auditor.yamlfile import Document

FILE = "documents.yaml"
SCHEMA = "urn:audit:documents:v1"


@noun
class Basis:
    """Where a rule stands and how well that text is known; `tool` is this tool's own experience."""

    id: str
    text: str
    confidence: Confidence | None = None


@noun
class DocumentType:
    """One type of document (tên loại). `names` as they are written, `symbol` as in a number.

    `dated_by: opening` types carry their day in the first sentence ("Hôm nay, ngày …"), `closing`
    ones above the signature. `free_number` allows numbers that follow no rule of the decree.
    """

    id: str
    names: tuple[str, ...]
    symbol: str = ""
    basis: str
    dated_by: str = "header"
    free_number: bool = False


@noun
class Mark:
    """Phrases that stand for one element of form, and where that rule comes from."""

    id: str
    phrases: tuple[str, ...]
    basis: str


@noun
class Kind:
    """How papers of one kind of the profile are recognised.

    Each item of `title` and `body` is a list of phrases that must all occur; one item is enough.
    `without` phrases in the title rule the kind out. A title counts more than the body.
    """

    kind: str
    types: tuple[str, ...] = ()
    title: tuple[tuple[str, ...], ...] = ()
    body: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    basis: str


@noun
class DocumentCatalogue:
    """Everything that is known of documents before one is read."""

    schema: str
    bases: tuple[Basis, ...]
    marks: tuple[Mark, ...]
    types: tuple[DocumentType, ...]
    kinds: tuple[Kind, ...]

    def mark(self, name: str) -> tuple[str, ...]:
        """Return the phrases of one element."""
        return next(mark.phrases for mark in self.marks if mark.id == name)


MARKS = frozenset(
    {
        *("motto", "slogan", "bodies", "joining", "legal_bases", "body_begins", "authorities"),
        *("positions", "recipients", "appendix", "attached", "draft", "opening", "addressee"),
    }
)
"""The elements that the code asks for; each must be in the file."""


@cache
def load() -> DocumentCatalogue:
    """Load the rules that come with the tool. Raises `BadInput` with every reason found."""
    return from_document(shipped.document(FILE))


def from_document(document: Document) -> DocumentCatalogue:
    """Validate rules. Raises `BadInput` with every reason found."""
    return shipped.checked(document, DocumentCatalogue, _refusals)


def _refusals(catalogue: DocumentCatalogue) -> Iterator[Refusal]:
    if catalogue.schema != SCHEMA:
        yield ("schema",), _("unknown schema"), _("Write `schema: {schema}`.", schema=SCHEMA)
    known = frozenset(basis.id for basis in catalogue.bases)
    yield from _item_refusals("marks", catalogue.marks, known)
    yield from _item_refusals("types", catalogue.types, known)
    yield from _item_refusals("kinds", catalogue.kinds, known)
    types = {kind.id for kind in catalogue.types}
    for index, entry in enumerate(catalogue.kinds):
        if unknown := set(entry.types) - types:
            words = ", ".join(sorted(unknown))
            problem = _("no type is called {words}", words=words)
            yield ("kinds", index, "types"), problem, _("Name it in `types`.")
        if not entry.title and not entry.body:
            yield ("kinds", index), _("no phrase to know it by"), _("Add `title` or `body`.")
    if missing := MARKS - {mark.id for mark in catalogue.marks}:
        words = ", ".join(sorted(missing))
        yield ("marks",), _("missing: {words}", words=words), _("Add the entry.")


def _item_refusals(
    part: str, items: Sequence[Mark | DocumentType | Kind], known: frozenset[str]
) -> Iterator[Refusal]:
    seen: set[str] = set()
    for index, item in enumerate(items):
        name = item.kind if isinstance(item, Kind) else item.id
        if name in seen:
            yield (part, index), _("{name} is there twice", name=name), _("Keep one.")
        seen.add(name)
        if item.basis not in known:
            yield (part, index, "basis"), _("no such basis"), _("Name it in `bases`.")
        if not all(re.search(r"\w", flat(words)) for words in _sought(item)):
            yield (part, index), _("a phrase without a word"), _("Correct the entry.")


def _sought(item: Mark | DocumentType | Kind) -> Iterator[str]:
    match item:
        case Mark():
            yield from item.phrases
        case DocumentType():
            yield from item.names
        case Kind():
            yield from item.without
            for group in (*item.title, *item.body):
                yield from group
