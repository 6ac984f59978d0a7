"""The assessment results: every observation, and findings only where something was decided."""

from auditor.model import Indicator, Verdict

from . import oscal_exceptions as exceptions
from . import oscal_observed as observed
from .oscal_parts import Node, document, line, moment, prop, props, some
from .oscal_subject import Subject
from .outcomes import MAPPING, OscalState

REASONS = {OscalState.SATISFIED: "pass", OscalState.NOT_SATISFIED: "fail"}


def results(subject: Subject) -> bytes:
    """Return ar.json."""
    record, _ = subject.record, subject.language
    title = _("Results of the review")
    evidence = list(observed.resources(subject, subject.seen))
    return document(
        "assessment-results",
        {
            "uuid": subject.ids.of("results", _.code),
            "metadata": subject.metadata(title, record.finished_at),
            "import-ap": {"href": "ap.json"},
            "results": [_result(subject, title)],
            **({"back-matter": {"resources": evidence}} if evidence else {}),
        },
    )


def _result(subject: Subject, title: str) -> Node:
    record, indicators = subject.record, subject.record.profile.indicators
    decided = [item for item in indicators if _state(subject, item) is not None]
    return {
        "uuid": subject.ids.of("result", subject.language.code),
        "title": title,
        "description": line(subject.wording.pick(record.profile.title), title),
        "start": moment(record.started_at),
        "end": moment(record.finished_at),
        **props(*_counts(subject)),
        "local-definitions": {
            **subject.inventory(subject.targets),
            "assessment-assets": subject.assets(),
        },
        "reviewed-controls": subject.reviewed(),
        "observations": [
            *(observed.of_indicator(subject, item) for item in indicators),
            *(observed.of_measurement(subject, seen) for seen in subject.seen.values()),
        ],
        **some("risks", [risk(subject, item) for item in not_met(subject)]),
        **some("findings", [finding(subject, item) for item in decided]),
    }


def not_met(subject: Subject) -> tuple[Indicator, ...]:
    """Return the indicators that are not met."""
    return tuple(
        item
        for item in subject.record.profile.indicators
        if _state(subject, item) is OscalState.NOT_SATISFIED
    )


def finding(subject: Subject, indicator: Indicator) -> Node:
    """Return the finding on an indicator that was decided. Raises `KeyError` for any other."""
    state = _state(subject, indicator)
    verdict = subject.findings[indicator.id]
    keys = observed.keys_of(subject, (indicator,))
    seen = [subject.ids.of("observation", "measurement", key) for key in keys]
    badge = subject.wording.badges[verdict.verdict]
    return {
        "uuid": subject.ids.of("finding", indicator.id),
        "title": subject.title(indicator),
        "description": line(f"{badge.word}: {subject.wording.pick(verdict.reason)}", badge.word),
        **subject.origin(),
        "target": {
            "type": "objective-id",
            "target-id": subject.objective(indicator),
            "status": {"state": state, "reason": REASONS[state] if state else ""},
        },
        "related-observations": [
            {"observation-uuid": identity}
            for identity in (observed.identity(subject, indicator), *seen)
        ],
        **_related_risk(subject, indicator),
    }


def risk(subject: Subject, indicator: Indicator) -> Node:
    """Return what an indicator that is not met stands for, and what would mend it."""
    told = subject.wording.pick(subject.findings[indicator.id].reason)
    title = subject.title(indicator)
    return {
        "uuid": subject.ids.of("risk", indicator.id),
        "title": title,
        "description": line(told, title),
        "statement": line(told, title),
        "status": exceptions.status(subject, indicator),
        **subject.origin(),
        **_remediation(subject, indicator),
        **exceptions.log(subject, indicator),
        "related-observations": [{"observation-uuid": observed.identity(subject, indicator)}],
    }


def _remediation(subject: Subject, indicator: Indicator) -> Node:
    told = subject.wording.pick(indicator.remedy)
    if not told:
        return {}
    response = {
        "uuid": subject.ids.of("response", indicator.id),
        "lifecycle": "recommendation",
        "title": line(subject.wording.labels["remedy"], "-"),
        "description": told,
    }
    return {"remediations": [response]}


def _related_risk(subject: Subject, indicator: Indicator) -> Node:
    if _state(subject, indicator) is not OscalState.NOT_SATISFIED:
        return {}
    return {"related-risks": [{"risk-uuid": subject.ids.of("risk", indicator.id)}]}


def _state(subject: Subject, indicator: Indicator) -> OscalState | None:
    return MAPPING[subject.outcomes[indicator.id]].oscal


def _counts(subject: Subject) -> list[Node]:
    """Return how many indicators of the groups have each verdict, parts within their whole."""
    totals = dict.fromkeys(Verdict, 0)
    for group in subject.record.groups:
        for verdict, count in group.counts.items():
            totals[verdict] += count
    return [prop(f"count-{verdict.value.replace('_', '-')}", n) for verdict, n in totals.items()]
