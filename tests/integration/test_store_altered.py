"""A store that somebody altered: each command says so in one line, and none ends in a traceback."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from auditor import runfolder
from auditor.store import keeping, opening

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program

NOW = datetime(2026, 11, 29, tzinfo=UTC)
JOB = (
    "INSERT INTO job (centre, job, event, slot, at, machine, reason) VALUES"
    " ('trung-tam', 'mau', '{}', '{}', '{}', 'm', '')"
)
ALERT = (
    "INSERT INTO alert (site, kind, key, instance, rank, severity, subject, vi, en, since, run_id,"
    " noted_at) VALUES ('trung-tam', '{}', '1', '1', 1, 'urgent', 's', 'v', 'e', '{}', '', '{}')"
)
AT = "2026-11-28T00:00:00.000Z"
ALTERED = {
    "run.kept_at": ("UPDATE run SET kept_at = 'hôm qua'", ("history",), 0),
    "run.kept_at without a zone": ("UPDATE run SET kept_at = '2026-11-28'", ("history",), 0),
    "run.started_at": ("UPDATE run SET started_at = '2026-13-01'", ("metrics",), 1),
    "run.started_at drawn": (
        "UPDATE run SET started_at = ''",
        ("trend", "1", "--format", "svg"),
        1,
    ),
    "answer.verdict": ("UPDATE finding SET verdict = 'perhaps'", ("trend", "1"), 1),
    "job.event": (JOB.format("party", AT, AT), ("history",), 0),
    "job.slot": (JOB.format("attempt", "soon", AT), ("trend", "1"), 0),
    "job.at": (JOB.format("attempt", AT, "soon"), ("history",), 0),
    "alert.kind": (ALERT.format("party", AT, AT), ("alert", "list"), 1),
    "alert.since": (ALERT.format("drift", "soon", AT), ("alert", "list"), 1),
    "alert.noted_at": (ALERT.format("drift", AT, "soon"), ("alert", "list"), 1),
}
"""What is done to a store, the command that meets it, and how that ends."""


@pytest.fixture
def store(tmp_path: Path, small_run: Path) -> str:
    """Return a store with one run."""
    url = f"sqlite:///{tmp_path}/store.sqlite"
    with opening.opened(url) as engine:
        keeping.keep_run(engine, runfolder.load(small_run).record, small_run, NOW)
    return url


@pytest.mark.parametrize("column", ALTERED)
def test_what_the_tool_never_writes_is_named(column: str, store: str, audit: Program) -> None:
    """The command names the column and the remedy; a list goes on all the same."""
    statement, words, code = ALTERED[column]
    with closing(sqlite3.connect(store.removeprefix("sqlite:///"))) as connection:
        connection.execute(statement)
        connection.commit()
    done = audit(*words, "--store", store, "--lang", "en")
    assert done.code == code, done.err
    assert f"the store was altered: {column.split(maxsplit=1)[0]} holds" in done.err
    assert "put a copy of the store back" in done.err
    assert "Traceback" not in done.err


def test_the_chain_tells_of_it_too(store: str, audit: Program) -> None:
    """What is linked is found by `--verify`, which such a store does not keep from its work."""
    with closing(sqlite3.connect(store.removeprefix("sqlite:///"))) as connection:
        connection.execute(ALTERED["run.kept_at"][0])
        connection.commit()
    done = audit("history", "--store", store, "--verify", "--lang", "en")
    assert done.code == 12
    assert "run 1: changed after it was kept" in done.out
