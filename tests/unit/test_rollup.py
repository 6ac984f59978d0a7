"""From checks to systems, indicators, groups and the exit code."""

import pytest
from builders import a_case, a_check, a_profile, an_indicator, only, seen, text, unseen

from auditor.judge import Case
from auditor.model import (
    Basis,
    ExitCode,
    Indicator,
    Observation,
    Operator,
    Per,
    Read,
    Row,
    Verdict,
)
from auditor.rollup import all_of, any_of, judge

MET, NOT_MET, UNKNOWN, NONE = (
    Verdict.MET,
    Verdict.NOT_MET,
    Verdict.UNDETERMINED,
    Verdict.NOT_APPLICABLE,
)
NAMES = {"good": MET, "bad": NOT_MET, "unknown": UNKNOWN}


def checks() -> Indicator:
    """Return an indicator with a check of each verdict."""
    return an_indicator(
        a_check("good", value="rows.size() + 2"),
        a_check("bad", value="rows.size() - 5", basis=Basis.DOCUMENT),
        a_check("unknown", reads={"rows": Read(probe="lan_hosts")}, basis=Basis.DECLARED),
    )


def judged(*clauses: tuple[str, ...]) -> Verdict:
    """Judge the three checks by these clauses."""
    indicator = an_indicator(*checks().checks, requires=clauses)
    return only(a_case(a_profile(indicator), seen("filesystems", "a", {"n": 1}))).verdict


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ([("good",)], MET),
        ([("good", "bad")], MET),
        ([("good", "unknown")], MET),
        ([("bad", "unknown")], UNKNOWN),
        ([("good",), ("unknown",)], UNKNOWN),
        ([("bad",), ("unknown",)], NOT_MET),
        ([("good",), ("bad", "unknown")], UNKNOWN),
        ([("good", "bad"), ("good", "unknown")], MET),
    ],
)
def test_clauses_combine_after_kleene(clauses: list[tuple[str, ...]], expected: Verdict) -> None:
    """One of a clause suffices, all clauses are needed, the unknown never helps."""
    assert judged(*clauses) is expected


def test_conjunction_and_disjunction_ignore_what_does_not_apply() -> None:
    """Not applicable is neutral, and alone it stays itself."""
    assert (all_of([MET, NONE]), any_of([NOT_MET, NONE])) == (MET, NOT_MET)
    assert (all_of([NONE, NONE]), any_of([])) == (NONE, NONE)


def test_a_supporting_check_is_shown_and_never_decides() -> None:
    """What `requires` does not name cannot change the verdict."""
    indicator = an_indicator(*checks().checks, requires=(("good",),))
    found = only(a_case(a_profile(indicator), seen("filesystems", "a", {"n": 1})))

    assert found.verdict is MET
    assert {check.check: check.decides for check in found.checks} == {
        "good": True,
        "bad": False,
        "unknown": False,
    }


def test_met_is_as_strong_as_its_weakest_evidence() -> None:
    """A measured and a declared check together make a declared verdict."""
    indicator = an_indicator(
        a_check("a", value="rows.size() + 2"),
        a_check("b", value="rows.size() + 2", basis=Basis.DECLARED),
    )
    found = only(a_case(a_profile(indicator), seen("filesystems", "a", {"n": 1})))

    assert (found.verdict, found.basis) == (MET, Basis.DECLARED)


SYSTEMS = seen("information_systems", "site", {"id": "web"}, {"id": "mail"})


def per_system(*observations: Observation) -> Case:
    """Return a case in which each system needs a row of its own."""
    check = a_check(
        reads={"rows": Read(probe="filesystems", where="row.system == system.id")},
        value="rows.size() + 1",
    )
    return a_case(a_profile(an_indicator(check, per=Per.INFORMATION_SYSTEM)), *observations)


def test_each_system_is_judged_and_the_lowest_wins() -> None:
    """A system without evidence keeps the indicator undetermined; both verdicts are listed."""
    found = only(per_system(SYSTEMS, seen("filesystems", "a", {"system": "web"})))

    assert {item.system: item.verdict for item in found.systems} == {"web": MET, "mail": UNKNOWN}
    assert found.verdict is UNKNOWN
    assert found.reason.vi.startswith("mail: ")


def test_reasons_call_systems_by_their_names() -> None:
    """Verdicts keep the key; a name that two have stands with it, one that is no text for none."""
    rows: tuple[Row, ...] = (
        {"id": "web", "name": "Cổng"}, {"id": "app", "name": "Cổng"},
        {"id": "mail", "name": "Thư điện tử"}, {"id": "files", "name": 7}, {"id": "wiki"},
    )  # fmt: skip
    found = only(per_system(seen("information_systems", "site", *rows)))

    assert [item.system for item in found.systems] == [row["id"] for row in rows]
    told = [cause.rpartition(": ")[0] for cause in found.reason.vi.split("; ")]
    assert told == ["Cổng (web)", "Cổng (app)", "Thư điện tử", "files", "wiki"]
    assert found.reason.en.startswith("Cổng (web): ")


@pytest.mark.parametrize(
    "systems", [seen("information_systems", "site"), unseen("information_systems", "site")]
)
def test_no_declared_system_is_no_answer(systems: Observation) -> None:
    """An empty or unmeasured list of systems leaves the indicator undetermined."""
    found = only(per_system(systems, seen("filesystems", "a", {"system": "web"})))

    assert (found.verdict, found.systems) == (UNKNOWN, ())


def declared(subject: str, *, is_present: bool = True) -> Observation:
    """Return a declaration that a subject does not apply."""
    return seen(
        "declarations", "site", {"subject": subject, "is_present": is_present, "by": "Bà A"}
    )


def optional_case(*observations: Observation) -> Case:
    """Return a case with one optional indicator that would be met."""
    indicator = an_indicator(a_check(value="rows.size() + 1"), optional=True)
    return a_case(a_profile(indicator), seen("filesystems", "a", {"n": 1}), *observations)


@pytest.mark.parametrize(
    ("declarations", "expected"),
    [
        (declared("1.1"), NONE),
        (declared("1.1", is_present=False), MET),
        (declared("2.9"), MET),
        (unseen("declarations", "site"), UNKNOWN),
    ],
)
def test_an_optional_item_needs_a_signed_statement_to_fall_away(
    declarations: Observation, expected: Verdict
) -> None:
    """Only a statement with its file counts; unread declarations leave the item open."""
    assert only(optional_case(declarations)).verdict is expected


def test_part_of_an_indicator_can_fall_away() -> None:
    """An optional check that does not apply leaves the rest to decide."""
    indicator = an_indicator(
        a_check("soft", optional=True), a_check("watch", value="rows.size() + 1")
    )
    found = only(
        a_case(a_profile(indicator), seen("filesystems", "a", {"n": 1}), declared("1.1/soft"))
    )

    assert found.verdict is MET
    assert {check.check: check.verdict for check in found.checks} == {"soft": NONE, "watch": MET}


def test_a_whole_is_judged_by_its_parts() -> None:
    """2.4 takes the lowest verdict of 2.4a and 2.4b and says which part it was."""
    good = an_indicator(a_check(value="rows.size() + 2"), id="2.4a", part_of="2.4")
    bad = an_indicator(a_check(value="rows.size()"), id="2.4b", part_of="2.4")
    whole = Indicator(id="2.4", name=text("Cơ sở dữ liệu"))
    judgement = judge(a_case(a_profile(whole, good, bad), seen("filesystems", "a", {"n": 1})))

    assert [(item.indicator, item.verdict) for item in judgement.findings] == [
        ("2.4", NOT_MET),
        ("2.4a", MET),
        ("2.4b", NOT_MET),
    ]
    assert judgement.findings[0].reason.vi.startswith("2.4b: ")
    assert judgement.groups[0].counts == {MET: 0, NOT_MET: 1, UNKNOWN: 0, NONE: 0}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["rows.size() + 2"], ExitCode.MET),
        (["rows.size() + 2", "rows.size()"], ExitCode.NOT_MET),
        (["rows.size() + 2", "rows[7].n"], ExitCode.UNDETERMINED),
        (["rows.size()", "rows[7].n"], ExitCode.NOT_MET),
        ([], ExitCode.NOTHING_TO_AUDIT),
    ],
)
def test_the_exit_code_follows_from_the_findings(values: list[str], expected: ExitCode) -> None:
    """10 before 11 before 0; 3 if there was nothing to judge."""
    indicators = [
        an_indicator(a_check(value=value, expect={Operator.AT_LEAST: "least"}), id=f"1.{number}")
        for number, value in enumerate(values)
    ]
    case = a_case(a_profile(*indicators), seen("filesystems", "a", {"n": 1}))

    assert judge(case).exit_code is expected
