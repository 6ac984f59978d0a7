"""Indicators 2.9 and 2.14 on rows of the probes of products: certain, possible, or not known."""

from functools import cache

import pytest
from builders import seen, unseen

from auditor import DEFAULT_PROFILE, profile
from auditor.checks import checks_of
from auditor.judge import Asked, Case, check_finding
from auditor.model import Observation, Profile, Row, Target, Value, Verdict

MET, NOT_MET, OPEN = Verdict.MET, Verdict.NOT_MET, Verdict.UNDETERMINED
YES, NO, UNKNOWN = True, False, None
SERVER, WORKSTATION, EITHER = True, False, None


@cache
def criteria() -> Profile:
    """Return the shipped criteria, read once."""
    return profile.load(DEFAULT_PROFILE).profile


def judged(name: str, *observations: Observation, level: int | None = 2) -> tuple[Verdict, Value]:
    """Answer one check about the system `web`, of which every machine is a part."""
    indicator_id, _slash, check_id = name.partition("/")
    indicator = next(item for item in criteria().indicators if item.id == indicator_id)
    check = next(item for item in checks_of(criteria(), indicator) if item.id == check_id)
    names = dict.fromkeys(item.measurement.target for item in observations)
    targets = tuple(Target(name=n, url="local:", information_systems=("web",)) for n in names)
    plan = tuple(item.measurement for item in observations)
    asked = Asked("web", {"id": "web", "name": "Cổng", "level": level, "operating_unit": None})
    if indicator_id == "2.9":
        asked = Asked()
    # Declarations were looked for, and there are none.
    none = seen("declarations", "site")
    # The network shows no machine that was not inspected; test_lai_chau_coverage.py has the others.
    all_known: Row = {"is_counted": True, "is_inspected": True, "is_seen_on_network": True}
    known = seen("known_machines", "run", {**all_known, "information_systems": ("web",)})
    case = Case(
        criteria(),
        (*targets, Target(name="site", url="doc:"), Target(name="run", url="run:")),
        (*plan, none.measurement, known.measurement),
        (*observations, none, known),
    )
    finding = check_finding(case, indicator, check, asked)
    return finding.verdict, finding.actual


def machines(*rows: Row) -> tuple[Observation, ...]:
    """Return one observation of `anti_malware` for each machine."""
    return tuple(seen("anti_malware", f"may-{n}", row) for n, row in enumerate(rows))


def kind(server: bool | None, *covered: bool | None) -> list[Row]:  # noqa: FBT001 - a column
    """Return machines of one kind, each covered or not."""
    return [{"is_server": server, "is_covered": item} for item in covered]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (kind(SERVER, YES), (MET, 0)),
        (kind(SERVER, YES, NO), (NOT_MET, 1)),
        (kind(SERVER, YES, UNKNOWN), (OPEN, None)),
        (kind(SERVER, NO, UNKNOWN), (NOT_MET, 1)),
        (kind(EITHER, NO), (NOT_MET, 1)),
        # one workstation in twenty may be without; of nineteen, none
        (kind(WORKSTATION, *[YES] * 19, NO), (MET, 0)),
        (kind(WORKSTATION, *[YES] * 18, NO), (NOT_MET, 1)),
        (kind(WORKSTATION, *[YES] * 19, UNKNOWN), (MET, 0)),
        (kind(WORKSTATION, *[YES] * 18, UNKNOWN, UNKNOWN), (OPEN, None)),
        (kind(WORKSTATION, *[YES] * 18, NO, UNKNOWN), (OPEN, None)),
        (kind(WORKSTATION, *[YES] * 17, NO, NO, UNKNOWN), (NOT_MET, 1)),
        # what could be a server is not spared
        (kind(EITHER, *[YES] * 19, NO), (NOT_MET, 1)),
        ([*kind(SERVER, NO), *kind(WORKSTATION, *[YES] * 18, NO, NO)], (NOT_MET, 2)),
        ([*kind(SERVER, YES), *kind(WORKSTATION, *[YES] * 19, NO)], (MET, 0)),
    ],
)
def test_coverage(rows: list[Row], expected: tuple[Verdict, Value]) -> None:
    """All servers and 95 % of the workstations; what could not tell neither helps nor harms."""
    assert judged("2.14/central_antimalware", *machines(*rows)) == expected


def test_coverage_needs_every_machine() -> None:
    """A machine that was not reached may be anything; without a machine nothing is covered."""
    covered = machines(*kind(SERVER, YES))
    assert judged("2.14/central_antimalware", *covered, unseen("anti_malware", "x"))[0] is OPEN
    assert judged("2.14/central_antimalware", seen("anti_malware", "may-1"))[0] is OPEN


@pytest.mark.parametrize(
    ("agents", "logs", "level", "expected"),
    [
        ([YES], [NO], 2, (MET, 1)),
        ([NO, YES], [YES], None, (MET, 2)),
        ([NO], [YES], 3, (MET, 1)),
        ([NO], [NO], 2, (OPEN, None)),
        ([NO], [NO], None, (OPEN, None)),
        ([NO], [NO], 3, (NOT_MET, 0)),
        ([NO, UNKNOWN], [NO], 3, (OPEN, None)),
        ([NO], [UNKNOWN], 4, (OPEN, None)),
        ([], [], 3, (OPEN, None)),
    ],
)
def test_monitoring(
    agents: list[bool | None],
    logs: list[bool | None],
    level: int | None,
    expected: tuple[Verdict, Value],
) -> None:
    """One proven source is enough; none is concluded from level 3, if each was proven idle."""
    rows = (
        seen("monitoring_agent", "may-1", *({"is_active": item} for item in agents)),
        seen("log_forwarding", "may-1", *({"is_forwarding": item} for item in logs)),
    )
    assert judged("2.14/monitoring_sources", *rows, level=level) == expected


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([1.0, 71.5], (MET, 71.5)),
        ([1.0, 72.5], (NOT_MET, 72.5)),
        ([1.0] * 19 + [720.0], (MET, 1)),
        ([1.0] * 19 + [None], (MET, 1)),
        ([1.0] * 18 + [None, None], (OPEN, None)),
        ([None], (OPEN, None)),
        ([], (OPEN, None)),
    ],
)
def test_signature_age(ages: list[float | None], expected: tuple[Verdict, Value]) -> None:
    """The age that 95 % of the machines keep; one that is not known counts as the oldest."""
    rows = machines(*({"is_server": None, "signature_age_h": age} for age in ages))
    assert judged("2.14/signature_age", *rows) == expected


@pytest.mark.parametrize(
    ("tools", "expected"),
    [
        ([(NO, UNKNOWN)], (MET, 0)),
        ([(YES, YES), (NO, NO)], (MET, 0)),
        ([(UNKNOWN, YES)], (MET, 0)),
        ([(YES, NO)], (NOT_MET, 1)),
        ([(YES, NO), (UNKNOWN, UNKNOWN), (YES, NO)], (NOT_MET, 2)),
        ([(YES, UNKNOWN)], (OPEN, None)),
        ([(UNKNOWN, NO)], (OPEN, None)),
        ([(UNKNOWN, UNKNOWN)], (OPEN, None)),
    ],
)
def test_remote_tools(
    tools: list[tuple[bool | None, bool | None]], expected: tuple[Verdict, Value]
) -> None:
    """Installed and not on the site's list is certain; without a list nothing is wrong or right."""
    rows = ({"is_present": present, "is_approved": approved} for present, approved in tools)
    observation = seen("remote_support_tools", "may-1", *rows)
    assert judged("2.9/unapproved_remote_tools", observation) == expected
