"""The effective layer: what exceptions cover, and on which days."""

from datetime import date

import pytest
from builders import a_case, a_check, a_profile, an_indicator, seen
from hypothesis import given
from hypothesis import strategies as st
from waivers_made import DAY, LATER, a_ledger, a_waiver

from auditor.effective import lay_over, state_of
from auditor.judge import Case
from auditor.model import Effective, Per, Verdict, Waiver, Waivers, WaiverState
from auditor.rollup import judge

ON = date(2026, 11, 21)


def laid(case: Case, *waivers: Waiver, on: date = ON) -> Waivers:
    """Judge a case and lay exceptions over it."""
    return lay_over(case.profile, judge(case).findings, a_ledger(waivers).entries, "", on)


@given(st.dates(DAY, LATER), st.dates(DAY, LATER), st.dates(DAY, LATER))
def test_an_exception_holds_on_its_days_and_no_other(made: date, until: date, on: date) -> None:
    """Both ends count."""
    state = state_of(a_waiver(recorded_on=made, until=until), on)
    assert (state is WaiverState.IN_FORCE) == (made <= on <= until)


def per_system() -> Case:
    """Return a case in which `web` is not met and `mail` is met."""
    rows = seen(
        "filesystems", "a", {"n": 9, "system": "mail"}, {"n": 9, "system": "mail"},
        {"n": 1, "system": "web"},
    )  # fmt: skip
    systems = seen(
        "information_systems", "a", {"id": "web", "level": 1}, {"id": "mail", "level": 1}
    )
    check = a_check(value="rows.filter(r, r.system == system.id).size()")
    profile = a_profile(an_indicator(check, per=Per.INFORMATION_SYSTEM))
    return a_case(profile, rows, systems)


@pytest.mark.parametrize(
    ("systems", "expected"),
    [(("web",), Effective.WAIVED), (("mail",), Effective.NOT_MET), (("",), Effective.WAIVED)],
)
def test_a_system_is_waived_alone(systems: tuple[str, ...], expected: Effective) -> None:
    """The lowest of what is not covered wins; a waived system never reads as met."""
    layer = laid(per_system(), *(a_waiver("1.1", system=name) for name in systems))
    (finding,) = layer.findings
    assert finding.raw is Verdict.NOT_MET
    assert finding.effective is expected
    assert {part.system: part.raw for part in finding.systems} == {
        "web": Verdict.NOT_MET,
        "mail": Verdict.MET,
    }


def test_what_is_over_or_not_yet_covers_nothing() -> None:
    """It stands among the entries, and the finding is as it was."""
    over = a_waiver("1.1", until=date(2026, 11, 20))
    early = a_waiver("1.1", recorded_on=date(2026, 11, 22))
    layer = laid(per_system(), over, early)
    assert layer.findings == ()
    assert [held.state for held in layer.entries] == [WaiverState.LAPSED, WaiverState.NOT_BEGUN]
