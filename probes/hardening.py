"""Technical measures of a security level."""

from auditor.model import Hides, Measured, Row, Site, Target, Text
from auditor.model.measures import ALL_MEASURES, MeasureFinding
from auditor.probing import Column, HostFacts, probe

_COLUMNS = (
    Column(
        "measure",
        str,
        "Id of the measure; `audit explain measure ID` says more",
        hides=Hides.WEAKNESS,
    ),
    Column("title_vi", str, "Its name in Vietnamese", hides=Hides.WEAKNESS),
    Column("title_en", str, "Its name in English", hides=Hides.WEAKNESS),
    Column("level", int, "Lowest security level that asks for it, 1 to 3"),
    Column("is_met", bool, "Carried out; null if not proven either way"),
    Column(
        "is_left_to_people",
        bool,
        "All that the tool asks for was read, and still a person has to decide",
    ),
    Column("is_in_approved_plan", bool, "Some system of the machine has it in its approved plan"),
    Column(
        "planned_for",
        tuple,
        "Systems of the machine whose approved plan lists it",
        hides=Hides.WEAKNESS,
    ),
    Column("observed", str, "What was found", hides=Hides.WEAKNESS),
    Column("expected", str, "What was asked for", hides=Hides.WEAKNESS),
    Column(
        "reason", str, "Code of why it is not known, or of what needs saying", hides=Hides.WEAKNESS
    ),
    Column("reason_vi", str, "The same in Vietnamese", hides=Hides.WEAKNESS),
    Column("reason_en", str, "The same in English", hides=Hides.WEAKNESS),
    Column("source", str, "Where the requirement as judged comes from", hides=Hides.WEAKNESS),
    Column("citation", str, "Texts that it belongs to", hides=Hides.WEAKNESS),
    Column("confidence", str, "How well the least known of them is known", hides=Hides.WEAKNESS),
    Column(
        "evidence",
        tuple,
        "What stands behind the answer, or the technical cause of none",
        hides=Hides.WEAKNESS,
    ),
)


@probe(*_COLUMNS)
def hardening(host: HostFacts) -> Measured:
    """Technical measures of levels 1 to 3 on a machine, one row each.

    Measures stand in `profiles/measures.yaml`. A measure that means nothing on a platform has no
    row there. What the account may not read is never counted as carried out.
    Tested on Linux; macOS and Windows are read after documentation, not tested on a real system.
    """
    rows = tuple(_row(finding, host.target, host.site) for finding in host.measures)
    return Measured(rows=rows, limitations=tuple(_limitations(host, rows)))


def _row(finding: MeasureFinding, target: Target, site: Site) -> Row:
    measure = finding.measure
    plans = _plans(finding, target, site)
    known = [reference.confidence.value for reference in measure.references]
    return {
        "measure": measure.id,
        "title_vi": measure.title.vi,
        "title_en": measure.title.en,
        "level": measure.level,
        "is_met": finding.is_met,
        "is_left_to_people": finding.is_left_to_people,
        "is_in_approved_plan": _is_planned(plans),
        "planned_for": tuple(name for name, listed in plans.items() if listed),
        "observed": finding.observed or None,
        "expected": measure.expected.format(threshold=measure.threshold),
        "reason": finding.reason or None,
        "reason_vi": finding.why.vi or None,
        "reason_en": finding.why.en or None,
        "source": measure.source.value,
        "citation": "; ".join(reference.citation for reference in measure.references) or None,
        "confidence": max(known, default=None, key=("V", "V2").index),
        "evidence": finding.evidence,
    }


def _plans(finding: MeasureFinding, target: Target, site: Site) -> dict[str, bool | None]:
    """Say for each system of the machine whether its plan lists the measure; None: no plan told."""
    plans: dict[str, bool | None] = {}
    for system in site.information_systems:
        if system.id not in target.information_systems:
            continue
        if not system.plan_measures:
            plans[system.id] = None
        elif ALL_MEASURES in system.plan_measures:
            plans[system.id] = finding.measure.level <= (system.level or 0)
        else:
            plans[system.id] = finding.measure.id in system.plan_measures
    return plans


def _is_planned(plans: dict[str, bool | None]) -> bool | None:
    if any(plans.values()):
        return True
    return None if not plans or None in plans.values() else False


def _limitations(host: HostFacts, rows: tuple[Row, ...]) -> list[Text]:
    unread = [row for row in rows if row["is_met"] is None and not row["is_left_to_people"]]
    if not unread:
        return []
    count = len(unread)
    vi = f"Không đọc được những gì cần cho {count} biện pháp"
    en = f"What {count} measures need was not read"
    if not host.collection.is_root:
        vi += "; máy được đọc không có quyền quản trị"
        en += "; the machine was read without administrator rights"
    names_vi = "; ".join(str(row["title_vi"]) for row in unread)
    names_en = "; ".join(str(row["title_en"]) for row in unread)
    return [Text(vi=f"{vi}: {names_vi}.", en=f"{en}: {names_en}.")]
