"""The plan of action and milestones: what is not met, why, and what would mend it."""

from auditor.model import Indicator

from . import oscal_observed as observed
from .oscal_parts import Node, document, line
from .oscal_results import finding, not_met, risk
from .oscal_subject import Subject


def poam(subject: Subject) -> bytes | None:
    """Return poam.json, or None where nothing is not met: OSCAL has no empty one."""
    record, _ = subject.record, subject.language
    indicators = not_met(subject)
    if not indicators:
        return None
    keys = observed.keys_of(subject, indicators)
    targets = dict.fromkeys(subject.seen[key].measurement.target for key in keys)
    return document(
        "plan-of-action-and-milestones",
        {
            "uuid": subject.ids.of("poam", _.code),
            "metadata": subject.metadata(_("What is not met"), record.finished_at),
            "system-id": {
                "identifier-type": "http://ietf.org/rfc/rfc4122",
                "id": subject.ids.of("site"),
            },
            "local-definitions": {
                **subject.inventory(targets),
                "assessment-assets": subject.assets(),
            },
            "observations": [
                *(observed.of_indicator(subject, item) for item in indicators),
                *(observed.of_measurement(subject, subject.seen[key]) for key in keys),
            ],
            "risks": [risk(subject, item) for item in indicators],
            "findings": [finding(subject, item) for item in indicators],
            "poam-items": [_item(subject, item) for item in indicators],
            **_evidence(subject, keys),
        },
    )


def _item(subject: Subject, indicator: Indicator) -> Node:
    told = subject.wording.pick(indicator.remedy)
    reason = subject.wording.pick(subject.findings[indicator.id].reason)
    return {
        "uuid": subject.ids.of("poam-item", indicator.id),
        "title": subject.title(indicator),
        "description": line(told or reason, indicator.id),
        "related-findings": [{"finding-uuid": subject.ids.of("finding", indicator.id)}],
        "related-observations": [{"observation-uuid": observed.identity(subject, indicator)}],
        "related-risks": [{"risk-uuid": subject.ids.of("risk", indicator.id)}],
    }


def _evidence(subject: Subject, keys: tuple[str, ...]) -> Node:
    found = list(observed.resources(subject, keys))
    return {"back-matter": {"resources": found}} if found else {}
