"""What the content of documents is checked for: shipped data, refused where it could mislead."""

from collections.abc import Iterator
from functools import cache

from auditor import shipped
from auditor.documents.stream import words_of
from auditor.language import _
from auditor.model.document_checks import DocumentChecks
from auditor.shipped import Refusal
from auditor.yamlfile import Document, FieldPath

FILE = "document_checks.yaml"
SCHEMA = "urn:audit:document-checks:v1"
LEGAL_FORM = "legal_form"
"""The one item that is not looked for by phrases."""


@cache
def load() -> DocumentChecks:
    """Load the checks that come with the tool. Raises `BadInput` with every reason found."""
    return from_document(shipped.document(FILE))


def from_document(document: Document) -> DocumentChecks:
    """Validate content checks. Raises `BadInput` with every reason found."""
    return shipped.checked(document, DocumentChecks, _refusals)


def _refusals(checks: DocumentChecks) -> Iterator[Refusal]:
    if checks.schema != SCHEMA:
        yield ("schema",), _("unknown schema"), _("Write `schema: {schema}`.", schema=SCHEMA)
    ids = [item.id for item in checks.plan_items]
    for number, item in enumerate(checks.plan_items):
        at: FieldPath = ("plan_items", number)
        if ids.index(item.id) != number or item.number != number + 1:
            yield (*at, "id"), _("repeated id"), _("Give each its own id.")
        if item.basis is not None and not item.basis.confidence.citable:
            yield (
                (*at, "basis"),
                _("not to be cited as law"),
                _("Name what was read, as `kind: reference`."),
            )
        if item.id != LEGAL_FORM and not any(map(words_of, item.phrases)):
            yield (*at, "phrases"), _("missing field"), _("Give the words to look for.")
