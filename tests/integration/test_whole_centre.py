"""The audit of a whole centre with papers, figures and one stated absence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.conftest import Program, Run

PER_SYSTEM = ("2.12", "2.13", "2.14", "2.15")
FAVOURABLE = {"met", "not_applicable"}


def by_indicator(run: Run) -> dict[str, dict[str, Any]]:
    """Return the findings by indicator."""
    return {item["indicator"]: item for item in run.record["findings"]}


def test_one_thing_missing_decides(centre_run: Run) -> None:
    """A stated absence is `not met`, so the whole is exit 10; papers alone bring some to `met`."""
    assert centre_run.done.code == 10, centre_run.done.err
    verdicts = [item["verdict"] for item in centre_run.record["findings"]]
    assert len(verdicts) == 34
    assert "not_met" in verdicts
    assert verdicts.count("met") >= 3


def test_the_stated_absence_is_the_reason(centre_run: Run, centre: Path) -> None:
    """What is not met rests on the absent kind of document, and says so."""
    site = yaml.safe_load(centre.read_text("utf-8"))
    absent = {paper["kind"] for paper in site["documents"] if paper.get("exists") is False}
    assert len(absent) == 1
    failing = {
        check["check"]
        for finding in centre_run.record["findings"]
        for check in finding["checks"]
        if check["verdict"] == "not_met" and check["basis"] == "document" and check["decides"]
    }
    assert failing == absent
    for finding in centre_run.record["findings"]:
        if finding["verdict"] == "not_met":
            deciding = {
                check["check"]
                for check in finding["checks"]
                if check["decides"] and check["verdict"] == "not_met"
            }
            assert deciding or any(
                part["verdict"] == "not_met" for part in parts_of(centre_run, finding)
            )


def parts_of(run: Run, finding: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the findings of an indicator's parts, such as 2.4a of 2.4."""
    name = finding["indicator"]
    return [
        item
        for item in run.record["findings"]
        if item["indicator"] != name and item["indicator"].rstrip("abcd") == name
    ]


def test_what_is_met_has_evidence_behind_it(centre_run: Run) -> None:
    """Each deciding check that is met names observations that were measured and have rows."""
    seen = {item["key"]: item for item in centre_run.record["observations"]}
    met = [item for item in centre_run.record["findings"] if item["verdict"] == "met"]
    for finding in met:
        deciding = [
            check for check in finding["checks"] if check["decides"] and check["verdict"] == "met"
        ]
        parts = parts_of(centre_run, finding)
        assert deciding or all(part["verdict"] in FAVOURABLE for part in parts)
        assert deciding or parts
        for check in deciding:
            assert check["observations"]
            for key in check["observations"]:
                assert seen[key]["measured"] is not None
                assert seen[key]["measured"]["rows"]


def test_documents_are_kept_by_digest_only(centre_run: Run, centre: Path) -> None:
    """The bytes of a document are never copied into the run folder; their digests are."""
    contents = {path.read_bytes() for path in (centre.parent / "van-ban").iterdir()}
    kept = {path.read_bytes() for path in centre_run.folder.rglob("*") if path.is_file()}
    assert contents
    assert not contents & kept
    (papers,) = (
        item for item in centre_run.record["observations"] if item["key"] == "documents@site"
    )
    present = [row for row in papers["measured"]["rows"] if row["is_present"]]
    assert len(present) == len(contents)
    assert len(papers["captures"]) == len(contents)


def test_systems_are_judged_one_by_one(centre_run: Run, centre: Path) -> None:
    """2.12-2.15 have one finding for each declared information system, and the lowest wins."""
    site = yaml.safe_load(centre.read_text("utf-8"))
    declared = [system["id"] for system in site["information_systems"]]
    findings = by_indicator(centre_run)
    order = ["not_met", "undetermined", "met"]
    for name in PER_SYSTEM:
        systems = findings[name]["systems"]
        assert sorted(item["system"] for item in systems) == sorted(declared)
        assert all(item["reason"] for item in systems)
        lowest = min((item["verdict"] for item in systems), key=order.index)
        assert findings[name]["verdict"] == lowest
    others = set(findings) - set(PER_SYSTEM)
    assert not any(findings[name]["systems"] for name in others)


def test_the_run_is_whole(centre_run: Run, intact: Callable[[Path], bool]) -> None:
    """The sums hold, and groups count what their findings say."""
    assert intact(centre_run.folder)
    record = centre_run.record
    counted: dict[str, int] = {}
    for group in record["groups"]:
        for verdict, number in group["counts"].items():
            counted[verdict] = counted.get(verdict, 0) + number
    assert sum(counted.values()) == 30
    assert counted["not_met"] >= 1


def test_a_changed_document_loses_its_confirmation(
    audit: Program, small: Path, tmp_path: Path
) -> None:
    """A confirmation holds for the bytes it was given for; a changed file is undetermined."""
    paper = tmp_path / "plan.pdf"
    paper.write_bytes(b"%PDF-1.7 as signed")
    text = small.read_text("utf-8").partition("      - id: ")[0]
    needed = (
        "  documents_needed: {default: 1, meaning: {vi: Số, en: Number}, source: tool_default}\n"
    )
    text = text.replace("document_kinds:\n", needed + "document_kinds:\n")
    text += (
        '      - {id: "2", name: {vi: Kế hoạch, en: Plan}, documents: [{kind: plan}],'
        " requires: [[plan]]}\n"
    )
    small.write_text(text, "utf-8")
    site = tmp_path / "centre.yaml"
    lines = (
        "schema: urn:audit:site:v1\ncentre: {id: centre, name: Trung tâm}\ndocuments:\n"
        "  - kind: plan\n    file: plan.pdf\n    confirmation: {by: A, position: B, on: 2026-11-01,"
        " statement: C, sha256: DIGEST}\n"
    )
    site.write_text(lines.replace("DIGEST", "''"), "utf-8")
    told = audit("run", "--site", site, "--profile", small, "--lang", "en")
    digest = told.err.strip().rpartition("sha256: ")[2]
    site.write_text(lines.replace("DIGEST", f'"{digest}"'), "utf-8")
    assert audit("run", "--site", site, "--profile", small, "--quiet", "--out", "a").code == 0
    paper.write_bytes(b"%PDF-1.7 as changed")
    assert audit("run", "--site", site, "--profile", small, "--quiet", "--out", "b").code == 11
