"""Indicator 2.13 on the rows of `hardening`: three-valued, and per information system."""

import pytest
from builders import seen, unseen

from auditor.judge import Asked, Case, asked_of, check_finding
from auditor.model import Observation, Row, Target, Value, Verdict
from auditor.profile import load

SYSTEMS = seen("information_systems", "site", {"id": "web", "level": 2}, {"id": "mail", "level": 1})
KNOWN = seen("known_machines", "run", {"is_inspected": True, "information_systems": ("web",)})
MET, FAILED, UNREAD, PEOPLE = (True, False), (False, False), (None, False), (None, True)
"""`is_met` and `is_left_to_people`."""


def row(measure: str, answer: tuple[bool | None, bool], *systems: str, level: int = 1) -> Row:
    """Return a row as the probe gives it, as far as the profile reads it."""
    return {
        "measure": measure,
        "title_vi": f"biện pháp {measure}",
        "level": level,
        "is_met": answer[0],
        "is_left_to_people": answer[1],
        "planned_for": systems,
        "reason_vi": None if answer[0] is not None else "thiếu quyền",
    }


def answers(*observations: Observation) -> dict[str, dict[str, tuple[Verdict, Value]]]:
    """Return each check of 2.13 on measures, by information system."""
    profile = load("lai-chau-2026").profile
    (indicator,) = (item for item in profile.indicators if item.id == "2.13")
    every = (SYSTEMS, KNOWN, *observations)
    targets = tuple(
        Target(name=name, url="local:", information_systems=("web", "mail"))
        for name in sorted({item.measurement.target for item in every})
    )
    case = Case(profile, targets, tuple(item.measurement for item in every), every)

    def found(subject: Asked) -> dict[str, tuple[Verdict, Value]]:
        checks = {
            check.id: check_finding(case, indicator, check, subject)
            for check in indicator.checks
            if any(read.probe == "hardening" for read in check.reads.values())
        }
        return {name: (finding.verdict, finding.actual) for name, finding in checks.items()}

    return {subject.id: found(subject) for subject in asked_of(case, indicator)}


CASES: dict[str, tuple[list[tuple[bool | None, bool]], Verdict, Verdict]] = {
    "all carried out": ([MET, MET], Verdict.MET, Verdict.MET),
    "one failed": ([MET, FAILED], Verdict.NOT_MET, Verdict.NOT_MET),
    "one failed and one unread": ([FAILED, UNREAD], Verdict.NOT_MET, Verdict.NOT_MET),
    "one unread": ([MET, UNREAD], Verdict.UNDETERMINED, Verdict.UNDETERMINED),
    "one for people": ([MET, PEOPLE], Verdict.MET, Verdict.UNDETERMINED),
    "all unread": ([UNREAD, UNREAD], Verdict.UNDETERMINED, Verdict.UNDETERMINED),
}


@pytest.mark.parametrize("case", CASES)
def test_what_was_not_read_never_counts_as_carried_out(case: str) -> None:
    """An assessment's minutes can stand in for what people have to see, not for missing rights."""
    given, failed, proven = CASES[case]
    rows = [row(f"m{number}", answer, "web") for number, answer in enumerate(given)]
    found = answers(seen("hardening", "a", *rows))
    assert found["web"]["measures_failed"][0] is failed
    assert found["web"]["measures_proven"][0] is proven
    assert found["mail"]["measures_failed"][0] is Verdict.UNDETERMINED
    assert found["mail"]["measures_proven"][0] is Verdict.UNDETERMINED


def test_a_silent_plan_concludes_nothing() -> None:
    """Without `plan_measures` neither good nor bad settings count."""
    found = answers(seen("hardening", "a", row("m", MET), row("n", FAILED)))
    for system in ("web", "mail"):
        for check in ("measures_failed", "measures_proven", "failed_measures", "open_measures"):
            assert found[system][check][0] is Verdict.UNDETERMINED
        assert found[system]["other_measures_failed"][1] == ("a: biện pháp n",)


def test_a_machine_that_was_not_read_leaves_it_open_unless_another_failed() -> None:
    """A further machine can only add failures."""
    good = answers(seen("hardening", "a", row("m", MET, "web")), unseen("hardening", "b"))
    assert good["web"]["measures_failed"][0] is Verdict.UNDETERMINED
    assert good["web"]["measures_proven"][0] is Verdict.UNDETERMINED
    bad = answers(seen("hardening", "a", row("m", FAILED, "web")), unseen("hardening", "b"))
    assert bad["web"]["measures_failed"][0] is Verdict.NOT_MET


def test_lists_name_machine_measure_and_cause() -> None:
    """A reader sees in Vietnamese what to do on which machine."""
    rows = (row("m", FAILED, "web"), row("n", UNREAD, "web"), row("o", FAILED, level=3))
    found = answers(seen("hardening", "a", *rows))["web"]
    assert found["failed_measures"] == (Verdict.NOT_MET, ("a: biện pháp m",))
    assert found["open_measures"] == (Verdict.NOT_MET, ("a: biện pháp n (thiếu quyền)",))
    assert found["other_measures_failed"][0] is Verdict.UNDETERMINED
