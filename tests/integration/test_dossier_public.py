"""`audit dossier` on a public copy: its documents say what they are, and hold nothing hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import canaries
import dossiers
import pytest
from dossier_read import squeezed, text_of_docx
from planted import CANARIES, CENTRE

from auditor.canonical import sha256

if TYPE_CHECKING:
    from pathlib import Path

    from dossiers import Published

    from tests.integration.conftest import Program

COPY, FULL = "run.dossier.auditpack", "run.auditpack"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Pack the run full of canaries, and make its public copy."""
    return dossiers.published(tmp_path_factory.mktemp("public") / "run", bytes(range(32)))


def planted(folder: Path) -> set[str]:
    """Return the canaries in the files of a folder, in what is inside them, in any writing."""
    return {
        word
        for _name, content in canaries.of_folder(folder)
        for word, _form in canaries.found(content, CANARIES)
    }


def test_public_drafts_hold_nothing_hidden(audit: Program, made: Published) -> None:
    """Text of PDF, XML of DOCX and XLSX, metadata; drafts of the run itself hold canaries."""
    (audit.folder / COPY).write_bytes(made.copy)
    done = audit("dossier", COPY)
    assert done.code == 0, done.err
    folder = audit.folder / "run-ho-so-cong-khai"
    names = {file.name for file in folder.iterdir()}
    papers = ("bao-cao-ket-qua-ra-soat", "bien-ban-kiem-tra", "noi-dung-muc-4-5")
    assert names == {
        "bang-chi-so-cong-khai.xlsx",
        *(f"{paper}-cong-khai.{kind}" for paper in papers for kind in ("pdf", "docx")),
    }
    assert planted(folder) == set()
    review = text_of_docx((folder / f"{papers[0]}-cong-khai.docx").read_bytes())
    for told in ("BẢN CÔNG KHAI", "trường đã được ẩn", CENTRE, "không nêu trong bản công khai"):
        assert squeezed(told) in review
    assert "[ẩn]…" not in review, "a hidden digest has no beginning"
    read = dict(canaries.of_folder(folder))
    report = read[f"{papers[0]}-cong-khai.pdf (text)"]
    for digest in (made.files["record.json"], made.copy):
        assert sha256(digest) in squeezed(report.decode())
    again = audit("dossier", COPY, "--out", "again")
    assert again.code == 0, again.err
    for file in folder.iterdir():
        assert file.read_bytes() == (audit.folder / "again" / file.name).read_bytes()
    assert audit("dossier", made.run, "--out", "full").code == 0
    assert len(planted(audit.folder / "full")) > 3, "the search finds what is there"


def test_a_full_pack_makes_no_public_drafts(audit: Program, made: Published) -> None:
    """Nor does what is damaged; each is one line and exit 2, and nothing is written."""
    (audit.folder / FULL).write_bytes(made.full)
    (audit.folder / COPY).write_bytes(made.copy[:-1] + b"x")
    for file, words in ((FULL, "a full pack"), (COPY, COPY)):
        done = audit("dossier", file, "--lang", "en")
        assert done.code == 2
        assert words in done.err
        assert "Traceback" not in done.err
    assert {file.name for file in audit.folder.iterdir()} == {FULL, COPY}
