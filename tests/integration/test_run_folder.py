"""`audit run` with nothing but its defaults: every indicator answered, every byte accounted for."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.conftest import Program, Run

PARTS = {"2.4a", "2.4b", "2.4c", "2.4d"}


def test_ends_undetermined(finished: Run) -> None:
    """A machine without papers and without an authorised network proves nothing wrong: exit 11."""
    assert finished.done.code == 11, finished.done.err


def test_answers_every_indicator(finished: Run) -> None:
    """The record holds the decision's 30 indicators and 2.4a-d, each with verdict and reasons."""
    findings = finished.record["findings"]
    ids = [finding["indicator"] for finding in findings]
    assert len(ids) == len(set(ids)) == 34
    assert {name for name in ids if not re.fullmatch(r"[123]\.[0-9]+", name)} == PARTS
    for finding in findings:
        assert all(finding[name] for name in ("indicator", "verdict", "basis", "reason"))


def test_nothing_is_met_without_evidence(finished: Run) -> None:
    """Nobody stated anything and no paper was given, so no indicator can be met."""
    verdicts = {finding["verdict"] for finding in finished.record["findings"]}
    assert verdicts == {"undetermined"}


def test_prints_every_indicator(finished: Run) -> None:
    """The table on standard output names every indicator, in Vietnamese, by its verdict."""
    shown = finished.done.out
    for finding in finished.record["findings"]:
        assert re.search(rf"^ *{re.escape(finding['indicator'])}\s", shown, re.MULTILINE)
    assert "Chưa đủ căn cứ kết luận" in shown
    assert str(finished.folder.relative_to(finished.program.folder)) in finished.done.err


def test_folder_holds_everything(finished: Run) -> None:
    """The run folder has the record, its inputs, the raw evidence, the journal and the reports."""
    assert {path.name for path in finished.folder.iterdir()} == {
        "record.json",
        "evidence",
        "profile.yaml",
        "site.yaml",
        "SHA256SUMS",
        "journal.sqlite",
        "report.html",
        "report.pdf",
    }
    assert finished.folder.stat().st_mode & 0o077 == 0
    assert (finished.folder / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert (
        (finished.folder / "report.html").read_text("utf-8").lower().startswith("<!doctype html>")
    )


def test_folder_is_named_by_time_and_centre(finished: Run) -> None:
    """The default folder is `audit-runs/<UTC time>-<centre>`."""
    assert re.fullmatch(r"20[0-9]{6}T[0-9]{6}Z-this-machine", finished.folder.name)
    assert finished.folder.parent.name == "audit-runs"


def test_sums_cover_everything(
    finished: Run, intact: Callable[[Path], bool], tmp_path: Path
) -> None:
    """`sha256sum --check` passes, lists every other file, and notices one changed byte."""
    assert intact(finished.folder)
    listed = {
        line.partition("  ")[2]
        for line in (finished.folder / "SHA256SUMS").read_text("utf-8").splitlines()
    }
    files = (path for path in finished.folder.rglob("*") if path.is_file())
    assert listed == {str(path.relative_to(finished.folder)) for path in files} - {"SHA256SUMS"}
    copy = finished.copy(tmp_path)
    with (copy / "record.json").open("ab") as record:
        record.write(b" ")
    assert not intact(copy)


def test_captures_are_kept_under_their_digest(finished: Run) -> None:
    """Every capture lies in evidence/ under the SHA-256 of its bytes, and nothing else does."""
    digests: set[str] = set()
    for observation in finished.record["observations"]:
        for capture in observation["captures"]:
            content = (finished.folder / "evidence" / capture["sha256"]).read_bytes()
            assert len(content) == capture["size_bytes"]
            digests |= {capture["sha256"], *filter(None, [capture["stderr_sha256"]])}
    kept = list((finished.folder / "evidence").iterdir())
    assert {path.name for path in kept} == digests
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in kept)
    assert digests


@pytest.mark.parametrize("name", ["record", "profile", "site"])
def test_files_follow_their_schemas(
    finished: Run, centre_run: Run, schema: Callable[[str], Any], name: str
) -> None:
    """Record, profile and site are what the shipped JSON Schemas say."""
    suffix = "json" if name == "record" else "yaml"
    for run in (finished, centre_run):
        text = (run.folder / f"{name}.{suffix}").read_text("utf-8")
        jsonschema.validate(
            yaml.safe_load(text) if suffix == "yaml" else run.record,
            schema(name),
            cls=jsonschema.Draft202012Validator,
        )


def test_record_names_its_inputs(finished: Run) -> None:
    """The digests of profile and site in the record are those of the files beside it."""
    for name in ("profile", "site"):
        content = (finished.folder / f"{name}.yaml").read_bytes()
        assert finished.record[name]["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.root
def test_needs_no_network(audit: Program, small: Path) -> None:
    """In a namespace without any network, not even loopback, the audit runs to its end."""
    unshare = shutil.which("unshare", path="/usr/bin:/bin")
    if os.geteuid() != 0 or unshare is None:
        pytest.skip("needs root and the Debian package util-linux for a namespace")
    command = [unshare, "--net", *audit.command("run", "--profile", small, "--quiet")]
    ended = subprocess.run(
        command, cwd=audit.folder, env=audit.environment(), capture_output=True, check=False
    )
    if ended.returncode == 1 and b"unshare" in ended.stderr:
        pytest.skip(f"no namespace here: {ended.stderr.decode().strip()}")
    assert ended.returncode == 0, ended.stderr.decode()
