"""Several agents on one store: each planned time is begun once, and each agent says what it saw."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from agents_tested import ENDLESS, attempts, until

from auditor.model.schedule import Entry, Event
from auditor.store import jobs, opening

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program

ENGLISH = ("--lang", "en")
BUSY = "not begun: another job is at work"
TAKEN = "not begun: another machine or agent on this store has begun it"


@pytest.fixture
def site(audit: Program, small: Path) -> Path:
    """Return a site with two jobs that are due, and a document that takes for ever to read."""
    small.write_text(small.read_text("utf-8") + "inventory: [documents]\n", "utf-8")
    with (audit.folder / "plan.pdf").open("wb") as document:
        document.truncate(ENDLESS)
    day = "kind: technical, days: [mon, tue, wed, thu, fri, sat, sun]"
    ago = [datetime.now(UTC) - timedelta(minutes=minutes) for minutes in (2, 3)]
    first, second = (f'at: ["{moment:%H:%M}"]' for moment in ago)
    file = audit.folder / "centre.yaml"
    file.write_text(
        "schema: urn:audit:site:v1\ncentre: {id: mau, name: Mẫu}\ntimezone: UTC\n"
        "documents: [{kind: plan, file: plan.pdf}]\n"
        f"schedule: {{profile: small.yaml, jobs: [{{id: a, {first}, {day}}},"
        f" {{id: b, {second}, {day}}}]}}\n",
        "utf-8",
    )
    return file


def by_job(store: str) -> dict[str, Entry]:
    """Return the attempts by job; each job has one at most."""
    found = attempts(store)
    assert len({line.job for line in found}) == len(found)
    return {line.job: line for line in found}


def test_each_time_is_begun_once_and_each_agent_says_so(audit: Program, site: Path) -> None:
    """Two on one machine, a third one elsewhere; a fourth would write the first one's file."""
    url = f"sqlite:///{audit.folder}/store.sqlite"
    at = (site, "--store", url, *ENGLISH)
    assert audit("schedule", "run-due", *at).code == 0
    with opening.opened(url) as engine, engine.begin() as connection:
        old = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M:%S.000Z}"
        connection.exec_driver_sql(f"UPDATE job SET at = '{old}', slot = '{old}'")  # noqa: S608
    (audit.folder / "elsewhere").mkdir()
    started = [audit.start("agent", *at, "--health", audit.folder / "1.json")]
    try:
        until(lambda: set(by_job(url)) == {"a"})
        refused = audit("agent", *at, "--health", audit.folder / "1.json")
        assert refused.code == 1
        assert f"another agent (process {started[0].pid}) is at work here" in refused.err
        started.append(audit.start("agent", *at, "--health", audit.folder / "2.json"))
        until(lambda: _skipped(url) == ["b"])
        home = str(audit.folder / "elsewhere")
        started.append(audit.start("agent", *at, HOME=home))
        until(lambda: set(by_job(url)) == {"a", "b"})
        assert all(line.is_open for line in by_job(url).values()), "a live one was closed"
        assert "begun and not ended" not in audit("history", "--store", url, *ENGLISH).err
        with (audit.folder / "plan.pdf").open("r+b") as document:
            document.truncate(1)
        until(lambda: all(line.exit_code == 0 for line in by_job(url).values()))
        said = []
        for agent in started:
            agent.send_signal(signal.SIGTERM)
            out, err = agent.communicate(timeout=60)
            assert agent.returncode == 0, err.decode()
            said.append(out.decode())
    finally:
        for agent in started:
            agent.kill()
            agent.wait()
    assert TAKEN in said[0]
    assert BUSY in said[1]
    assert "done, exit code 0" in said[2]


def _skipped(url: str) -> list[str]:
    with opening.opened(url) as engine:
        return [line.job for line in jobs.history(engine) if line.event is Event.SKIP]
