"""`audit run` writes only into folders that are its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program


def test_resume_refuses_what_is_no_run(audit: Program, tmp_path: Path) -> None:
    """`--resume` on a missing folder is exit 2, on another folder exit 1; neither is written to."""
    missing = audit("run", "--resume", "nowhere", "--lang", "en")
    assert missing.code == 2
    assert len(missing.err.splitlines()) == 1
    assert "nowhere" in missing.err
    other = tmp_path / "photos"
    other.mkdir()
    refused = audit("run", "--resume", other, "--lang", "en")
    assert refused.code == 1
    assert refused.err == f"{other} holds no begun run. Start a new one\n"
    assert not list(other.iterdir())


def test_out_keeps_what_is_there(audit: Program, small: Path, tmp_path: Path) -> None:
    """A run never goes into a folder that holds anything: exit 1, and the file is still there."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("keep me")
    refused = audit("run", "--profile", small, "--out", "full", "--lang", "en")
    assert refused.code == 1
    assert refused.err == "full is not empty. Choose another --out, or use --resume\n"
    assert [file.read_text() for file in (tmp_path / "full").iterdir()] == ["keep me"]
