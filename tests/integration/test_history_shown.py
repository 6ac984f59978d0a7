"""What commands show of the store: centre by centre, with what went wrong, and quickly."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from kept_samples import Kept
from sampling_site import site

from auditor import runfolder, sampling
from auditor.store import keeping, opening

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program

NOW = datetime(2026, 11, 29, tzinfo=UTC)
OTHER = "Trung tâm khác"


@pytest.fixture
def store(tmp_path: Path, small_run: Path) -> str:
    """Return a store with a run of each of two centres."""
    record = runfolder.load(small_run).record
    url = f"sqlite:///{tmp_path}/store.sqlite"
    with opening.opened(url) as engine:
        for number, centre in enumerate(("Trung tâm", OTHER)):
            at = NOW + timedelta(days=number)
            run = replace(record, run_id=f"run-{number}", started_at=at, centre=centre)
            keeping.keep_run(engine, run, small_run, NOW)
    return url


def test_centres_of_one_store_are_told_apart(audit: Program, store: str) -> None:
    """List and trend can be of one centre; without a choice the trend says whose each line is."""
    both = audit("trend", "1", "--store", store, "--lang", "en")
    assert f"several centres: Trung tâm, {OTHER}." in both.err
    blocks = [line for line in both.out.splitlines() if line.endswith("machine")]
    assert blocks == ["Trung tâm: machine", f"{OTHER}: machine"]
    one = ("--store", store, "--centre", OTHER)
    alone = audit("trend", "1", *one)
    assert (alone.err, alone.out.splitlines()[0]) == ("", "1")
    assert "machine" in alone.out.splitlines()
    points = audit("trend", "1", *one, "--format", "json").json
    assert [(point["run"], point["centre"]) for point in points] == [(2, OTHER)] * 2
    assert [run["position"] for run in audit("history", *one, "--format", "json").json] == [2]


def test_a_centre_that_the_store_lacks_is_refused(audit: Program, store: str) -> None:
    """A name that is misspelt is no empty history; the names that there are stand beside it."""
    for words in (("history",), ("trend", "1")):
        refused = audit(*words, "--store", store, "--centre", "nơi khác", "--lang", "en")
        assert refused.code == 2
        assert f"Trung tâm, {OTHER}" in refused.err


def loaded(store: str, *words: str) -> set[str]:
    """Run a command on a store and return what its `import` statements loaded."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from auditor.cli import main; main()",
         *words, "--store", store],
        capture_output=True, text=True, check=True, env=clean,
    )  # fmt: skip
    return {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}


HEAVY = {"alembic", "auditor.profile", "auditor.probing", "cel", "pydantic", "rich", "yaml"}


@pytest.mark.parametrize("words", ["history", "trend 1"])
def test_a_list_loads_nothing_that_it_does_not_need(words: str, store: str) -> None:
    """Criteria, CEL, Alembic and what measures stay unread: half a second, for a list."""
    found = loaded(store, *words.split())
    assert found >= {"sqlalchemy", "auditor.store.reading"}
    assert found.isdisjoint(HEAVY), found & HEAVY


def test_a_trend_with_samples_reads_the_criteria_and_checks_none(store: str) -> None:
    """It has to know which samples an indicator rests on; nothing is judged or measured."""
    Kept(store).visit(0)
    found = loaded(store, "trend", "2.1")
    assert "auditor.profile" in found
    unread = {"alembic", "cel", "auditor.profile_rules"}
    assert found.isdisjoint(unread), found & unread


def test_every_command_tells_of_a_job_that_failed(audit: Program) -> None:
    """Until somebody has seen it; here a sample had to stand back for another."""
    jobs = "jobs: [{id: often, kind: sample, at: ['09:00']}]"
    job = f"schedule: {{profile: sampled.yaml, {jobs}}}\n"
    file = site(audit.folder, "http://127.0.0.1:9/", more=job)
    with sampling.alone(audit.folder / ".local/share/centre-audit" / opening.SAMPLES):
        assert audit("schedule", "run-due", file, "--job", "often").code == 1
    sample = ("sample", "--profile", "sampled.yaml")
    for words in (("trend", "1"), ("alert", "list"), sample):
        assert "often failed ×1" in audit(*words, "--lang", "en").err, words
    assert audit("schedule", "list", "--seen").code == 0
    assert "often" not in audit("alert", "list", "--lang", "en").err
