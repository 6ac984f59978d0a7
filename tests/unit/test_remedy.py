"""What to do first: all that is open is somebody's step, and nothing that is closed."""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
from builders import STARTED_AT, a_case, a_check, a_profile, an_indicator, seen, text, unseen

from auditor import DEFAULT_PROFILE, profile
from auditor.authority import EXPIRED, NO_LETTER
from auditor.errors import BadInput
from auditor.judge import Case
from auditor.model import (
    AuditRecord,
    Basis,
    Centre,
    DocumentNeed,
    Effort,
    Failure,
    InformationSystem,
    NotMeasured,
    Profile,
    Read,
    Remedy,
    Responsible,
    Site,
    StepKind,
    Verdict,
)
from auditor.record_reader import from_v1, parse
from auditor.remedy import Step, steps
from auditor.rollup import judge

OPEN = {Verdict.NOT_MET, Verdict.UNDETERMINED}
RECORDINGS = (
    "centre-in-disorder", "papers-in-disorder", "papers-in-order", "machines-in-disorder",
    "stores-in-disorder", "line-in-order",
)  # fmt: skip


def a_record(case: Case) -> AuditRecord:
    """Judge a case and put everything into a record."""
    judged = judge(case)
    return AuditRecord(
        tool_version="0", run_id="thu", started_at=STARTED_AT, finished_at=STARTED_AT, vantage="",
        centre="", profile=case.profile, profile_files=(), site_sha256="", authorisation_sha256="",
        clock_offset_s=None, targets=case.targets, plan=case.plan, observations=case.observations,
        findings=judged.findings, groups=judged.groups,
    )  # fmt: skip


@cache
def lai_chau() -> Profile:
    """Return the criteria of Lai Châu, read once."""
    return profile.load(DEFAULT_PROFILE).profile


def recorded(name: str) -> AuditRecord:
    """Return what a recorded centre comes to by the criteria of Lai Châu."""
    criteria = lai_chau()
    file = resources.files("auditor.profiles") / "recordings" / f"{name}.json"
    record = from_v1(parse(file.read_bytes(), name), criteria)
    return a_record(Case(criteria, record.targets, record.plan, record.observations))


def weights(record: AuditRecord) -> Fraction:
    """Return what all open indicators weigh at least, each once and parts their share."""
    whole = {item.part_of for item in record.profile.indicators}
    parts = [item.part_of for item in record.profile.indicators]
    total = Fraction(0)
    for item, finding in zip(record.profile.indicators, record.findings, strict=True):
        if finding.verdict in OPEN and item.id not in whole:
            total += Fraction(1, parts.count(item.part_of) if item.part_of else 1)
    return total


@pytest.mark.parametrize("name", RECORDINGS)
def test_everything_open_is_a_step_and_nothing_else_is(name: str) -> None:
    """Of every centre: each open indicator is helped, and only those; the order is the score's."""
    record = recorded(name)
    whole = {item.part_of for item in record.profile.indicators}
    wanted = {f.indicator for f in record.findings if f.verdict in OPEN} - whole
    found = steps(record)
    assert {key for step in found for key in step.indicators} == wanted
    scores = [step.score for step in found]
    assert scores == sorted(scores, reverse=True)
    total = sum((step.weight for step in found), Fraction(0))
    assert weights(record) <= total <= 2 * weights(record)
    keys = [tuple((o.kind, o.id, o.name) for o in step.options) for step in found]
    assert len(keys) == len(set(keys))
    for step in found:
        assert all(option.do.vi and option.do.en and option.takes.vi for option in step.options)
        assert not any("{" in option.do.vi + option.command for option in step.options)


def judged(*clauses: tuple[str, ...], site: Site | None = None) -> tuple[Step, ...]:
    """Return the steps of an indicator with a check of each kind and verdict."""
    checks = (
        a_check("good", value="rows.size() + 2"),
        a_check("bad", value="rows.size() - 5"),
        a_check("said", reads={"rows": Read(probe="lan_hosts")}, basis=Basis.DECLARED),
        a_check("unread", reads={"rows": Read(probe="storage")}),
    )
    indicator = an_indicator(
        *checks, documents=(DocumentNeed(kind="lease"),), requires=clauses, remedy=text("Mua."),
    )  # fmt: skip
    sizes = {"hour": Effort(rank=1, words=text("giờ")), "week": Effort(rank=5, words=text("tuần"))}
    words = text("{name} {id} {reason}")
    remedies = {
        kind: Remedy(effort="week", do=words, command="làm {id}") for kind in StepKind
    } | {StepKind.DOCUMENT: Remedy(effort="week", efforts={"lease": "hour"}, do=words)}  # fmt: skip
    criteria = replace(a_profile(indicator), efforts=sizes, remedies=remedies)
    case = a_case(criteria, seen("filesystems", "a", {"n": 1}), unseen("storage", "máy <b>"))
    return steps(a_record(case), site)


def kinds(found: tuple[Step, ...]) -> list[list[tuple[StepKind, str]]]:
    """Return what each step's options are."""
    return [[(option.kind, option.id) for option in step.options] for step in found]


def test_a_clause_that_one_check_satisfies_asks_for_nothing() -> None:
    """Of two ways, the one that was taken is enough."""
    assert judged(("good", "bad", "lease")) == ()
    assert judged(("good",)) == ()


def test_one_of_several_ways_is_enough_and_the_least_work_stands_first() -> None:
    """Alternatives are one step."""
    assert kinds(judged(("bad", "lease"))) == [
        [(StepKind.DOCUMENT, "lease"), (StepKind.CHANGE, "1.1/bad")]
    ]


def test_each_kind_of_gap_has_its_kind_of_act() -> None:
    """A paper, a figure, a measurement that failed, and a change in the centre."""
    found = judged(("bad",), ("said",), ("unread",), ("lease",))
    assert sorted(kinds(found)) == [
        [(StepKind.CHANGE, "1.1/bad")],
        [(StepKind.DECLARATION, "1.1/said")],
        [(StepKind.DOCUMENT, "lease")],
        [(StepKind.MEASUREMENT, "máy <b>")],
    ]
    by_kind = {step.options[0].kind: step for step in found}
    assert "quá thời gian" in by_kind[StepKind.MEASUREMENT].options[0].do.vi
    assert by_kind[StepKind.MEASUREMENT].options[0].command == "làm máy <b>"
    assert by_kind[StepKind.CHANGE].options[0].do.vi.endswith("Mua")


def test_what_is_not_met_weighs_twice_and_stands_before_its_equal() -> None:
    """The document is five times less work, so it is first all the same."""
    found = judged(("said",), ("bad",), ("lease",))
    assert [step.verdict for step in found] == [
        *(Verdict.UNDETERMINED, Verdict.NOT_MET, Verdict.UNDETERMINED)
    ]
    assert [step.weight for step in found] == [Fraction(1, 3), Fraction(2, 3), Fraction(1, 3)]
    assert found[0].options[0].id == "lease"
    assert [step.closes for step in judged(("bad",))] == [("1.1",)]


def test_a_machine_that_fails_several_checks_is_one_step() -> None:
    """Two indicators rest on one machine; it is to be mended once."""
    checks = [a_check(name, reads={"rows": Read(probe="storage")}) for name in ("one", "two")]
    pair = (an_indicator(checks[0]), an_indicator(checks[1], id="1.2"))
    (step,) = steps(a_record(a_case(a_profile(*pair), unseen("storage", "máy"))))
    assert step.indicators == ("1.1", "1.2")
    assert step.weight == Fraction(2)
    assert step.options[0].do.vi == "quá thời gian"


def a_site(*people: Responsible) -> Site:
    """Return a site with a contact and a unit that runs one system."""
    return Site(
        schema="urn:audit:site:v1",
        centre=Centre(id="thu", name="Trung tâm", contact="văn phòng"),
        information_systems=(InformationSystem(id="cong", name="Cổng", operating_unit="Tổ CNTT"),),
        responsible=people,
    )


@pytest.mark.parametrize(
    ("subjects", "expected"),
    [
        (("lease", "1"), "A, văn thư"),
        (("1.1",), "A, văn thư"),
        (("1",), "A, văn thư"),
        (("document",), "A, văn thư"),
        (("change",), "văn phòng"),
        ((), "văn phòng"),
    ],
)
def test_who_is_named_most_precisely_is_responsible(
    subjects: tuple[str, ...], expected: str
) -> None:
    """The kind of paper before the indicator, its group and the act; else the centre's contact."""
    people = Responsible(by="A", position="văn thư", subjects=subjects)
    other = Responsible(by="B", subjects=("measurement",))
    (step,) = judged(("lease",), site=a_site(other, people))
    assert step.responsible == expected


def test_the_more_precise_word_wins_whatever_the_order() -> None:
    """Whoever has the whole group leaves the one paper to its own person."""
    group, paper = Responsible(by="A", subjects=("1",)), Responsible(by="B", subjects=("lease",))
    for people in ((group, paper), (paper, group)):
        (step,) = judged(("lease",), site=a_site(*people))
        assert step.responsible == "B"


SPOILED = {
    "remedies: {document: {effort: year}}": "year",
    "remedies: {document: {do: {vi: '{name.real}'}}}": "{reason}",
    "remedies: {document: {do: {en: '{name!r}'}}}": "{reason}",
    "remedies: {document: {do: {en: '{'}}}": "{reason}",
    "remedies: {document: {command: 'audit {name}'}}": "{id}",
    "remedies: {document: {efforts: {nothing: day}}}": "nothing",
    "efforts: {day: {rank: 0}}": "efforts.day.rank",
    "groups: [{id: '1', indicators: [{id: '1.1', effort: year}]}]": "year",
}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_words_that_nothing_fills_are_refused(tmp_path: Path, spoiled: str) -> None:
    """A profile says so when it is read, not when somebody needs the list."""
    file = tmp_path / "other.yaml"
    head = 'schema: urn:audit:profile:v1\nextends: lai-chau-2026\nid: other\nversion: "1"\n'
    file.write_text(head + spoiled, "utf-8")
    with pytest.raises(BadInput) as refused:
        profile.load(str(file))
    assert SPOILED[spoiled] in str(refused.value)


def test_a_step_says_its_name_once() -> None:
    """A reason that begins with the name of what is judged is not put after that name again."""
    for step in steps(recorded("machines-in-disorder")):
        for option in step.options:
            assert f"{option.name.vi}: {option.name.vi}: " not in option.do.vi
            assert f"{option.name.en}: {option.name.en}: " not in option.do.en


def test_what_is_to_be_measured_again_says_its_cause_once() -> None:
    """The network by its name, and why it was not measured in the second sentence only."""
    check = a_check(reads={"rows": Read(probe="lan_hosts")})
    criteria = replace(a_profile(an_indicator(check)), remedies=lai_chau().remedies)
    case = a_case(criteria, unseen("lan_hosts", "network", Failure.NOT_AUTHORISED))
    ((option,),) = [step.options for step in steps(a_record(case))]
    assert option.do.vi == (
        "Làm cho đo được mạng của trung tâm."
        " Hiện nay: không có văn bản còn hiệu lực nào cho phép việc này."
    )
    assert option.do.en == (
        "Make it possible to measure the centre's network."
        " At present: no letter in force allows this."
    )
    assert option.name.en == "the centre's network (no letter in force allows this)"


def test_what_the_letter_lacks_is_said() -> None:
    """As the reason says it; two lacks of one target are two things to do."""
    checks = [a_check(id=name, reads={"rows": Read(probe=name)}) for name in ("lan_hosts", "lan_x")]
    criteria = replace(a_profile(an_indicator(*checks)), remedies=lai_chau().remedies)
    details = {"lan_hosts": f"h: {NO_LETTER}", "lan_x": f"h: authorisation 1/VB {EXPIRED}"}
    failed = [
        replace(
            unseen(name, "network"),
            result=NotMeasured(failure=Failure.NOT_AUTHORISED, detail=detail),
        )
        for name, detail in details.items()
    ]
    record = a_record(a_case(criteria, *failed))
    told = {option.name.vi for step in steps(record) for option in step.options}
    assert told == {
        "mạng của trung tâm (chưa có văn bản nào cho phép việc này)",
        "mạng của trung tâm (văn bản cho phép đã hết hiệu lực)",
    }
    assert "network: chưa có văn bản nào cho phép việc này" in record.findings[0].reason.vi
