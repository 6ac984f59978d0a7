"""Every exit code of the table, reached by a real run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program

PAPER = """\
      - id: "2"
        name: {vi: Có kế hoạch, en: A plan}
        documents: [{kind: plan}]
        requires: [[plan]]
"""
NEEDED = """\
  documents_needed:
    default: 1
    meaning: {vi: Số văn bản, en: Documents}
    source: tool_default
document_kinds:
"""
CODES = {
    "met": (0, [], ["met"]),
    "not met": (10, [("    default: 1\n", "    default: 1000\n")], ["not_met"]),
    "undetermined": (11, [("document_kinds:\n", NEEDED)], ["met", "undetermined"]),
    "not met and undetermined": (
        10,
        [("document_kinds:\n", NEEDED), ("    default: 1\n    meaning: {vi: Số máy",
                                         "    default: 9\n    meaning: {vi: Số máy")],
        ["not_met", "undetermined"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CODES)
def test_verdicts_decide(audit: Program, small: Path, case: str) -> None:
    """0: all met. 10: at least one not met. 11: none not met, at least one undetermined."""
    code, changes, verdicts = CODES[case]
    text = small.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    if len(verdicts) > 1:
        text += PAPER
    small.write_text(text, "utf-8")
    run = audit("run", "--profile", small, "--out", "run", "--format", "json")
    assert run.code == code, run.err
    assert [item["verdict"] for item in run.json["findings"]] == verdicts
    assert audit("judge", "run").code == code
    assert audit("report", "run").code == 0, "showing is no judging"


def test_nothing_to_audit(audit: Program, small: Path) -> None:
    """Criteria without an indicator are valid and ask for nothing: exit 3."""
    text = small.read_text("utf-8").partition("groups:")[0]
    small.write_text(text + "groups: []\n", "utf-8")
    assert audit("run", "--profile", small, "--lang", "en").code == 3


def test_not_performed(audit: Program, small: Path) -> None:
    """A run folder that cannot be made is exit 1 and one line with a remedy."""
    (audit.folder / "file").write_text("")
    done = audit("run", "--profile", small, "--out", "file/run", "--lang", "en")
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert "Choose another --out" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["zzz"],
        ["run", "--nope"],
        ["run", "--deadline", "0"],
        ["run", "--workers", "none"],
        ["run", "--format", "pdf"],
        ["run", "--resume", ".", "--out", "other"],
        ["judge"],
        ["explain"],
        ["explain", "9.9"],
        ["--lang", "fr", "probes"],
        ["capture", "nothing", "--out", "recording"],
        ["capture", "--target", "doc:", "--out", "recording"],
    ],
    ids=" ".join,
)
def test_usage(audit: Program, arguments: list[str]) -> None:
    """A command line that makes no sense is exit 2, told on standard error, and does nothing."""
    done = audit(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert done.err
    assert "Traceback" not in done.err
    assert not list(audit.folder.iterdir())


def test_reader_that_goes_away(audit: Program) -> None:
    """`audit probes | head -1` ends without a traceback."""
    process = audit.start("probes")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    told = process.stderr.read()
    process.stderr.close()
    assert process.wait(30) in {0, 1}
    assert told == b""
