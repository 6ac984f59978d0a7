"""`audit dossier` as a person types it."""

from __future__ import annotations

import hashlib
import stat
from typing import TYPE_CHECKING

import docx
import pytest

from auditor.pack import keys, packing

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Done, Program

STEMS = (
    *("bao-cao-ket-qua-ra-soat", "bien-ban-kiem-tra", "noi-dung-muc-4-5"),
    "phu-luc-ky-thuat-han-che",
)
NAMES = {"bang-chi-so.xlsx", *(f"{stem}.{form}" for stem in STEMS for form in ("pdf", "docx"))}


@pytest.fixture(scope="module")
def pack(small_run: Path) -> bytes:
    """Return a pack of the small run."""
    return packing.pack(small_run, keys.generate(keys.Kind.ED25519))


def footer(folder: Path) -> str:
    """Return what stands at the foot of the pages of the report."""
    section = docx.Document(str(folder / "bao-cao-ket-qua-ra-soat.docx")).sections[0]
    return "\n".join(paragraph.text for paragraph in section.footer.paragraphs)


def refused(done: Done, *words: str) -> None:
    """Assert that a command ended with one line that says so, and no traceback."""
    assert done.code == 2, done
    assert len(done.err.splitlines()) == 1, done.err
    assert all(word in done.err for word in words), done.err


def test_the_files_are_written_named_and_never_overwritten(audit: Program, small_run: Path) -> None:
    """Private, complete, the same again; an edited one stops the command before it writes."""
    done = audit("dossier", small_run, "--out", "ho-so")
    assert done.code == 0, done.err
    folder = audit.folder / "ho-so"
    assert {path.name for path in folder.iterdir()} == NAMES
    assert {line.rpartition("/")[2] for line in done.out.splitlines()[:-1]} == NAMES
    assert "dự thảo" in done.out.splitlines()[-1]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    digest = hashlib.sha256((small_run / "record.json").read_bytes()).hexdigest()
    assert digest in footer(folder)
    assert audit("dossier", small_run, "--out", "ho-so").code == 0
    edited = folder / "bien-ban-kiem-tra.docx"
    edited.write_bytes(b"mine")
    (folder / "bang-chi-so.xlsx").unlink()
    refused(audit("dossier", small_run, "--out", "ho-so", "--lang", "en"), "bien-ban", "something")
    assert edited.read_bytes() == b"mine"
    assert not (folder / "bang-chi-so.xlsx").exists()


def test_the_packs_digest_is_told_if_it_is_of_this_run(
    audit: Program, small_run: Path, pack: bytes
) -> None:
    """Whole packs of this run only."""
    (audit.folder / "a.auditpack").write_bytes(pack)
    done = audit("dossier", small_run, "--out", "ho-so", "--pack", "a.auditpack")
    assert done.code == 0, done.err
    assert hashlib.sha256(pack).hexdigest() in footer(audit.folder / "ho-so")
    (audit.folder / "b.auditpack").write_bytes(pack[:-1] + b"x")
    broken = audit("dossier", small_run, "--out", "khac", "--pack", "b.auditpack", "--lang", "en")
    assert broken.code == 2
    assert "b.auditpack" in broken.err
    assert not (audit.folder / "khac").exists()


def test_a_pack_of_another_run_is_refused(audit: Program, small_run: Path, pack: bytes) -> None:
    """Its digest would vouch for what it does not hold."""
    (audit.folder / "small.yaml").write_bytes((small_run.parent / "small.yaml").read_bytes())
    assert audit("run", "--profile", "small.yaml", "--out", "other").code == 0
    (audit.folder / "a.auditpack").write_bytes(pack)
    refused(audit("dossier", "other", "--pack", "a.auditpack", "--lang", "en"), "another run")


def test_what_is_no_run_is_refused(audit: Program) -> None:
    """One line, no traceback."""
    (audit.folder / "empty").mkdir()
    refused(audit("dossier", "empty", "--lang", "en"), "record.json")
