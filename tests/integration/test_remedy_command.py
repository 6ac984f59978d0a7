"""`audit remedy` as a person types it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program, Run


def test_a_run_without_papers_is_told_what_to_do_first(finished: Run) -> None:
    """Lines for people in either language, and the same steps for machines."""
    told = finished.program("remedy", finished.folder)
    assert told.code == 0, told.err
    assert "1. " in told.out
    assert "$ audit attest lease_contract" in told.out
    english = finished.program("remedy", finished.folder, "--lang", "en")
    assert "nobody is named" in english.out
    read = finished.program("remedy", finished.folder, "--format", "json").json
    assert read["schema"] == "urn:audit:remedy:v1"
    verdicts = {f["indicator"]: f["verdict"] for f in finished.record["findings"]}
    helped = {key for step in read["steps"] for key in step["indicators"]}
    assert {verdicts[key] for key in helped} <= {"undetermined", "not_met"}
    weights = [step["weight"] / step["options"][0]["effort"]["rank"] for step in read["steps"]]
    assert weights[0] == max(weights)
    assert len(read["steps"]) == told.out.count("\n   Người phụ trách:")


def test_nothing_open_is_said_in_one_line(audit: Program, small_run: Path) -> None:
    """The least run has one indicator, and it is met."""
    done = audit("remedy", small_run, "--lang", "en")
    assert done.code == 0
    assert done.out == "Nothing is open.\n"
    assert audit("remedy", small_run, "--format", "json").json["steps"] == []


def test_a_hostile_site_cannot_steer_the_terminal(
    audit: Program, finished: Run, tmp_path: Path
) -> None:
    """A name with an escape in it is shown without the escape; what is no site is refused."""
    run = finished.copy(tmp_path)
    site = run / "site.yaml"
    named = json.dumps([{"by": "A\x1b[31mB", "subjects": ["document"]}])
    site.write_text(f"{site.read_text('utf-8')}\nresponsible: {named}\n", "utf-8")
    done = audit("remedy", run)
    assert done.code == 0, done.err
    assert "\x1b" not in done.out
    assert "[31mB" in done.out
    site.write_text("schema: 7\n", "utf-8")
    refused = audit("remedy", run, "--lang", "en")
    assert refused.code == 2
    assert "Traceback" not in refused.err
    shutil.rmtree(run)
