"""`audit report` for other programs: folders, signatures, and what is refused, as typed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Done, Program

PASSPHRASE = "mười hai con giáp"  # noqa: S105 - of a key that lives for a test


@pytest.fixture
def placed(audit: Program, small_run: Path) -> Program:
    """Return the program in a folder with a finished run."""
    shutil.copytree(small_run, audit.folder / "run")
    return audit


def refused(done: Done, *words: str) -> None:
    """Assert that the command was refused as usage, in words and without a traceback."""
    assert done.code == 2, done
    assert "Traceback" not in done.err
    assert all(word in done.err for word in words), done.err


def test_oscal_lands_in_the_run_folder(placed: Program) -> None:
    """Links of the documents lead to files of the run; a second export changes nothing."""
    done = placed("report", "run", "--format", "oscal", "--lang", "en")
    assert done.code == 0, done.err
    folder = placed.folder / "run" / "oscal"
    assert sorted(file.name for file in folder.iterdir()) == ["ap.json", "ar.json"]
    results = json.loads((folder / "ar.json").read_text("utf-8"))["assessment-results"]
    links = [link for part in results["back-matter"]["resources"] for link in part["rlinks"]]
    assert links
    assert all((folder / link["href"]).is_file() for link in links)
    before = {file: file.read_bytes() for file in folder.iterdir()}
    assert placed("report", "run", "--format", "oscal", "--lang", "en").code == 0
    assert {file: file.read_bytes() for file in folder.iterdir()} == before
    packed = placed("keygen", "--no-passphrase"), placed("pack", "run", "--key", "audit-key.pem")
    assert [part.code for part in packed] == [0, 0]


def test_oscal_is_signed_with_the_key_of_packs(placed: Program) -> None:
    """The passphrase comes from the environment; each document and the whole are signed."""
    secret = {"AUDIT_KEY_PASSPHRASE": PASSPHRASE}
    assert placed("keygen", "--out", "key.pem", **secret).code == 0
    signed = ("report", "run", "--format", "oscal", "--key", "key.pem")
    done = placed(*signed, "--out", "oscal", **secret)
    assert done.code == 0, done.err
    assert "sha256:" in done.out
    names = {file.name for file in (placed.folder / "oscal").iterdir()}
    envelopes = {"ap.dsse.json", "ar.dsse.json", "manifest.dsse.json"}
    assert names == {"ap.json", "ar.json", "manifest.json", *envelopes}
    refused(placed(*signed, "--out", "other", "--lang", "en"), "no terminal")
    assert not (placed.folder / "other").exists()


def test_nothing_is_overwritten(placed: Program) -> None:
    """A folder with another run's documents is left as it was, to the last file."""
    folder = placed.folder / "oscal"
    folder.mkdir()
    (folder / "ar.json").write_text("{}", "utf-8")
    refused(placed("report", "run", "--format", "oscal", "--out", "oscal", "--lang", "en"),
            "ar.json", "holds something else")  # fmt: skip
    assert [file.name for file in folder.iterdir()] == ["ar.json"]
    refused(placed("report", "run", "--format", "ciso", "--out", "run/record.json"), "record.json")


def test_options_that_do_not_fit_are_refused(placed: Program) -> None:
    """A signature or a mark that the format cannot carry is not silently left out."""
    refused(placed("report", "run", "--format", "csv", "--key", "key.pem", "--lang", "en"), "oscal")
    refused(placed("report", "run", "--format", "junit", "--bom", "--lang", "en"), "csv")


def test_tables_for_other_programs_go_where_they_are_sent(placed: Program) -> None:
    """To standard output, or to a file; for CISO Assistant two files."""
    assert placed("report", "run", "--format", "csv").out.startswith("run_id,")
    assert placed("report", "run", "--format", "csv", "--bom", "--out", "table.csv").code == 0
    assert (placed.folder / "table.csv").read_bytes().startswith(b"\xef\xbb\xbfrun_id")
    assert "<testsuites" in placed("report", "run", "--format", "junit").out
    assert placed("report", "run", "--format", "ciso").code == 0
    names = sorted(file.name for file in (placed.folder / "run" / "ciso").iterdir())
    assert names == ["audit.xlsx", "library.yaml"]
