"""A second look against the first: what agrees, what contradicts, and what says nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import a_case, a_check, a_parameter, a_profile, a_record, an_indicator, seen, unseen

from auditor.model import Basis, Observation, Operator, Read, Row, Text
from auditor.pack.agreement import Result, Why, compare
from auditor.pack.sample import draw

DISKS = "filesystems@a"


def outcome(
    first: Observation,
    again: Observation,
    *,
    unit: str = "",
    operator: Operator = Operator.AT_LEAST,
) -> tuple[Result, Why]:
    """Compare two observations of one number `n`, held against 10."""
    check = a_check(value="rows[0].n", expect={operator: "ten"})
    ten = replace(a_parameter(10.0), unit=Text(vi=unit, en=unit))
    record = a_record(a_case(a_profile(an_indicator(check), ten=ten), first))
    found = compare(record, again)
    return found.result, found.why


def rows(number: float | None, *, later: float = 0.0) -> Observation:
    """Return an observation of that number, so many days later."""
    row: Row = {"n": number}
    first = seen("filesystems", "a", row)
    return replace(first, started_at=first.started_at + timedelta(days=later))


@pytest.mark.parametrize(
    ("unit", "one", "other", "expected"),
    [
        ("machines", 12.0, 12.0, (Result.AGREES, Why.SAME_ANSWERS)),
        ("machines", 12.0, 13.0, (Result.CONTRADICTS, Why.OTHER_VALUE)),
        ("machines", 12.0, 9.0, (Result.CONTRADICTS, Why.OTHER_VERDICT)),
        ("%", 100.0, 99.0, (Result.CONTRADICTS, Why.OTHER_VALUE)),
        ("Mb/s", 100.0, 76.0, (Result.AGREES, Why.WITHIN_FLUCTUATION)),
        ("Mb/s", 100.0, 74.0, (Result.CONTRADICTS, Why.OTHER_VALUE)),
        ("Mb/s", 100.0, 5.0, (Result.CONTRADICTS, Why.OTHER_VERDICT)),
        ("Mb/s", 11.0, 9.0, (Result.NOT_COMPARABLE, Why.AT_THE_THRESHOLD)),
        ("s", 20.0, 90.0, (Result.AGREES, Why.WITHIN_FLUCTUATION)),
        ("s", 20.0, 9.0, (Result.CONTRADICTS, Why.OTHER_VERDICT)),
        ("machines", 12.0, None, (Result.CONTRADICTS, Why.NO_LONGER_ANSWERED)),
        ("machines", None, 12.0, (Result.NOT_COMPARABLE, Why.ANSWERS_NOTHING)),
    ],
)
def test_only_what_fluctuates_by_its_nature_may_differ(
    unit: str, one: float | None, other: float | None, expected: tuple[Result, Why]
) -> None:
    """Rates by a quarter, offsets as the verdict allows, counts and shares not at all."""
    assert outcome(rows(one), rows(other), unit=unit) == expected


@pytest.mark.parametrize(
    ("one", "other", "later", "expected"),
    [
        (5.0, 8.0, 3.0, Result.AGREES),
        (5.0, 9.5, 3.0, Result.CONTRADICTS),
        (9.0, 1.0, 3.0, Result.AGREES),
        (9.0, 12.0, 3.0, Result.NOT_COMPARABLE),
    ],
)
def test_ages_grow_with_time(one: float, other: float, later: float, expected: Result) -> None:
    """By the days that passed and one more; a newer thing is no contradiction."""
    found, _why = outcome(
        rows(one), rows(other, later=later), unit="days", operator=Operator.AT_MOST
    )
    assert found is expected


def test_what_was_not_measured_is_not_compared() -> None:
    """Neither then nor now, nor by another version of the probe, nor where no check rests on it."""
    assert outcome(rows(1.0), unseen("filesystems", "a"))[1] is Why.NOT_MEASURED_AGAIN
    assert outcome(unseen("filesystems", "a"), rows(1.0))[1] is Why.NOT_MEASURED_BEFORE
    assert outcome(rows(1.0), replace(rows(1.0), probe_version=2))[1] is Why.OTHER_PROBE_VERSION
    other = a_check(reads={"rows": Read(probe="sockets")}, basis=Basis.MEASURED)
    record = a_record(a_case(a_profile(an_indicator(other)), rows(1.0)))
    assert compare(record, rows(1.0)).why is Why.ANSWERS_NOTHING


def test_the_sample_follows_from_nonce_and_pack_alone() -> None:
    """Larger samples begin with smaller ones; another nonce or pack draws otherwise."""
    observed = [seen("filesystems", f"m{number}", {"n": 1}) for number in range(40)]
    record = a_record(a_case(a_profile(an_indicator(a_check())), *observed, seen("sockets", "a")))

    def keys(nonce: bytes, pack: str, count: int) -> list[str]:
        return [item.key for item in draw(record, pack, nonce, count).drawn]

    small = keys(b"a" * 32, "0" * 64, 5)
    assert len(set(small)) == 5
    assert keys(b"a" * 32, "0" * 64, 9)[:5] == small
    assert keys(b"b" * 32, "0" * 64, 5) != small
    assert keys(b"a" * 32, "1" * 64, 5) != small
    assert draw(record, "0" * 64, b"a" * 32, 99).population == 40, "what no check reads is left out"
    assert set(draw(record, "0" * 64, b"a" * 32, 1).drawn[0].indicators) == {"1.1"}
