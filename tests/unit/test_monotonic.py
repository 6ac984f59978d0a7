"""The law of ADR 0004: evidence taken away never makes a verdict better, and judging is a function.

Profiles, plans and observations are random; the generators reach every verdict.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from builders import a_case, a_check, a_parameter, a_profile, an_indicator, seen, unseen
from hypothesis import given
from hypothesis import strategies as st
from waivers_made import DAY, LATER, a_waiver

from auditor.canonical import dumps
from auditor.effective import lay_over
from auditor.judge import Case
from auditor.model import (
    Check,
    Empty,
    Indicator,
    Observation,
    Operator,
    Partial,
    Per,
    Profile,
    Read,
    Verdict,
    Waiver,
    WaiverState,
)
from auditor.record import finding_v1
from auditor.rollup import judge

PROBES = ("filesystems", "sockets", "documents")
SYSTEMS = ("web", "mail")
FAVOURABLE = {Verdict.MET, Verdict.NOT_APPLICABLE}

rows = st.fixed_dictionaries(
    {"n": st.integers(0, 5), "system": st.sampled_from(SYSTEMS), "kind": st.just("lease")}
)


@st.composite
def checks(draw: Any, name: str) -> Check:  # noqa: ANN401 - hypothesis' draw
    """Draw a check whose claim about partial evidence is true of its expression."""
    kind = draw(st.sampled_from(["count", "all", "none"]))
    operator = draw(st.sampled_from([Operator.AT_LEAST, Operator.AT_MOST]))
    value, honest = {
        "count": ("rows.size()", Partial.RAISES),
        "all": ("rows.all(r, r.n > 2.0) ? 1 : 0", Partial.LOWERS),
        "none": ("rows.exists(r, r.n > 2.0) ? 1 : 0", Partial.RAISES),
    }[kind]
    # A row that appears must not be able to make an empty selection's answer false:
    empty = draw(st.sampled_from(list(Empty)))
    read = Read(
        probe=draw(st.sampled_from(PROBES)),
        where=draw(st.sampled_from(["", "row.n > 0.0"])),
        partial=draw(st.sampled_from([Partial.REFUSE, honest])),
        empty=empty,
    )
    return a_check(
        name,
        reads={"rows": read},
        value=value,
        expect={operator: draw(st.sampled_from(["least", "one"]))},
        optional=draw(st.booleans()),
        due=draw(st.sampled_from(["", "over", "ahead"])),
    )


@st.composite
def profiles(draw: Any) -> Profile:  # noqa: ANN401 - hypothesis' draw
    """Draw a profile of two indicators and a whole over them."""
    indicators: list[Indicator] = []
    for number in range(2):
        drawn = [draw(checks(f"c{index}")) for index in range(draw(st.integers(1, 3)))]
        names = [check.id for check in drawn]
        clause = st.lists(st.sampled_from(names), min_size=1, max_size=3).map(tuple)
        indicators.append(
            an_indicator(
                *drawn,
                id=f"1.{number}",
                part_of="1",
                requires=tuple(draw(st.lists(clause, min_size=1, max_size=3))),
                optional=draw(st.booleans()),
                per=draw(st.sampled_from(list(Per))),
            )
        )
    whole = an_indicator(id="1", requires=())
    days = {"over": a_parameter("2026-11-20"), "ahead": a_parameter("2026-11-21")}
    return a_profile(whole, *indicators, one=a_parameter(1), **days)


@st.composite
def cases(draw: Any) -> Case:  # noqa: ANN401 - hypothesis' draw
    """Draw a case in which some planned acts failed or are missing."""
    observations: list[Observation] = []
    for probe in PROBES:
        for target in ("a", "b")[: draw(st.integers(0, 2))]:
            measured = seen(probe, target, *draw(st.lists(rows, max_size=4)))
            observations.append(draw(st.sampled_from([measured, unseen(probe, target)])))
    systems = draw(st.lists(st.sampled_from(SYSTEMS), unique=True))
    observations.append(
        draw(
            st.sampled_from(
                [
                    seen("information_systems", "site", *({"id": name} for name in systems)),
                    unseen("information_systems", "site"),
                ]
            )
        )
    )
    subjects = draw(st.lists(st.sampled_from(["1.0", "1.1", "1.0/c0", "1.1/c1"]), max_size=2))
    statements = ({"subject": name, "is_present": True, "by": "A"} for name in subjects)
    observations.append(seen("declarations", "site", *statements))
    return a_case(draw(profiles()), *observations)


def verdicts(case: Case) -> dict[tuple[str, ...], Verdict]:
    """Return every verdict of a case by where it stands."""
    judgement = judge(case)
    found: dict[tuple[str, ...], Verdict] = {}
    for finding in judgement.findings:
        found[(finding.indicator,)] = finding.verdict
        for system in finding.systems:
            found[(finding.indicator, "system", system.system)] = system.verdict
        for check in finding.checks:
            found[(finding.indicator, check.check, check.system)] = check.verdict
    return found | {("group", group.group): group.verdict for group in judgement.groups}


@given(cases(), st.data())
def test_losing_an_observation_never_makes_a_verdict_better(case: Case, data: Any) -> None:  # noqa: ANN401
    """No loss turns anything into `met` or `not_applicable`."""
    lost = data.draw(st.sampled_from(case.observations))
    rest = tuple(item for item in case.observations if item is not lost)
    before, after = verdicts(case), verdicts(replace(case, observations=rest))

    better = {
        where: (before.get(where), verdict)
        for where, verdict in after.items()
        if verdict in FAVOURABLE and before.get(where) is not verdict
    }
    assert better == {}


@given(cases())
def test_the_same_inputs_give_the_same_bytes(case: Case) -> None:
    """Judging twice, with the observations in another order, writes identical findings."""
    shuffled = replace(case, observations=case.observations[::-1])

    def written(one: Case) -> list[bytes]:
        return [dumps(finding_v1(finding, "")) for finding in judge(one).findings]

    assert written(case) == written(shuffled) == written(case)


def test_the_generators_reach_every_verdict() -> None:
    """The property is not empty: random cases come out in all four ways."""
    reached: set[Verdict] = set()

    @given(cases())
    def collect(case: Case) -> None:
        reached.update(verdicts(case).values())

    collect()

    assert reached == set(Verdict)


drawn_waivers = st.lists(
    st.builds(
        a_waiver,
        st.sampled_from(["1", "1.0", "1.1", "9.9"]),
        system=st.sampled_from(["", "web", "mail", "other"]),
        recorded_on=st.dates(DAY, LATER),
        until=st.dates(DAY, LATER),
    ),
    max_size=4,
)


@given(cases(), drawn_waivers, st.dates(DAY, LATER))
def test_no_exception_changes_a_raw_verdict(case: Case, waivers: list[Waiver], on: date) -> None:
    """Findings are the same bytes before and after; only what is not good is ever waived."""
    findings = judge(case).findings
    before = dumps([finding_v1(item, "") for item in findings])
    entries = tuple((f"{number:064x}", item) for number, item in enumerate(waivers))
    layer = lay_over(case.profile, findings, entries, "", on)
    assert dumps([finding_v1(item, "") for item in findings]) == before
    assert dumps([finding_v1(item, "") for item in judge(case).findings]) == before
    raw = {finding.indicator: finding.verdict for finding in findings}
    for item in layer.findings:
        assert item.raw is raw[item.indicator]
        assert item.effective.value in {item.raw.value, "waived", "undetermined"}
        if item.raw in {Verdict.MET, Verdict.NOT_APPLICABLE}:
            assert item.effective.value == item.raw.value
        live = {entry.digest for entry in layer.entries if entry.state is WaiverState.IN_FORCE}
        assert item.waivers
        assert set(item.waivers) <= live
