"""`audit documents` and `audit explain document` on a folder of real files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import centre_papers
import pytest
from signing import Authority, paper, signed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a plan that lacks evidence, a draft decision and a broken file."""
    made = tmp_path / "van-ban"
    made.mkdir()
    centre_papers.write(made / "pa.docx", centre_papers.plan("evidence"))
    title = "Quyết định phê duyệt cấp độ hệ thống thông tin"
    lines = centre_papers.lines_of("level_approval_decision", title, in_order=False)
    centre_papers.write(made / "qd [red].docx", lines)
    (made / "hong.pdf").write_bytes(b"%PDF-1.7 broken")
    return made


def test_a_folder_is_read_without_a_site_file(audit: Program, folder: Path) -> None:
    """Kinds are proposed, faults are told, and each indicator says which kinds it lacks."""
    told = audit("documents", folder, "--format", "json").json
    by_file = {item["file"]: item for item in told["documents"]}
    assert by_file["pa.docx"]["kind"] == "incident_response_plan"
    assert by_file["qd [red].docx"]["is_draft"] is True
    assert by_file["hong.pdf"]["faults"] == ["broken"]
    assert by_file["hong.pdf"]["signature"] == "not_verified"
    assert by_file["pa.docx"]["signature"] == "none"
    needs = {(item["indicator"], item["kind"]): item for item in told["needs"]}
    assert needs["2.15", "incident_response_plan"]["found"] == ["pa.docx"]
    assert needs["2.15", "incident_response_plan"]["confirmed"] == []
    assert needs["2.15", "incident_contact_list"]["found"] == []
    shown = audit("documents", folder, "--lang", "en")
    assert (shown.code, shown.err) == (0, "")
    assert "pa.docx: not found: Evidence" in shown.out
    assert "qd [red].docx: a draft, or unnumbered (page 1)" in shown.out
    assert "2.15: Incident contact list (incident_contact_list)" in shown.out


def test_signatures_stand_in_the_table(audit: Program, tmp_path: Path) -> None:
    """Unsigned, intact, trusted by the site's folder, altered after signing."""
    authority, folder = Authority(), tmp_path / "van-ban"
    genuine = signed(paper(), authority.signer())
    for name in ("van-ban", "tin-cay"):
        (tmp_path / name).mkdir()
    (tmp_path / "tin-cay" / "ca.pem").write_bytes(authority.pem)
    for name, content in (
        ("a.pdf", paper()),
        ("b.pdf", genuine),
        ("c.pdf", genuine[:300] + b"\xff" + genuine[301:]),
    ):
        (folder / name).write_bytes(content)
    site = tmp_path / "centre.yaml"
    site.write_text("schema: urn:audit:site:v1\ncentre: {id: a, name: A}\ntrust_folder: tin-cay\n")
    shown = audit("documents", folder, "--lang", "en")
    assert "chain not" in shown.out
    assert "NOT valid" in shown.out
    told = audit("documents", folder, "--site", site, "--format", "json").json
    states = [item["signature"] for item in told["documents"]]
    assert states == ["none", "trusted", "broken"]


def test_a_document_is_explained(audit: Program, folder: Path) -> None:
    """Every field with its page and words, and all 17 contents."""
    shown = audit("explain", "document", folder / "pa.docx", "--lang", "en")
    assert (shown.code, shown.err) == (0, "")
    assert "number: page 1: “Số: 15/PA-TTĐMST”" in shown.out
    assert " 7. Evidence: NOT FOUND" in shown.out
    assert "17. Legal form: number, date, type, signer: there" in shown.out
    refused = audit("explain", "document", folder / "none.pdf", "--lang", "en")
    assert refused.code == 2
    assert "none.pdf" in refused.err
