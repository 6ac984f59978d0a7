"""One indicator with its finding, as a row of a report."""

from auditor.model import CheckFinding, Confidence, Finding, Indicator, Operator, Source
from auditor.operators import OPERATORS
from auditor.wording import demanded

from . import values
from .clean import clipped, visible
from .observed import Observed
from .papers import Papers
from .view import CheckRow, IndicatorRow, SystemRow
from .wording import Wording


def indicator_row(
    indicator: Indicator, finding: Finding, observed: Observed, papers: Papers, wording: Wording
) -> IndicatorRow:
    """Put an indicator, its finding and what stands behind it side by side."""
    return IndicatorRow(
        id=visible(indicator.id),
        name=clipped(indicator.name.vi),
        english=wording.english(indicator.name),
        footnote=wording.pick(indicator.footnote),
        optional=indicator.optional,
        part_of=visible(indicator.part_of),
        badge=wording.badges[finding.verdict],
        basis=wording.bases[finding.basis],
        reason=wording.pick(finding.reason),
        brief=values.brief(wording.language, wording.pick(finding.reason)),
        threshold=wording.pick(indicator.threshold),
        machine=tuple(wording.pick(text).rstrip(".") for text in indicator.machine),
        declared=papers.declared(indicator),
        documents=papers.needed(indicator),
        systems=tuple(
            SystemRow(
                id=visible(part.system),
                system=wording.system(part.system),
                badge=wording.badges[part.verdict],
                reason=wording.pick(part.reason),
            )
            for part in finding.systems
        ),
        checks=tuple(_check(check, observed, wording) for check in finding.checks),
        papers=papers.documents(indicator),
        evidence=observed.of(key for check in finding.checks for key in check.observations),
        references=_references(indicator, wording),
        caution=wording.pick(indicator.caution),
        remedy=wording.pick(indicator.remedy),
    )


def _check(check: CheckFinding, observed: Observed, wording: Wording) -> CheckRow:
    _ = wording.language
    expected = _expected(check, wording)
    return CheckRow(
        id=visible(check.check),
        title=wording.pick(check.title),
        system=wording.system(check.system) if check.system else "",
        badge=wording.badges[check.verdict],
        basis=wording.bases[check.basis],
        decides=check.decides,
        actual=observed.in_language(values.value(_, check.actual, _.pick(check.unit))),
        expected=expected,
        source=_source(check.source, check.citation, check.confidence, wording),
        reason=wording.pick(check.reason),
        evidence=tuple(observed.code(key) for key in check.observations),
    )


def _expected(check: CheckFinding, wording: Wording) -> str:
    """Say what is required, with as much of a number as reasons show."""
    _ = wording.language
    if check.operator is Operator.EXISTS:
        return _.pick(demanded(check.operator, check.expected, check.unit))
    words = _.pick(OPERATORS[check.operator].words)
    return f"{words} {values.value(_, check.expected, _.pick(check.unit))}"


def _source(source: Source, citation: str, known: Confidence | None, wording: Wording) -> str:
    """Name a threshold's source; a text that nobody has read is never printed as one."""
    _ = wording.language
    if known is not None and not known.citable:
        return _("source not verified, not to be cited")
    parts = [wording.sources[source], clipped(citation)]
    if known is not None and citation:
        parts.append(wording.confidences[known])
    return "; ".join(part for part in parts if part)


def _references(indicator: Indicator, wording: Wording) -> tuple[str, ...]:
    return tuple(
        f"{clipped(reference.citation)} ({wording.confidences[reference.confidence]})"
        for reference in indicator.references
        if reference.confidence.citable
    )
