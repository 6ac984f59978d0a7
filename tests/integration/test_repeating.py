"""Judging and showing a finished run again: the same bytes, and not a byte of the run touched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.conftest import Run

FAVOURABLE = {"met", "not_applicable"}


def words(pdf: bytes) -> list[str]:
    """Return the text of every page."""
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]


def test_judging_twice_gives_the_same_findings(
    centre_run: Run, bytes_of: Callable[[Path], dict[str, tuple[str, int]]]
) -> None:
    """`audit judge` repeats the record byte for byte, exit code included, and changes no file."""
    before = bytes_of(centre_run.folder)
    first = centre_run.program("judge", centre_run.folder, "--format", "json")
    second = centre_run.program("judge", centre_run.folder, "--format", "json")
    assert first.code == second.code == centre_run.done.code
    assert first.out == second.out
    assert first.out == (centre_run.folder / "record.json").read_text("utf-8")
    assert bytes_of(centre_run.folder) == before


def test_showing_json_gives_the_record(finished: Run) -> None:
    """`audit report --format json` is record.json, byte for byte."""
    shown = finished.program.raw("report", finished.folder, "--format", "json")
    assert shown == (finished.folder / "record.json").read_bytes()


@pytest.mark.parametrize("form", ["text", "html", "pdf"])
def test_showing_twice_gives_the_same_bytes(
    finished: Run,
    tmp_path: Path,
    form: str,
    bytes_of: Callable[[Path], dict[str, tuple[str, int]]],
) -> None:
    """A report made later equals the one of the run, on standard output as in a file."""
    before = bytes_of(finished.folder)
    piped = finished.program.raw("report", finished.folder, "--format", form)
    file = tmp_path / "again"
    finished.program.raw("report", finished.folder, "--format", form, "--out", file)
    assert file.read_bytes() == piped
    if form == "text":
        assert piped.decode() == finished.done.out
    else:
        assert piped == (finished.folder / f"report.{form}").read_bytes()
    if form == "pdf":
        assert words(piped) == words((finished.folder / "report.pdf").read_bytes())
        assert any("2.14" in page for page in words(piped))
    assert bytes_of(finished.folder) == before


@pytest.mark.parametrize("altered", [True, False], ids=["altered", "gone"])
def test_lost_evidence_is_named_and_never_helps(
    centre_run: Run, tmp_path: Path, *, altered: bool
) -> None:
    """Evidence that is gone or altered is named, and its observation no longer counts."""
    copy = centre_run.copy(tmp_path)
    record = centre_run.record
    (papers,) = (item for item in record["observations"] if item["key"] == "documents@site")
    digest = papers["captures"][0]["sha256"]
    evidence = copy / "evidence" / digest
    if altered:
        evidence.write_bytes(evidence.read_bytes() + b" ")
    else:
        evidence.unlink()
    judged = centre_run.program("judge", copy, "--format", "json", "--lang", "en")
    assert judged.err == (f"documents@site: evidence {digest} is gone or altered; not counted\n")
    was = {item["indicator"]: item["verdict"] for item in record["findings"]}
    now = {item["indicator"]: item["verdict"] for item in judged.json["findings"]}
    better = {name for name in was if now[name] in FAVOURABLE and was[name] not in FAVOURABLE}
    assert not better
    worse = {name for name in was if was[name] == "met" and now[name] == "undetermined"}
    assert worse


def test_no_lost_observation_helps(finished: Run, tmp_path: Path) -> None:
    """Whichever observation loses its evidence is named, and no verdict becomes better."""
    copy = finished.copy(tmp_path)
    kept = [item for item in finished.record["observations"] if item["captures"]]
    for observation in kept[::3]:
        evidence = copy / "evidence" / observation["captures"][0]["sha256"]
        content = evidence.read_bytes()
        evidence.unlink()
        judged = finished.program("judge", copy, "--format", "json", "--lang", "en")
        evidence.write_bytes(content)
        assert observation["key"] in judged.err
        assert not FAVOURABLE & {item["verdict"] for item in judged.json["findings"]}


def test_without_any_evidence_nothing_is_met(centre_run: Run, tmp_path: Path) -> None:
    """A centre's run whose evidence is all gone can no longer be judged favourably by it."""
    copy = centre_run.copy(tmp_path)
    for file in (copy / "evidence").iterdir():
        file.unlink()
    judged = centre_run.program("judge", copy, "--format", "json", "--lang", "en")
    lost = [item["key"] for item in centre_run.record["observations"] if item["captures"]]
    assert [line.partition(": ")[0] for line in judged.err.splitlines()] == lost
    for item in judged.json["findings"]:
        rests = {key for check in item["checks"] for key in check["observations"]}
        assert item["verdict"] not in FAVOURABLE or not rests & set(lost)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("record.json", "{", "record.json"),
        ("record.json", None, "no such file or folder"),
        ("profile.yaml", "schema: other\n", "not the profile that this run was judged by"),
        ("profile.yaml", None, "no such file or folder"),
    ],
)
def test_refuses_a_damaged_run(
    finished: Run, tmp_path: Path, name: str, content: str | None, problem: str
) -> None:
    """A run folder without its record or profile, or with another one, is one line and exit 2."""
    copy = finished.copy(tmp_path)
    if content is None:
        (copy / name).unlink()
    else:
        (copy / name).write_text(content, "utf-8")
    refused = finished.program("judge", copy, "--lang", "en")
    assert refused.code == 2
    assert len(refused.err.splitlines()) == 1
    assert str(copy / name) in refused.err
    assert problem in refused.err


def test_judges_by_another_profile(finished: Run, small: Path) -> None:
    """A run judged by other criteria gives their findings and names their digest."""
    judged = finished.program("judge", finished.folder, "--profile", small, "--format", "json")
    assert [item["indicator"] for item in judged.json["findings"]] == ["1"]
    assert judged.json["profile"]["id"] == "small"
    assert judged.json["findings"][0]["verdict"] == "met"
    assert judged.code == 0
    assert json.dumps(judged.json["observations"]) == json.dumps(finished.record["observations"])
