"""Each changed verdict has exactly one cause, and it is the one that was planted."""

from dataclasses import replace
from datetime import timedelta

import pytest
import waivers_made
from builders import a_case, a_check, a_parameter, a_profile, a_record, an_indicator, seen, unseen

from auditor.drift import between, changes, excepted
from auditor.judge import Case
from auditor.model import Cause, Indicator, Observation, Operator, Profile, Read, Row, Verdict

MACHINE, PAPER, STATED, LINE = "1.1", "1.2", "1.3", "1.4"


def _indicator(name: str, probe: str, value: str) -> Indicator:
    check = a_check(
        f"check-{name}",
        reads={"rows": Read(probe=probe)},
        value=value,
        expect={Operator.AT_LEAST: "least"},
    )
    return an_indicator(check, id=name)


def profile(least: int = 2) -> Profile:
    """Return criteria that ask one thing of each kind."""
    return a_profile(
        _indicator(MACHINE, "filesystems", "rows.size()"),
        _indicator(PAPER, "documents", "rows.filter(r, !r.is_expired && r.is_confirmed).size()"),
        _indicator(STATED, "declared_values", "rows.size()"),
        _indicator(LINE, "internet_quality", "rows.map(r, r.mbps_whole).sum()"),
        least=a_parameter(least),
    )


def papers(
    *,
    confirmed: bool = True,
    expired: bool = False,
    sha256: str = "aa",
    day: str = "2026-01-01",
    n: int = 2,
) -> list[Row]:
    """Return rows of documents."""
    row: Row = {
        "is_confirmed": confirmed,
        "is_expired": expired,
        "age_days": 900 if expired else 5,
        "sha256": sha256,
        "modified_at": day,
    }
    return [row] * n


def observed(**changed: Observation) -> list[Observation]:
    """Return what is seen when all is in order, with some of it replaced."""
    kinds = {
        "machine": seen("filesystems", "may", {"mount": "/"}, {"mount": "/data"}),
        "paper": seen("documents", "may", *papers()),
        "stated": seen("declared_values", "may", {"name": "a"}, {"name": "b"}),
        "line": seen("internet_quality", "may", {"mbps_whole": 0.5}, {"mbps_whole": 2.0}),
    }
    return list({**kinds, **changed}.values())


def case(least: int = 2, **changed: Observation) -> Case:
    """Return a run."""
    return a_case(profile(least), *observed(**changed))


WITHOUT = seen("filesystems", "may", {"mount": "/"})
PLANTED: dict[str, tuple[str, Cause, dict[str, Observation]]] = {
    "a disk is gone": (MACHINE, Cause.MACHINE, {"machine": WITHOUT}),
    "a machine does not answer": (
        MACHINE,
        Cause.COVERAGE,
        {"machine": unseen("filesystems", "may")},
    ),
    "the probe reads differently": (
        MACHINE,
        Cause.PROBE,
        {"machine": replace(WITHOUT, probe_version=2)},
    ),
    "a document is another one": (
        PAPER,
        Cause.DOCUMENT,
        {"paper": seen("documents", "may", *papers(confirmed=False, sha256="bb"))},
    ),
    "a document was removed": (PAPER, Cause.DOCUMENT, {"paper": seen("documents", "may")}),
    "a confirmation was taken back": (
        PAPER,
        Cause.STATEMENT,
        {"paper": seen("documents", "may", *papers(confirmed=False))},
    ),
    "it was taken back, and the document copied": (
        PAPER,
        Cause.STATEMENT,
        {"paper": seen("documents", "may", *papers(confirmed=False, day="2026-02-02"))},
    ),
    "a document expired": (
        PAPER,
        Cause.TIME,
        {"paper": seen("documents", "may", *papers(expired=True))},
    ),
    "a statement was withdrawn": (
        STATED,
        Cause.STATEMENT,
        {"stated": seen("declared_values", "may", {"name": "a"})},
    ),
    "the samples scatter": (
        LINE,
        Cause.NOISE,
        {"line": seen("internet_quality", "may", {"mbps_whole": 0.4}, {"mbps_whole": 1.5})},
    ),
    "the line is slower": (
        LINE,
        Cause.MACHINE,
        {"line": seen("internet_quality", "may", {"mbps_whole": 0.1}, {"mbps_whole": 0.2})},
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_change_is_the_cause(what: str) -> None:
    """One thing changes, one verdict changes, and that is why; and back again."""
    indicator, cause, changed = PLANTED[what]
    for old, new in ((case(), case(2, **changed)), (case(2, **changed), case())):
        (found,) = changes(old, new)
        assert (found.indicator, found.cause) == (indicator, cause)
        assert len(found.measurements) == 1


def test_other_criteria_are_the_cause_where_nothing_else_changed() -> None:
    """A threshold was raised: every verdict that falls by it says so, and names no measurement."""
    found = changes(case(), case(least=3))
    assert {change.indicator for change in found} == {MACHINE, PAPER, STATED, LINE}
    assert {change.cause for change in found} == {Cause.CRITERIA}
    assert {change.measurements for change in found} == {()}


def test_each_of_several_changes_has_its_own_cause() -> None:
    """Changes that come together do not cover each other."""
    new = case(
        machine=WITHOUT,
        paper=seen("documents", "may", *papers(expired=True)),
        stated=seen("declared_values", "may"),
    )
    causes = {change.indicator: change.cause for change in changes(case(), new)}
    assert causes == {
        MACHINE: Cause.MACHINE,
        PAPER: Cause.TIME,
        STATED: Cause.STATEMENT,
    }


def test_what_only_two_changes_bring_about_together_has_the_later_one_as_cause() -> None:
    """Neither the criteria nor the machine alone would do: one cause is still named."""
    three = seen("filesystems", "may", *({"mount": str(n)} for n in range(3)))
    four = seen("filesystems", "may", *({"mount": str(n)} for n in range(4)))
    old, new = case(least=5, machine=three), case(least=4, machine=four)
    (found,) = [change for change in changes(old, new) if change.indicator == MACHINE]
    assert (found.before, found.after) == (Verdict.NOT_MET, Verdict.MET)
    assert found.cause is Cause.MACHINE


def test_nothing_changed_is_nothing() -> None:
    """The same again, an hour later, and numbers that stay on the same side."""
    later = [replace(item, started_at=item.started_at + timedelta(hours=1)) for item in observed()]
    assert changes(case(), a_case(profile(), *later)) == ()
    faster = seen("internet_quality", "may", {"mbps_whole": 50.0}, {"mbps_whole": 60.0})
    assert changes(case(), case(line=faster)) == ()


def test_records_are_compared_as_they_are_judged_now() -> None:
    """Two records give what their cases give, and then the exceptions that came."""
    old, new = case(), case(machine=WITHOUT)
    assert between(a_record(old), a_record(new)) == changes(old, new)
    before = a_record(case(machine=WITHOUT, paper=seen("documents", "may")))
    ledger = waivers_made.a_ledger([waivers_made.a_waiver(PAPER)])
    (only,) = between(before, replace(before, waivers=ledger.layer(before)))
    assert (only.indicator, only.cause) == (PAPER, Cause.EXCEPTION)
    assert only.before is only.after is None


def test_an_exception_changes_only_what_no_verdict_did() -> None:
    """The effective verdict differs and the raw one does not."""
    new = case(machine=WITHOUT)
    found = changes(case(), new)
    before = {MACHINE: "met", PAPER: "not_met"}
    after = {MACHINE: "not_met", PAPER: "waived"}
    (only,) = excepted(before, after, found)
    assert (only.indicator, only.cause) == (PAPER, Cause.EXCEPTION)
    assert excepted(after, after, ()) == ()
    assert excepted({PAPER: "met"}, {PAPER: "not_met"}, ()) == (), "that is no exception"
