"""What the content of documents is checked for: shipped data, refused where it could mislead."""

from collections.abc import Iterator
from functools import cache
from importlib import resources

from auditor import yamlfile
from auditor.documents.stream import words_of
from auditor.errors import BadInput
from auditor.language import _
from auditor.model.document_checks import DocumentChecks
from auditor.yamlfile import Document, FieldPath

FILE = "document_checks.yaml"
SCHEMA = "urn:audit:document-checks:v1"
LEGAL_FORM = "legal_form"
"""The one item that is not looked for by phrases."""

_Refusal = tuple[FieldPath, str, str]


@cache
def load() -> DocumentChecks:
    """Load the checks that come with the tool. Raises `BadInput` with every reason found."""
    content = resources.files("auditor.profiles").joinpath(FILE).read_bytes()
    return from_document(yamlfile.parse(content, FILE))


def from_document(document: Document) -> DocumentChecks:
    """Validate content checks. Raises `BadInput` with every reason found."""
    checks = yamlfile.build(document, DocumentChecks)
    problems = [document.problem(*refusal) for refusal in _refusals(checks)]
    if problems:
        raise BadInput(*problems)
    return checks


def _refusals(checks: DocumentChecks) -> Iterator[_Refusal]:
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
