"""JUnit XML: one test case for each indicator, for continuous checks and their viewers.

What was not decided is skipped where people are awaited, and an error where measuring failed;
only what is not met is a failure.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from auditor.language import Language
from auditor.model import AuditRecord, Group

from .clean import visible
from .compose import compose
from .outcomes import MAPPING, JUnitState, Outcome, outcomes
from .view import GroupRow, IndicatorRow

MEDIA = "application/xml"
SUFFIX = ".xml"

_COUNTED = {
    "failures": JUnitState.FAILURE,
    "errors": JUnitState.ERROR,
    "skipped": JUnitState.SKIPPED,
}


def render(record: AuditRecord, language: Language) -> bytes:
    """Return the suites: one for each group of indicators."""
    report, found = compose(record, language), outcomes(record)
    root = Element("testsuites", name=report.title, time=_seconds(record))
    _count(root, [found[item.id] for item in record.profile.indicators])
    for group, row in zip(record.profile.groups, report.groups, strict=True):
        _suite(root, record, (group, row), found)
    indent(root)
    text: bytes = tostring(root, "utf-8", xml_declaration=True)
    return text + b"\n"


def _suite(
    root: Element, record: AuditRecord, pair: tuple[Group, GroupRow], found: Mapping[str, Outcome]
) -> None:
    group, row = pair
    suite = SubElement(
        root,
        "testsuite",
        name=f"{row.id} {row.name}",
        timestamp=f"{record.started_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        hostname=visible(record.vantage) or "-",
        time=_seconds(record),
    )
    _count(suite, [found[item.id] for item in group.indicators])
    for item, line in zip(group.indicators, row.indicators, strict=True):
        case = SubElement(
            suite, "testcase", classname=f"{visible(record.profile.id)}.{row.id}",
            name=f"{line.id} {line.name}", time="0",
        )  # fmt: skip
        state = MAPPING[found[item.id]].junit
        if state is not JUnitState.PASSED:
            told = f"{line.badge.word}: {line.reason}"
            SubElement(case, state.value, message=told, type=found[item.id].value)
        SubElement(case, "system-out").text = "\n".join(_lines(line))


def _count(element: Element, of: list[Outcome]) -> None:
    states = [MAPPING[outcome].junit for outcome in of]
    element.set("tests", str(len(states)))
    for name, state in _COUNTED.items():
        element.set(name, str(states.count(state)))


def _lines(line: IndicatorRow) -> Iterable[str]:
    """Yield what stands behind a verdict, a line for each check."""
    yield f"{line.badge.mark} {line.badge.word} ({line.basis}): {line.reason}"
    for check in line.checks:
        about = f" [{check.system}]" if check.system else ""
        yield (
            f"{check.badge.mark} {check.id}{about}: {check.actual}; {check.expected}"
            f" ({check.source}) {' '.join(check.evidence)}".rstrip()
        )
    if line.remedy:
        yield line.remedy


def _seconds(record: AuditRecord) -> str:
    return f"{(record.finished_at - record.started_at).total_seconds():.3f}"
