"""The measures that machines are judged by: shipped data, refused where it could mislead."""

from collections.abc import Iterator
from functools import cache

from auditor import shipped
from auditor.hardening.engine import NOT_READ, rules
from auditor.language import _
from auditor.model import Failure, Source
from auditor.model.measures import Measure, MeasureCatalogue
from auditor.shipped import Refusal
from auditor.yamlfile import Document, FieldPath

FILE = "measures.yaml"
SCHEMA = "urn:audit:measures:v1"
LEVELS = range(1, 4)
PLATFORMS = frozenset({"linux", "darwin", "windows"})


@cache
def load() -> MeasureCatalogue:
    """Load the measures that come with the tool. Raises `BadInput` with every reason found."""
    return from_document(shipped.document(FILE))


def from_document(document: Document) -> MeasureCatalogue:
    """Validate measures. Raises `BadInput` with every reason found."""
    return shipped.checked(document, MeasureCatalogue, _refusals)


def find(catalogue: MeasureCatalogue, measure_id: str) -> Measure | None:
    """Return a measure by its id."""
    return next((m for m in catalogue.measures if m.id == measure_id), None)


def _refusals(catalogue: MeasureCatalogue) -> Iterator[Refusal]:
    if catalogue.schema != SCHEMA:
        yield ("schema",), _("unknown schema"), _("Write `schema: {schema}`.", schema=SCHEMA)
    known = rules(catalogue)
    ids = [measure.id for measure in catalogue.measures]
    for number, measure in enumerate(catalogue.measures):
        at: FieldPath = ("measures", number)
        if ids.index(measure.id) != number:
            yield (*at, "id"), _("repeated id"), _("Give each its own id.")
        if measure.id not in known:
            yield (
                (*at, "id"),
                _("no rule judges this measure"),
                _("Use one of: {words}.", words=", ".join(known)),
            )
        for path, problem, remedy in _measure(measure):
            yield (*at, *path), problem, remedy
    for failure in (Failure.PERMISSION_DENIED, Failure.TOOL_MISSING, Failure.UNPARSABLE):
        if f"{NOT_READ}{failure}" not in catalogue.reasons:
            yield (
                ("reasons",),
                _("no words for {code}", code=f"{NOT_READ}{failure}"),
                _("Add them in both languages."),
            )


def _measure(measure: Measure) -> Iterator[Refusal]:
    if measure.level not in LEVELS:
        yield ("level",), _("a measure's level is 1 to 3"), _("Write 1, 2 or 3.")
    if not measure.platforms or not PLATFORMS.issuperset(measure.platforms):
        yield (
            ("platforms",),
            _("unknown platform"),
            _("Use one of: {words}.", words=", ".join(sorted(PLATFORMS))),
        )
    if "{threshold}" in measure.expected and measure.threshold is None:
        yield ("threshold",), _("missing field"), _("Give the number that `expected` names.")
    for number, reference in enumerate(measure.references):
        if not reference.confidence.citable or reference.kind is Source.LAW:
            yield (
                ("references", number),
                _("not to be cited as law"),
                _("Name what was read, as `kind: reference`."),
            )
