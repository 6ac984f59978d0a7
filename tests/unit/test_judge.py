"""What a check concludes from what was, and was not, observed."""

import pytest
from builders import (
    a_case,
    a_check,
    a_parameter,
    a_profile,
    an_indicator,
    only,
    only_check,
    seen,
    text,
    unseen,
)

from auditor.model import (
    Basis,
    DocumentNeed,
    Empty,
    Operator,
    Partial,
    Read,
    Row,
    Text,
    Value,
    Verdict,
)

DISK: Row = {"mount": "/", "free_percent": 40.0, "type": "ext4"}
SMALL: Row = {"mount": "/boot", "free_percent": 3.5, "type": "ext4"}


def test_a_value_that_reaches_its_parameter_is_met() -> None:
    """Two rows are at least two; the finding carries actual, expected, source and evidence."""
    case = a_case(a_profile(an_indicator(a_check())), seen("filesystems", "a", DISK, SMALL))

    found = only_check(case)

    assert found.verdict is Verdict.MET
    assert (found.actual, found.expected, found.parameter) == (2, 2, "least")
    assert found.observations == ("filesystems@a",)
    assert found.reason.vi == "câu hỏi count: 2, yêu cầu tối thiểu 2"
    assert found.reason.en == "câu hỏi count: 2, required at least 2"


def test_a_value_below_its_parameter_is_not_met() -> None:
    """One row is less than two."""
    case = a_case(a_profile(an_indicator(a_check())), seen("filesystems", "a", DISK))

    assert only_check(case).verdict is Verdict.NOT_MET


def test_no_row_is_no_answer() -> None:
    """A measurement without a matching row passes nothing and fails nothing."""
    check = a_check(
        reads={"rows": Read(probe="filesystems", where="row.type == 'zfs'")},
        unknown=Text(vi="chưa thấy zfs", en="no zfs seen"),
    )

    found = only_check(a_case(a_profile(an_indicator(check)), seen("filesystems", "a", DISK)))

    assert (found.verdict, found.reason.vi) == (Verdict.UNDETERMINED, "chưa thấy zfs")


def test_no_row_counts_where_the_profile_says_that_zero_is_a_result() -> None:
    """`empty: counts` makes an empty selection a real zero."""
    check = a_check(
        reads={"rows": Read(probe="sockets", where="row.local_port == 23", empty=Empty.COUNTS)},
        expect={Operator.AT_MOST: "most"},
    )

    case = a_case(a_profile(an_indicator(check)), seen("sockets", "a", {"local_port": 22}))

    assert only_check(case).verdict is Verdict.MET


def test_a_failed_measurement_is_named_and_concludes_nothing() -> None:
    """The reason says which probe failed where and why."""
    case = a_case(a_profile(an_indicator(a_check())), unseen("filesystems", "máy 1"))

    found = only_check(case)

    assert found.verdict is Verdict.UNDETERMINED
    assert found.reason.vi == "không đo được “filesystems” trên máy 1: quá thời gian"


def test_a_planned_observation_that_is_gone_concludes_nothing() -> None:
    """The plan keeps a removed observation from being forgotten."""
    case = a_case(
        a_profile(an_indicator(a_check())),
        seen("filesystems", "a", DISK, SMALL),
        planned=("filesystems@b",),
    )

    found = only_check(case)

    assert found.verdict is Verdict.UNDETERMINED
    assert "không còn trong hồ sơ" in found.reason.vi


def test_a_role_narrows_the_targets() -> None:
    """Only machines with the role count, and none with it is no answer."""
    reads = {"rows": Read(probe="filesystems", roles=("a-role",))}
    profile = a_profile(an_indicator(a_check(reads=reads)))
    both = seen("filesystems", "a", DISK), seen("filesystems", "b", DISK, SMALL)

    assert only_check(a_case(profile, *both)).actual == 1
    alone = only_check(a_case(profile, both[1]))
    assert alone.verdict is Verdict.UNDETERMINED
    assert "vai trò: a-role" in alone.reason.vi


@pytest.mark.parametrize(
    ("operator", "partial", "rows", "expected"),
    [
        (Operator.AT_LEAST, Partial.REFUSE, 3, Verdict.UNDETERMINED),
        (Operator.AT_LEAST, Partial.RAISES, 3, Verdict.MET),
        (Operator.AT_LEAST, Partial.RAISES, 1, Verdict.UNDETERMINED),
        (Operator.AT_LEAST, Partial.LOWERS, 1, Verdict.NOT_MET),
        (Operator.AT_LEAST, Partial.LOWERS, 3, Verdict.UNDETERMINED),
        (Operator.AT_MOST, Partial.RAISES, 3, Verdict.NOT_MET),
        (Operator.AT_MOST, Partial.RAISES, 1, Verdict.UNDETERMINED),
        (Operator.AT_MOST, Partial.LOWERS, 1, Verdict.MET),
        (Operator.EQUALS, Partial.RAISES, 2, Verdict.UNDETERMINED),
    ],
)
def test_what_is_missing_counts_unless_it_cannot_matter(
    operator: Operator, partial: Partial, rows: int, expected: Verdict
) -> None:
    """With one machine unmeasured, only an answer that it could not change stands."""
    check = a_check(
        reads={"rows": Read(probe="filesystems", partial=partial)}, expect={operator: "least"}
    )
    case = a_case(
        a_profile(an_indicator(check)),
        seen("filesystems", "a", *[DISK] * rows),
        unseen("filesystems", "b"),
    )

    assert only_check(case).verdict is expected


def test_an_expression_that_fails_on_the_rows_concludes_nothing() -> None:
    """A null where a number was expected is a reason, not a crash and not a pass."""
    check = a_check(value="rows.all(r, r.free_percent > 20.0)", expect={Operator.EQUALS: "yes"})
    profile = a_profile(an_indicator(check), yes=a_parameter(default=True))

    found = only_check(a_case(profile, seen("filesystems", "a", {"free_percent": None})))

    assert found.verdict is Verdict.UNDETERMINED
    assert "không tính được" in found.reason.vi


def test_the_least_of_values_that_are_not_all_known_is_not_known() -> None:
    """In plain words, without those of the library."""
    known, unknown = {"free_percent": 30.0}, {"free_percent": None}
    check = a_check(value="min(rows.map(r, r.free_percent))")

    found = only_check(
        a_case(a_profile(an_indicator(check)), seen("filesystems", "a", known, unknown))
    )

    assert found.verdict is Verdict.UNDETERMINED
    assert "có số liệu chưa đo được – xem phép đo" in found.reason.vi
    assert "NoneType" not in found.reason.vi + found.reason.en


def test_a_value_of_null_says_what_the_profile_says_is_missing() -> None:
    """A profile may give null for too little to go by; its own words then stand as the reason."""
    check = a_check(value="rows.size() > 4 ? 1 : null", unknown=text("chưa đủ mẫu"))

    found = only_check(a_case(a_profile(an_indicator(check)), seen("filesystems", "a", DISK)))

    assert (found.verdict, found.reason.vi) == (Verdict.UNDETERMINED, "chưa đủ mẫu")


def test_a_selection_that_is_no_truth_value_concludes_nothing() -> None:
    """`where` must give true or false."""
    check = a_check(reads={"rows": Read(probe="filesystems", where="row.mount")})

    found = only_check(a_case(a_profile(an_indicator(check)), seen("filesystems", "a", DISK)))

    assert found.verdict is Verdict.UNDETERMINED
    assert "`where`" in found.reason.vi


def test_whole_and_decimal_numbers_judge_alike() -> None:
    """A record read back may hold 40 for 40.0; the value must not depend on it."""
    check = a_check(value="100.0 - rows[0].free_percent", expect={Operator.AT_MOST: "most"})
    profile = a_profile(an_indicator(check), most=a_parameter(60.0))

    values = [
        only_check(a_case(profile, seen("filesystems", "a", {"free_percent": number}))).actual
        for number in (40, 40.0)
    ]

    assert values == [60, 60]


def test_rows_know_their_target_and_expressions_the_parameters() -> None:
    """`row.target` and `params` are part of what an expression may use."""
    where = "row.target.name == 'a' && 'a-role' in row.target.roles && row.n >= params.least"
    check = a_check(reads={"rows": Read(probe="filesystems", where=where)}, value="rows[0].n")

    case = a_case(
        a_profile(an_indicator(check)),
        seen("filesystems", "a", {"n": 1}, {"n": 7}),
        seen("filesystems", "b", {"n": 9}),
    )

    assert only_check(case).actual == 7


def a_paper(**changes: Value) -> Row:
    """Return a row of `documents`: confirmed, present, without an end."""
    row: Row = {
        "kind": "lease",
        "is_confirmed": True,
        "is_present": True,
        "is_expired": None,
        "information_systems": (),
    }
    return {**row, **changes}


@pytest.mark.parametrize(
    ("papers", "expected"),
    [
        ([a_paper()], Verdict.MET),
        ([a_paper(is_expired=True)], Verdict.NOT_MET),
        ([a_paper(is_expired=True), a_paper()], Verdict.MET),
        ([a_paper(is_confirmed=False)], Verdict.UNDETERMINED),
        ([a_paper(is_present=None)], Verdict.NOT_MET),
        ([a_paper(is_present=None, is_confirmed=False)], Verdict.UNDETERMINED),
        ([a_paper(kind="other")], Verdict.UNDETERMINED),
        ([], Verdict.UNDETERMINED),
    ],
)
def test_a_document_counts_once_a_person_answers_for_it(
    papers: list[Row], expected: Verdict
) -> None:
    """Unconfirmed files prove nothing; expired or stated-absent ones prove the lack."""
    indicator = an_indicator(documents=(DocumentNeed(kind="lease"),), requires=(("lease",),))
    found = only(a_case(a_profile(indicator), seen("documents", "site", *papers)))

    assert (found.verdict, found.basis) == (expected, Basis.DOCUMENT)


def test_a_stated_absence_is_no_failure_of_an_item_marked_if_any() -> None:
    """“Nếu có”: a signed declaration says that there is none; an expired paper still fails."""
    indicator = an_indicator(
        documents=(DocumentNeed(kind="lease"),), requires=(("lease",),), optional=True
    )
    silence = seen("declarations", "site")

    def verdict(**changes: Value) -> Verdict:
        papers = seen("documents", "site", a_paper(**changes))
        return only(a_case(a_profile(indicator), papers, silence)).verdict

    assert verdict(exists=False, is_present=None) is Verdict.UNDETERMINED
    assert verdict(exists=True, is_expired=True) is Verdict.NOT_MET
    assert verdict(exists=True) is Verdict.MET


@pytest.mark.parametrize(
    ("requires", "reason"),
    [
        ((("a", "b"),), "{a} hoặc {b}"),
        ((("a", "b"), ("a", "b")), "{a} hoặc {b}"),
        ((("a", "b"), ("c",)), "({a} hoặc {b}); {c}"),
        ((("a", "a"), ("c",)), "{a}; {c}"),
    ],
)
def test_alternatives_stand_in_brackets_beside_something_else_only(
    requires: tuple[tuple[str, ...], ...], reason: str
) -> None:
    """A reason that is nothing but alternatives is a sentence without brackets around it."""
    checks = (a_check("a"), a_check("b"), a_check("c"))
    case = a_case(
        a_profile(an_indicator(*checks, requires=requires)), seen("filesystems", "x", DISK)
    )
    told = {name: f"câu hỏi {name}: 1, yêu cầu tối thiểu 2" for name in "abc"}
    assert only(case).reason.vi == reason.format(**told)
