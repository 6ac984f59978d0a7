"""`audit explain measure`: how a technical measure is judged, and where it comes from."""

from collections.abc import Iterator

from auditor import measures
from auditor.cli.options import put_json
from auditor.cli.page import echo
from auditor.cli.sources import source_words
from auditor.errors import BadInput, Problem
from auditor.language import Language, _, current
from auditor.model.measures import Measure


def explain_measure(measure_id: str, form: str) -> None:
    """Print everything that is known about one measure. Raises `BadInput` for an unknown id."""
    catalogue = measures.load()
    measure = measures.find(catalogue, measure_id)
    if measure is None:
        ids = ", ".join(item.id for item in catalogue.measures)
        problem = Problem(measure_id, _("no such measure"), _("Use one of: {words}.", words=ids))
        raise BadInput(problem)
    if form == "json":
        put_json(_as_json(measure))
        return
    for line in _lines(measure, current()):
        echo(line)


def _lines(measure: Measure, language: Language) -> Iterator[str]:
    yield f"{measure.id}  {measure.title.vi}"
    if language.code == "en":
        yield f"{' ' * len(measure.id)}  {measure.title.en}"
    yield _("From level: {level}", level=measure.level)
    yield _("Platforms: {names}", names=", ".join(measure.platforms))
    yield _("Expected: {expected}", expected=_expected(measure))
    yield _("Judged by: {how}", how=language.pick(measure.how))
    yield _("Requirement: {source}", source=source_words(measure.source, ""))
    for reference in measure.references:
        yield f"  - {reference.citation} [{reference.confidence}]"


def _expected(measure: Measure) -> str:
    return measure.expected.format(threshold=measure.threshold)


def _as_json(measure: Measure) -> dict[str, object]:
    return {
        "id": measure.id,
        "title": {"vi": measure.title.vi, "en": measure.title.en},
        "level": measure.level,
        "platforms": list(measure.platforms),
        "expected": _expected(measure),
        "threshold": measure.threshold,
        "how": {"vi": measure.how.vi, "en": measure.how.en},
        "source": measure.source.value,
        "references": [
            {"citation": item.citation, "confidence": item.confidence.value}
            for item in measure.references
        ],
    }
