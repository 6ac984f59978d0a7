"""`audit diff` from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program


def test_two_runs_are_compared(audit: Program, small: Path, small_run: Path) -> None:
    """A threshold was raised: the verdict is worse, the criteria are the cause, exit code 10."""
    small.write_text(small.read_text("utf-8").replace("default: 1", "default: 2"), "utf-8")
    assert audit("run", "--profile", small, "--no-store", "--out", "stricter", "--quiet").code == 10
    done = audit("diff", small_run, "stricter", "--format", "json")
    assert done.code == 10
    assert [(c["indicator"], c["before"], c["after"], c["cause"]) for c in done.json] == [
        ("1", "met", "not_met", "criteria")
    ]
    assert "Đạt → Không đạt" in audit("diff", small_run, "stricter").out
    back = audit("diff", "stricter", small_run, "--lang", "en")
    assert back.code == 0
    assert "thresholds changed" in back.out
    assert audit("diff", small_run, small_run).code == 0
