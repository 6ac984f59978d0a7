"""Indicators 2.13 and 2.14 count against every machine that is known, not against a list."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from builders import a_case, seen

from auditor import profile
from auditor.checks import checks_of
from auditor.judge import Asked, Case, check_finding
from auditor.model import Observation, Row, Target, Verdict

SHIPPED = profile.load("lai-chau-2026").profile
WEB: Row = {"id": "web", "level": 2}
COVERED, BARE, UNKNOWN = True, False, None


def machine(*, is_inspected: bool | None, systems: tuple[str, ...] = ()) -> Row:
    """Return a row of `known_machines`."""
    return {
        "is_counted": is_inspected is not None,
        "is_inspected": is_inspected,
        "is_seen_on_network": True,
        "information_systems": systems,
    }


INSPECTED = machine(is_inspected=True, systems=("web",))
UNASSIGNED = machine(is_inspected=False)
ELSEWHERE = machine(is_inspected=False, systems=("mail",))
PRINTER = machine(is_inspected=None)
LISTED_ONLY = {**INSPECTED, "is_seen_on_network": False}


def judged(indicator: str, check: str, *observations: Observation) -> tuple[Verdict, object]:
    """Answer one check of the shipped criteria for the system `web`."""
    case = a_case(SHIPPED, *observations)
    targets = tuple(
        replace(t, information_systems=("web",)) if t.name.startswith("m") else t
        for t in (*case.targets, Target(name="run", url="run:"))
    )
    asked = next(item for item in SHIPPED.indicators if item.id == indicator)
    question = next(item for item in checks_of(SHIPPED, asked) if item.id == check)
    whole = Case(SHIPPED, targets, case.plan, case.observations)
    found = check_finding(whole, asked, question, Asked("web", WEB))
    return found.verdict, found.actual


def antimalware(
    answers: Iterable[bool | None], *known: Row, servers: bool
) -> tuple[Verdict, object]:
    """Answer central_antimalware where machines said this and these are known."""
    rows = [
        seen("anti_malware", f"m{n}", {"is_server": servers, "is_covered": answer})
        for n, answer in enumerate(answers)
    ]
    listed = seen("known_machines", "run", *known)
    declarations = seen("declarations", "site")
    return judged("2.14", "central_antimalware", *rows, listed, declarations)


@pytest.mark.parametrize(
    ("answers", "known", "expected"),
    [
        ([COVERED] * 3, [INSPECTED] * 3, Verdict.MET),
        ([COVERED] * 3, [*[INSPECTED] * 3, PRINTER, ELSEWHERE], Verdict.MET),
        ([COVERED] * 3, [*[INSPECTED] * 3, *[UNASSIGNED] * 57], Verdict.UNDETERMINED),
        ([COVERED] * 3, [*[INSPECTED] * 3, UNASSIGNED], Verdict.UNDETERMINED),
        ([COVERED] * 3, [LISTED_ONLY] * 3, Verdict.UNDETERMINED),
        ([COVERED, UNKNOWN], [INSPECTED] * 2, Verdict.UNDETERMINED),
        ([COVERED, BARE], [INSPECTED] * 2, Verdict.NOT_MET),
        ([COVERED, BARE], [*[INSPECTED] * 2, *[UNASSIGNED] * 57], Verdict.NOT_MET),
        ([COVERED, BARE], [LISTED_ONLY] * 2, Verdict.NOT_MET),
    ],
)
def test_servers(answers: list[bool | None], known: list[Row], expected: Verdict) -> None:
    """Three of sixty are not enough; one server that is proven bare is one too few in any case."""
    assert antimalware(answers, *known, servers=True)[0] is expected


@pytest.mark.parametrize(
    ("covered", "bare", "unknown", "expected"),
    [
        (19, 1, 0, Verdict.MET),
        (18, 1, 0, Verdict.NOT_MET),
        (18, 1, 1, Verdict.UNDETERMINED),
        (17, 2, 1, Verdict.NOT_MET),
        (0, 3, 57, Verdict.UNDETERMINED),
        (0, 4, 57, Verdict.NOT_MET),
    ],
)
def test_workstations(covered: int, bare: int, unknown: int, expected: Verdict) -> None:
    """95 %: what nobody inspected may be covered, and may even make up for what is not."""
    answers = [COVERED] * covered + [BARE] * bare
    known = [INSPECTED] * (covered + bare) + [UNASSIGNED] * unknown
    assert antimalware(answers, *known, servers=False)[0] is expected


def test_a_lost_list_of_machines_is_no_short_one() -> None:
    """Without the derived rows nothing is concluded in the centre's favour."""
    rows = seen("anti_malware", "m0", {"is_server": True, "is_covered": True})
    case = a_case(SHIPPED, rows, seen("declarations", "site"), planned=("known_machines@run",))
    asked = next(item for item in SHIPPED.indicators if item.id == "2.14")
    question = next(item for item in asked.checks if item.id == "central_antimalware")
    found = check_finding(case, asked, question, Asked("web", WEB))
    assert found.verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize("indicator", ["2.13", "2.14"])
def test_the_remark_counts_what_was_not_inspected(indicator: str) -> None:
    """Both ways, and machines of other systems do not count."""
    some = seen("known_machines", "run", INSPECTED, ELSEWHERE, UNASSIGNED, UNASSIGNED)
    none = seen("known_machines", "run", INSPECTED, ELSEWHERE, PRINTER)
    assert judged(indicator, "uninspected_machines", some) == (Verdict.NOT_MET, 2)
    assert judged(indicator, "uninspected_machines", none) == (Verdict.MET, 0)


def test_machines_of_no_system_are_told() -> None:
    """Inspected or not: somebody should say what they belong to."""
    some = seen("known_machines", "run", INSPECTED, {**INSPECTED, "information_systems": ()})
    assert judged("2.14", "unassigned_machines", some) == (Verdict.NOT_MET, 1)
    none = seen("known_machines", "run", INSPECTED, PRINTER)
    assert judged("2.14", "unassigned_machines", none) == (Verdict.MET, 0)


@pytest.mark.parametrize(
    ("is_met", "known", "expected"),
    [
        (True, [INSPECTED], Verdict.MET),
        (True, [INSPECTED, UNASSIGNED], Verdict.UNDETERMINED),
        (False, [INSPECTED, UNASSIGNED], Verdict.NOT_MET),
    ],
)
def test_a_plan_is_proven_on_all_machines(
    is_met: bool,  # noqa: FBT001 - a case
    known: list[Row],
    expected: Verdict,
) -> None:
    """2.13: a measure may fail on a machine that nobody looked at; one that failed is certain."""
    answer: Row = {"planned_for": ("web",), "is_met": is_met, "is_left_to_people": False}
    measure, listed = seen("hardening", "m0", answer), seen("known_machines", "run", *known)
    assert judged("2.13", "measures_proven", measure, listed)[0] is expected
    assert judged("2.13", "measures_failed", measure, listed)[0] is expected
