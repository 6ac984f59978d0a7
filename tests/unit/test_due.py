"""What a plan gives time for is not met only when its last day is over, and met whenever it is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders import a_case, a_check, a_parameter, a_profile, an_indicator, only, seen

from auditor.model import DocumentNeed, Observation, Row, Verdict

DAY = a_parameter("2026-12-31")
CHECK = a_check(due="day")
DISK: Row = {"mount": "/"}
LEASE: Row = {
    "kind": "lease",
    "is_confirmed": True,
    "is_present": None,
    "is_expired": None,
    "exists": False,
    "information_systems": (),
}


def at(moment: str, observation: Observation) -> Observation:
    """Return the observation as of a moment in UTC."""
    return replace(observation, started_at=datetime.fromisoformat(moment).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-29T09:00", Verdict.UNDETERMINED),
        ("2026-12-31T16:59", Verdict.UNDETERMINED),
        ("2026-12-31T17:00", Verdict.NOT_MET),  # the year has begun in Vietnam
        ("2031-01-01T00:00", Verdict.NOT_MET),
    ],
)
def test_what_is_missing_fails_only_after_the_day(moment: str, expected: Verdict) -> None:
    """One disk where two are asked for."""
    profile = a_profile(an_indicator(CHECK), day=DAY)
    found = only(a_case(profile, at(moment, seen("filesystems", "a", DISK))))
    assert found.verdict is expected
    assert found.checks[0].actual == 1
    assert ("31/12/2026" in found.reason.vi) is (expected is Verdict.UNDETERMINED)


def test_what_is_there_is_met_before_the_day() -> None:
    """Nobody has to wait for the last day."""
    profile = a_profile(an_indicator(CHECK), day=DAY)
    case = a_case(profile, at("2026-04-01T00:00", seen("filesystems", "a", DISK, DISK)))
    assert only(case).verdict is Verdict.MET


def test_one_early_look_leaves_it_open() -> None:
    """What one machine lacked before the day may have come since."""
    profile = a_profile(an_indicator(CHECK), day=DAY)
    early = at("2026-12-01T00:00", seen("filesystems", "a", DISK))
    late = at("2027-01-02T00:00", seen("filesystems", "b"))
    assert only(a_case(profile, early, late)).verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize(
    ("moment", "expected"),
    [("2026-12-01T00:00", Verdict.UNDETERMINED), ("2027-01-02T00:00", Verdict.NOT_MET)],
)
def test_a_stated_absence_of_a_paper_waits_too(moment: str, expected: Verdict) -> None:
    """A document that the plan asks for by a day, and the centre says it has none yet."""
    need = DocumentNeed(kind="lease", due="day")
    profile = a_profile(an_indicator(documents=(need,), requires=(("lease",),)), day=DAY)
    found = only(a_case(profile, at(moment, seen("documents", "site", LEASE))))
    assert found.verdict is expected
