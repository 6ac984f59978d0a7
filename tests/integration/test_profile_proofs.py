"""`audit profile lint` and `test`: a check that cannot fail is an error of the profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor import profile

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program

VACUOUS = """\
schema: urn:audit:profile:v1
id: vo-ich
version: "1"
title: {vi: Thử, en: Trial}
decision: {vi: Thử, en: Trial}
issuer: {vi: Thử, en: Trial}
parameters:
  least: {default: 1, meaning: {vi: ít nhất, en: least}, source: tool_default}
document_kinds: {}
groups:
  - id: "1"
    name: {vi: Nhóm, en: Group}
    indicators:
      - id: "1.1"
        name: {vi: Chỉ số, en: Indicator}
        requires: [[always]]
        checks:
          - id: always
            title: {vi: Luôn đạt, en: Always met}
            basis: measured
            reads: {rows: {probe: filesystems}}
            value: rows.size() + 1
            expect: {at_least: least}
"""


@pytest.mark.parametrize("name", profile.names())
def test_the_shipped_criteria_pass(audit: Program, name: str) -> None:
    """Lint says how many checks were proved and how many wait for later probes."""
    done = audit("profile", "lint", name, "--lang", "en")
    assert (done.code, done.err) == (0, "")
    assert "checks proved able to be met and not met: " in done.out


def test_a_check_that_cannot_fail_is_refused(audit: Program, tmp_path: Path) -> None:
    """Exit 2, one line: the profile, the check, what was seen, what to do."""
    (tmp_path / "own.yaml").write_text(VACUOUS, "utf-8")
    for command in ("lint", "test"):
        done = audit("profile", command, "own.yaml", "--lang", "en")
        assert done.code == 2
        (line,) = done.err.splitlines()
        assert line.startswith("own.yaml: 1.1/always: never seen both met and not met")


def test_a_profile_can_be_proved_on_own_runs(audit: Program, tmp_path: Path) -> None:
    """`--record` adds a run; the matrix names what each check came to on each recording."""
    (tmp_path / "own.yaml").write_text(
        VACUOUS.replace("rows.size() + 1", "rows.size() - 1"), "utf-8"
    )
    audit("run", "--profile", "own.yaml", "--out", "run", "--quiet")
    done = audit("profile", "test", "own.yaml", "--record", "run/record.json", "--format", "json")
    assert done.code in {0, 2}
    (check,) = done.json
    shipped = {
        f"{what}-in-{how}"
        for what in (
            *("centre", "machines", "network", "line", "list", "papers", "plan", "signatures"),
            *("hpc", "online", "portals", "remote", "stores", "vpn"),
        )
        for how in ("order", "disorder")
    }
    single = {
        "cloud-in-order",
        "cloud-for-anybody",
        "plan-afterwards",
        "stores-empty",
        "run/record",
    }
    assert set(check["verdicts"]) == shipped | single
    assert check["proved"] is (done.code == 0)
