"""The profile of Lai Châu says what the decision says, and cites only what was read."""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from auditor.catalogue import probes
from auditor.checks import DOCUMENT_PARAMETER, checks_of
from auditor.model import Basis, Confidence, Indicator, Per, Profile, Source
from auditor.profile import load

ROOT = Path(__file__).parents[2]
DECISION = ROOT / "tests/captures/decision/lai-chau-criteria-2026.txt"
PROFILE = ROOT / "profiles/lai-chau-2026.yaml"

MARKS = "¹²³⁴⁵⁶"
GROUP = re.compile(r"(\d)\. (Bộ chỉ số .+)")
ITEM = re.compile(rf"(\d+)\.\t(.+?)(?: ([{MARKS}]))?")
PART = re.compile(r"([a-d])\t(.+)")
FOOTNOTE = re.compile(rf"([{MARKS}]) (.+)")

SOFTWARE_ONLY = "2.14"
"""Its "(nếu có)" stands behind the anti-malware software; the monitoring is always judged."""

READ_LAWS = {
    "Luật An ninh mạng 116/2025/QH15": Confidence.READ,
    "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15": Confidence.READ,
    "Luật Khoa học, công nghệ và đổi mới sáng tạo 93/2025/QH15": Confidence.SECONDARY,
    "Nghị định 268/2025/NĐ-CP": Confidence.READ,
    "Nghị định 278/2025/NĐ-CP": Confidence.SECONDARY,
    "Nghị định 331/2026/NĐ-CP": Confidence.READ,
    "Nghị định 333/2026/NĐ-CP": Confidence.READ,
    "Thông tư 22/2025/TT-BKHCN": Confidence.SECONDARY,
}
"""Laws whose wording was read (V) or reported (V2), by the domain research of 21 November 2026."""

NEVER_CITED = ("QCVN", "0,8", "0.8", "05/2017", "923", "08/2013", "68/2024", "33/CĐ-TTg")
"""Texts and numbers known from memory only, or not at all."""


@dataclass
class Annex:
    """What the decision's annex lists, keyed by our ids."""

    groups: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    mark_of: dict[str, str] = field(default_factory=dict)
    footnotes: dict[str, str] = field(default_factory=dict)


def read_annex() -> Annex:
    """Parse the annex; any line that looks like none of its kinds is passed over."""
    annex = Annex()
    text = DECISION.read_text("utf-8")
    group, item = "", ""
    for line in text[text.index("PHỤ LỤC\n") :].splitlines():
        if found := GROUP.fullmatch(line):
            group = found[1]
            annex.groups[group] = found[2]
        elif found := ITEM.fullmatch(line):
            item = f"{group}.{found[1]}"
            annex.names[item] = found[2]
            if found[3]:
                annex.mark_of[item] = found[3]
        elif found := PART.fullmatch(line):
            annex.names[f"{item}{found[1]}"] = found[2]
        elif found := FOOTNOTE.fullmatch(line):
            annex.footnotes[found[1]] = found[2]
    return annex


@pytest.fixture(scope="module")
def annex() -> Annex:
    """Return the decision's own words."""
    return read_annex()


@pytest.fixture(scope="module")
def profile() -> Profile:
    """Return the profile as the tool loads it."""
    return load("lai-chau-2026").profile


def by_id(profile: Profile, name: str) -> Indicator:
    """Return one indicator."""
    return next(item for item in profile.indicators if item.id == name)


def test_the_parser_finds_the_whole_annex(annex: Annex) -> None:
    """Three groups, 30 indicators, four parts, six footnotes: the comparison is not empty."""
    assert list(annex.groups) == ["1", "2", "3"]
    assert len(annex.names) == 30 + 4
    assert list(annex.mark_of.values()) == list(annex.footnotes) == list(MARKS)


def test_groups_and_names_are_the_decisions_to_the_letter(profile: Profile, annex: Annex) -> None:
    """Names and their order are the decision's."""
    assert {group.id: group.name.vi for group in profile.groups} == annex.groups
    named = [(item.id, item.name.vi) for item in profile.indicators]
    assert named == list(annex.names.items())


def test_indicators_stand_in_their_group(profile: Profile) -> None:
    """An id starts with its group."""
    for group in profile.groups:
        assert all(item.id.startswith(f"{group.id}.") for item in group.indicators)


def test_footnotes_are_the_decisions_to_the_letter(profile: Profile, annex: Annex) -> None:
    """Each footnote stands with the indicator that bears its mark."""
    ours = {item.id: item.footnote.vi for item in profile.indicators if item.footnote}
    theirs = {name: annex.footnotes[mark] for name, mark in annex.mark_of.items()}
    assert ours == theirs


def test_parts_belong_to_2_4_which_decides_nothing_itself(profile: Profile) -> None:
    """2.4 is judged by its four databases."""
    parts = {item.id: item.part_of for item in profile.indicators if item.part_of}
    assert parts == dict.fromkeys(("2.4a", "2.4b", "2.4c", "2.4d"), "2.4")
    whole = by_id(profile, "2.4")
    assert not whole.checks
    assert not whole.requires
    assert not whole.documents


def test_optional_is_what_the_decision_marks(profile: Profile) -> None:
    """Optional is what is marked so, but for the one case where the mark qualifies less."""
    marked = {
        item.id
        for item in profile.indicators
        if "(nếu có)" in item.name.vi or "(nếu cần)" in item.name.vi
    }
    assert {item.id for item in profile.indicators if item.optional} == marked - {SOFTWARE_ONLY}
    optional_checks = {
        (item.id, check.id)
        for item in profile.indicators
        for check in item.checks
        if check.optional
    }
    assert optional_checks == {(SOFTWARE_ONLY, "central_antimalware")}


def test_security_is_judged_for_each_system(profile: Profile) -> None:
    """2.12 to 2.15 have information systems as their subject, and 2.13 rests on 2.12."""
    per_system = [item.id for item in profile.indicators if item.per is Per.INFORMATION_SYSTEM]
    assert per_system == ["2.12", "2.13", "2.14", "2.15"]
    assert set(by_id(profile, "2.12").requires) <= set(by_id(profile, "2.13").requires)


def test_every_indicator_explains_itself(profile: Profile) -> None:
    """No line leaves its reader without threshold, caution, source and next step."""
    for item in profile.indicators:
        assert item.threshold is not None, item.id
        assert item.threshold.vi.startswith("Quyết định không quy định ngưỡng"), item.id
        assert item.remedy is not None, item.id
        assert "audit run --site centre.yaml" in item.remedy.vi, item.id
        assert "audit run --site centre.yaml" in item.remedy.en, item.id
        assert item.caution is not None, item.id
        assert item.references, item.id
        assert item.requires or item.id == "2.4", item.id


def test_remedies_name_the_documents_that_decide(profile: Profile) -> None:
    """A clerk can read off which document satisfies each clause."""
    for item in profile.indicators:
        kinds = {need.kind for need in item.documents}
        assert item.remedy is not None
        for clause in item.requires:
            wanted = kinds.intersection(clause)
            # What 2.12 explains is not repeated under 2.13.
            if wanted and not (item.id == "2.13" and clause in by_id(profile, "2.12").requires):
                assert any(kind in item.remedy.vi for kind in wanted), (item.id, clause)


def test_what_is_required_exists(profile: Profile) -> None:
    """Each clause names checks or documents of its indicator."""
    for item in profile.indicators:
        known = {check.id for check in checks_of(profile, item)}
        for clause in item.requires:
            assert set(clause) <= known, item.id


def test_no_indicator_is_met_by_declaration_alone(profile: Profile) -> None:
    """Some clause of each indicator needs a measurement or a document."""
    for item in profile.indicators:
        basis = {check.id: check.basis for check in checks_of(profile, item)}
        firm = [
            clause
            for clause in item.requires
            if all(basis[name] is not Basis.DECLARED for name in clause)
        ]
        assert firm or item.id == "2.4", item.id


def test_every_probe_exists(profile: Profile) -> None:
    """No check and no inventory waits for a probe that is not there."""
    reads = {
        read.probe
        for item in profile.indicators
        for check in item.checks
        for read in check.reads.values()
    }
    assert reads <= set(probes())
    assert set(profile.inventory) <= set(probes())


def test_existing_probes_are_read_by_columns_they_have(profile: Profile) -> None:
    """A misspelt column would leave a check undetermined for ever."""
    for check in (check for item in profile.indicators for check in item.checks):
        sources = check.reads.values()
        for read in sources:
            assert set(re.findall(r"\brow\.(\w+)", read.where)) <= columns_of(read.probe), check.id
        # In `value`, one letter stands for a row, and an index picks one.
        used = set(re.findall(r"(?:\b[a-z]|\[0\])\.([a-z_0-9]+)", check.value))
        assert used <= set().union(*(columns_of(read.probe) for read in sources)), check.id


def columns_of(probe: str) -> set[str]:
    """Return what a row of an existing probe holds."""
    return {column.name for column in probes()[probe].columns} | {"target"}


def test_nothing_uncertain_is_cited(profile: Profile) -> None:
    """Nothing from memory or unread is cited anywhere."""
    cited = [(item.citation, item.confidence) for item in profile.parameters.values()]
    cited += [(ref.citation, ref.confidence) for i in profile.indicators for ref in i.references]
    for citation, confidence in cited:
        assert confidence in {None, Confidence.READ, Confidence.SECONDARY}, citation
        assert not [word for word in NEVER_CITED if word in citation], citation


def test_only_read_laws_are_law(profile: Profile) -> None:
    """What is called law is a law of the list, with the confidence of its reading."""
    laws = [
        (item.citation, item.confidence)
        for item in profile.parameters.values()
        if item.source is Source.LAW
    ]
    laws += [
        (ref.citation, ref.confidence)
        for item in profile.indicators
        for ref in item.references
        if ref.kind is Source.LAW
    ]
    assert laws
    for citation, confidence in laws:
        expected = [READ_LAWS[law] for law in READ_LAWS if citation.startswith(law)]
        assert expected == [confidence], citation


def test_thresholds_name_their_source(profile: Profile) -> None:
    """The tool's own numbers cite nothing; all others cite and say how sure."""
    assert profile.parameters[DOCUMENT_PARAMETER].default == 1
    for name, parameter in profile.parameters.items():
        ours = parameter.source is Source.TOOL_DEFAULT
        assert ours is (parameter.citation == ""), name
        assert ours is (parameter.confidence is None), name


def test_nothing_defined_is_left_unused(profile: Profile) -> None:
    """Every parameter, kind of document and declared value serves an indicator."""
    items = profile.indicators
    assert set(profile.document_kinds) == {need.kind for i in items for need in i.documents}
    assert set(profile.declared_values) == {name for i in items for name in i.declared}
    expected = {name for i in items for check in i.checks for name in check.expect.values()}
    in_values = set(re.findall(r"params\.(\w+)", PROFILE.read_text("utf-8")))
    repeated = [probe.repeats for probe in probes().values() if probe.repeats]
    sampled = {profile.sample_window, *(name for r in repeated for name in (r.needed, r.slots))}
    assert set(profile.parameters) == expected | in_values | sampled | {DOCUMENT_PARAMETER}


def test_the_file_is_nfc() -> None:
    """One spelling of Vietnamese, and lines that fit a screen."""
    text = PROFILE.read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert max(map(len, text.splitlines())) <= 112
