"""The profile of Lào Cai says what the plan says, and fails nothing before its day."""

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from builders import a_case, seen

from auditor import wanted
from auditor.checks import checks_of
from auditor.due import last_day
from auditor.judge import Asked, check_finding
from auditor.model import Basis, CheckFinding, Confidence, Indicator, Row, Source, Verdict
from auditor.profile import load

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "tests/captures/papers/lao-cai-startup-plan-2026-2030.txt"
PROFILE = ROOT / "profiles/lao-cai-2026.yaml"
CRITERIA = load("lao-cai-2026").profile
INDICATORS = {item.id: item for item in CRITERIA.indicators}
CITED = (
    "Kế hoạch phát triển hệ sinh thái khởi nghiệp, đổi mới sáng tạo tỉnh Lào Cai giai đoạn"
    " 2026 - 2030 (4/2026), "
)
PLACES = {"III": "phần III, mục ", "PL1": "Phụ lục I, mục tiêu ", "PL2": "Phụ lục II, nhiệm vụ "}
QUOTED = re.compile("“([^”]+)”")
OURS = {"Chưa đủ căn cứ kết luận", "Không đạt", "undetermined", "met", "not met"}
"""Words of the tool that the notes quote."""


def lines() -> list[str]:
    """Return the plan's lines. Raises where the text is not NFC, as nothing could be compared."""
    text = PLAN.read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    return text.splitlines()


def place(indicator: str) -> str:
    """Return the plan's words at the place that an id names."""
    part, _, number = indicator.partition(".")
    text = lines()
    if part == "III":
        begin = next(n for n, line in enumerate(text) if line == "III. NHIỆM VỤ VÀ GIẢI PHÁP")
        heading = next(n for n in range(begin, len(text)) if text[n].startswith(f"{number}. "))
        return "\n".join(text[heading : heading + 5])
    annex = text.index("PHỤ LỤC II")
    rows = text[text.index("PHỤ LỤC I") : annex] if part == "PL1" else text[annex:]
    (row,) = (line for line in rows if line.startswith(f"{number}\t"))
    return row


def test_an_id_is_the_place_where_the_name_stands() -> None:
    """Each name is the plan's to the letter, there and nowhere else; tasks are whole cells."""
    assert len(INDICATORS) == 10
    for item in CRITERIA.indicators:
        assert item.name.vi in place(item.id), item.id
        if item.id.startswith("PL"):
            assert place(item.id).split("\t")[1] == item.name.vi, item.id


def test_groups_are_the_plans_headings() -> None:
    """Part III and both annexes, by the headings that stand there."""
    text = PLAN.read_text("utf-8")
    names = {group.id: group.name.vi for group in CRITERIA.groups}
    assert list(names) == list(PLACES)
    assert f"III. {names['III']}\n" in text
    assert f"PHỤ LỤC I\n{names['PL1']}\n" in text
    assert f"PHỤ LỤC II\n{names['PL2']}\n" in text
    for group in CRITERIA.groups:
        assert all(item.id.startswith(f"{group.id}.") for item in group.indicators)


def test_every_indicator_cites_its_place() -> None:
    """By part or annex and number, as a plan that was read; nothing is called law."""
    for item in CRITERIA.indicators:
        part, _, number = item.id.partition(".")
        (reference,) = item.references
        assert reference.citation.startswith(f"{CITED}{PLACES[part]}{number}")
        assert not reference.citation[len(f"{CITED}{PLACES[part]}{number}") :][:1].isdigit()
        assert (reference.kind, reference.confidence) == (Source.APPROVED_PLAN, Confidence.READ)
        for quoted in QUOTED.findall(reference.citation):
            assert quoted in place(item.id), item.id


def test_everything_quoted_stands_in_the_plan() -> None:
    """Thresholds and citations quote to the letter."""
    text = PLAN.read_text("utf-8")
    quotes = set(QUOTED.findall(" ".join(PROFILE.read_text("utf-8").split()))) - {"…"}
    assert len(quotes) > 10
    assert {words for words in quotes if words not in text} == OURS


def test_targets_and_days_are_the_plans() -> None:
    """What cites the plan is all that is asked for beyond the tool's own defaults."""
    used = {name: CRITERIA.parameters[name] for name in wanted.parameters(CRITERIA)}
    by_plan = {
        n: p.default
        for n, p in used.items()
        if p.source is Source.APPROVED_PLAN and CITED in p.citation
    }
    assert by_plan == {
        "portals_needed": 1,
        "portal_due_on": "2026-12-31",
        "exchanges_needed": 1,
        "exchange_due_on": "2026-12-31",
        "schemes_due_on": "2026-09-30",
        "plan_ends_on": "2030-12-31",
        "coverage_5g_target_pct": 100,
        "innovation_spaces_target": 5,
        "coworking_zones_target": 1,
        "online_procedures_target_pct": 100,
        "platform_users_target_pct": 40,
    }
    others = {name: used[name].source for name in used.keys() - by_plan.keys()}
    assert others == dict.fromkeys(
        (
            *("documents_needed", "entries_expected", "min_certificate_days"),
            *("min_contract_mbps", "min_speed_ratio", "min_speed_samples", "min_time_slots"),
        ),
        Source.TOOL_DEFAULT,
    )


def test_nothing_of_the_other_province_is_shown() -> None:
    """Whatever a report or `audit explain` says of these indicators names one province."""
    shown = [
        *(CRITERIA.title, CRITERIA.decision, CRITERIA.issuer, *CRITERIA.notes),
        *(text for i in CRITERIA.indicators for text in (i.name, i.threshold, i.caution, i.remedy)),
        *(text for item in CRITERIA.indicators for text in item.machine),
        *(CRITERIA.document_kinds[kind] for kind in wanted.document_kinds(CRITERIA)),
        *(CRITERIA.declared_values[name].name for name in wanted.declared_values(CRITERIA)),
        *(CRITERIA.parameters[name].meaning for name in wanted.parameters(CRITERIA)),
    ]
    cited = [CRITERIA.parameters[name].citation for name in wanted.parameters(CRITERIA)]
    words = " ".join([*cited, *(f"{text.vi} {text.en}" for text in shown if text)])
    assert "Lào Cai" in words
    assert "Lai Châu" not in words
    assert "Quyết định không quy định" not in words
    assert not set(INDICATORS) & {item.id for item in load("lai-chau-2026").profile.indicators}


def test_every_indicator_explains_itself_and_needs_more_than_a_word() -> None:
    """Threshold, caution and next step; a declaration alone decides nothing."""
    for item in CRITERIA.indicators:
        assert item.threshold is not None
        assert item.threshold.vi.startswith("Kế hoạch "), item.id
        assert item.caution is not None
        assert item.remedy is not None
        assert "audit run --profile lao-cai-2026 --site centre.yaml" in item.remedy.vi, item.id
        assert "audit run --profile lao-cai-2026 --site centre.yaml" in item.remedy.en, item.id
        basis = {check.id: check.basis for check in checks_of(CRITERIA, item)}
        firm = [c for c in item.requires if all(basis[n] is not Basis.DECLARED for n in c)]
        assert firm, item.id
        for clause in item.requires:
            assert set(clause) <= set(basis), item.id


def test_the_line_is_measured_as_in_the_base() -> None:
    """The same speed by the same rule, in every province."""
    base = next(i for i in load("lai-chau-2026").profile.indicators if i.id == "2.1")
    theirs = {check.id: check for check in base.checks}
    ours = INDICATORS["III.3"].checks
    assert [check.id for check in ours] == ["contract_speed", "measured_ratio"]
    assert all(check == theirs[check.id] for check in ours)


def test_the_file_is_nfc() -> None:
    """One spelling of Vietnamese, and lines that fit a screen."""
    text = PROFILE.read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert max(map(len, text.splitlines())) <= 112


def judged(indicator: Indicator, check: str, on: str, *rows: tuple[str, Row]) -> CheckFinding:
    """Answer one check by rows of probes, seen on a day at noon in Vietnam."""
    at = datetime.combine(date.fromisoformat(on), datetime.min.time(), UTC).replace(hour=5)
    probes = sorted({probe for probe, _ in rows})
    observed = [
        replace(seen(probe, "run", *(row for name, row in rows if name == probe)), started_at=at)
        for probe in probes
    ]
    question = next(item for item in checks_of(CRITERIA, indicator) if item.id == check)
    return check_finding(a_case(CRITERIA, *observed), indicator, question, Asked())


WEB = {
    "PL2.3": ("portal_reachable", "startup_portal_name"),
    "PL2.55": ("exchange_reachable", "exchange_name"),
}


@pytest.mark.parametrize("indicator", WEB)
@pytest.mark.parametrize(
    ("name", "is_reachable", "on", "expected"),
    [
        ("ours", True, "2026-05-01", Verdict.MET),
        ("ours", True, "2027-05-01", Verdict.MET),
        ("ours", False, "2026-11-29", Verdict.UNDETERMINED),
        ("ours", False, "2026-12-31", Verdict.UNDETERMINED),
        ("ours", False, "2027-01-01", Verdict.NOT_MET),
        ("ours", None, "2027-01-01", Verdict.UNDETERMINED),
        ("another platform", True, "2027-01-01", Verdict.UNDETERMINED),
    ],
)
def test_a_service_has_time_until_its_day(
    indicator: str,
    name: str,
    is_reachable: bool | None,  # noqa: FBT001 - a case
    on: str,
    expected: Verdict,
) -> None:
    """Reachable is met at once; silence fails after the day; another platform is not the portal."""
    check, value = WEB[indicator]
    service: Row = {"purpose": "shared_platform", "name": name, "is_reachable": is_reachable}
    named: Row = {"id": value, "text": "ours", "number": None}
    found = judged(
        INDICATORS[indicator], check, on, ("web_service", service), ("declared_values", named)
    )
    assert found.verdict is expected


def test_an_unnamed_service_proves_nothing() -> None:
    """Without the declared name nobody knows which service is the portal."""
    service: Row = {"purpose": "shared_platform", "name": "ours", "is_reachable": True}
    other: Row = {"id": "exchange_name", "text": "ours", "number": None}
    rows = (("web_service", service), ("declared_values", other))
    found = judged(INDICATORS["PL2.3"], "portal_reachable", "2027-01-01", *rows)
    assert found.verdict is Verdict.UNDETERMINED


FIGURES = {
    "PL1.3": ("declared_figure", "innovation_spaces", 5),
    "PL1.13": ("declared_figure", "coworking_zones", 1),
    "PL1.19": ("declared_figure", "online_procedures_pct", 100),
    "PL1.20": ("declared_figure", "platform_users_pct", 40),
    "PL2.17": ("coverage_5g", "coverage_5g_pct", 100),
}


@pytest.mark.parametrize("indicator", FIGURES)
@pytest.mark.parametrize(
    ("short", "on", "expected"),
    [
        (0, "2026-11-29", Verdict.MET),
        (1, "2026-11-29", Verdict.UNDETERMINED),
        (1, "2030-12-31", Verdict.UNDETERMINED),
        (1, "2031-01-01", Verdict.NOT_MET),
        (1, None, Verdict.UNDETERMINED),
    ],
)
def test_a_figure_below_its_target_fails_only_after_the_period(
    indicator: str, short: int, on: str | None, expected: Verdict
) -> None:
    """The day of the declaration counts, not the day on which somebody reads an old one."""
    check, value, target = FIGURES[indicator]
    row: Row = {"id": value, "number": target - short, "text": None, "declared_on": on}
    found = judged(INDICATORS[indicator], check, "2031-06-01", ("declared_values", row))
    assert found.verdict is expected


def test_every_paper_of_a_task_or_target_has_the_plans_day() -> None:
    """That there is none yet is no failure before it."""
    for item in CRITERIA.indicators:
        for need in item.documents:
            if item.id != "III.3":
                assert last_day(CRITERIA.parameters[need.due].default), (item.id, need.kind)
