"""`audit attest` from the command line to the report: counting, ending, changed files, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Done, Program

Attest = Callable[..., "Done"]
TODAY = datetime.now(UTC).date()
SITE = """schema: urn:audit:site:v1
centre: {id: centre, name: Trung tâm}
timezone: UTC
documents: # stays as it is
  - {kind: plan, file: plan.pdf}
"""
NEEDED = """  documents_needed: {default: 1, meaning: {vi: Số, en: Number}, source: tool_default}
inventory: [declarations, document_content]
document_kinds:
  other: {vi: Khác, en: Other}
"""
INDICATORS = """\
      - {id: "2", name: {vi: Kế hoạch, en: Plan},
         documents: [{kind: plan}], requires: [[plan]]}
      - {id: "3", optional: true, name: {vi: Mục (nếu có), en: Any},
         documents: [{kind: other}], requires: [[other]]}
"""
WORD = ("--statement", "Đúng bản đã ban hành: “A”", "--by", "Lò Thị Mẫu", "--position", "Giám đốc")
UNTIL = ("--until", (TODAY + timedelta(days=9)).isoformat())


@pytest.fixture
def centre(small: Path, tmp_path: Path) -> Path:
    """Write a site with a document that nobody confirmed, and a profile that asks for it."""
    head = small.read_text("utf-8").partition("      - id: ")[0]
    small.write_text(head.replace("document_kinds:\n", NEEDED) + INDICATORS, "utf-8")
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7 as issued")
    (tmp_path / "letter.pdf").write_bytes(b"signed")
    site = tmp_path / "centre.yaml"
    site.write_text(SITE, "utf-8")
    return site


@pytest.fixture
def attest(audit: Program, centre: Path, small: Path) -> Attest:
    """Attest for that site."""

    def call(subject: str, file: str, *words: str) -> Done:
        options = ("--site", centre, "--profile", small, "--file", centre.parent / file)
        return audit("attest", subject, *options, *words, "--lang", "en")

    return call


def verdicts(audit: Program, centre: Path, small: Path, out: str) -> tuple[list[str], str]:
    """Run, and return the verdicts and the report as plain text."""
    done = audit("run", "--site", centre, "--profile", small, "--out", out, "--lang", "en")
    record = json.loads((centre.parent / out / "record.json").read_text("utf-8"))
    return [finding["verdict"] for finding in record["findings"]], " ".join(done.out.split())


def confirmed(centre: Path, out: str) -> dict[str, object]:
    """Return by probe what a run says of the plan's confirmation."""
    record = json.loads((centre.parent / out / "record.json").read_text("utf-8"))
    return {
        item["measurement"]["probe"]: row["is_confirmed"]
        for item in record["observations"]
        for row in (item["measured"] or {}).get("rows", ())
        if row.get("file") == "plan.pdf"
    }


def test_a_word_counts_until_its_day_and_for_its_bytes(
    audit: Program, attest: Attest, centre: Path, small: Path
) -> None:
    """Met and not applicable by two words; then one ends and the other's file changes."""
    done = attest("2", "plan.pdf", *WORD, *UNTIL)
    assert done.code == 0
    assert "Subject: 2\nFile: plan.pdf\nSHA-256 of the file: " in done.out
    assert "Stated by: Lò Thị Mẫu\nPosition: Giám đốc\n" in done.out
    done = attest("3", "letter.pdf", *WORD, *UNTIL, "--not-applicable", "--format", "json")
    assert done.json["entry"]["sha256"] == sha256(b"signed").hexdigest()
    assert centre.read_text("utf-8") == SITE
    ledger = centre.parent / "attestations.yaml"
    text = ledger.read_text("utf-8")
    assert [word["subject"] for word in yaml.safe_load(text)["attestations"]] == ["2", "3"]
    found, report = verdicts(audit, centre, small, "a")
    assert found == ["met", "not_applicable"]
    assert confirmed(centre, "a") == {"documents": True, "document_content": True}
    assert report.count("Lò Thị Mẫu (Giám đốc)") == 2

    past = TODAY - timedelta(days=3)
    first = yaml.safe_load(text)["attestations"][0]
    recorded = str(first["on"])  # after midnight it is no longer TODAY
    text = text.replace(UNTIL[1], f"{past}", 1).replace(recorded, f"{past}", 1)
    ledger.write_text(text, "utf-8")
    (centre.parent / "letter.pdf").write_bytes(b"signed!")
    found, report = verdicts(audit, centre, small, "b")
    assert found == ["undetermined", "undetermined"]
    assert confirmed(centre, "b") == {"documents": False, "document_content": False}
    assert f"confirmation that ENDED on {past:%d/%m/%Y}" in report
    assert "declaration that counts NO MORE, because the file was changed: Lò Thị Mẫu" in report
    ended = f"what Lò Thị Mẫu, {past:%d/%m/%Y} confirmed ended on {past:%d/%m/%Y}"
    assert ended in (centre.parent / "b" / "report.html").read_text("utf-8")


REFUSED: dict[str, tuple[str, ...]] = {
    "none.pdf: no such file": ("2", "none.pdf", *WORD, *UNTIL),
    "not among the documents": ("2", "letter.pdf", *WORD, *UNTIL),
    "3 does not rest on this document": ("3", "plan.pdf", *WORD, *UNTIL),
    "2 cannot be declared": ("2", "letter.pdf", *WORD, *UNTIL, "--not-applicable"),
    "is over already": ("2", "plan.pdf", *WORD, "--until", "2026-01-01"),
    "by: empty": ("2", "plan.pdf", *WORD, "--by", " ", *UNTIL),
    "--until": ("2", "plan.pdf", *WORD),
}


@pytest.mark.parametrize("told", REFUSED)
def test_refused_words_are_not_written(attest: Attest, centre: Path, told: str) -> None:
    """Each refusal names its reason, exit 2, and leaves no ledger."""
    done = attest(*REFUSED[told])
    assert done.code == 2
    assert told in done.err
    assert not (centre.parent / "attestations.yaml").exists()


DAMAGED = ("attestations: [", "documents: []\n", "attestations:\n  - {subject: x}\n")


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_ledger_stops_the_run_first(
    audit: Program, centre: Path, small: Path, text: str
) -> None:
    """Nothing is measured; the line is named."""
    (centre.parent / "attestations.yaml").write_text(text, "utf-8")
    done = audit("run", "--site", centre, "--profile", small, "--out", "x")
    assert done.code == 2
    assert "attestations.yaml:" in done.err
    assert not (centre.parent / "x").exists()
