"""PostgreSQL goes while a job of the agent is at work: the agent lives, tells, and keeps it all."""

from __future__ import annotations

import json
import os
import signal
from datetime import timedelta
from typing import TYPE_CHECKING

import database_servers as servers
import pytest
from agents_tested import ENDLESS, attempts, missed_since, site_of, until, watched_since

from auditor.store import opening, reading

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program

ENGLISH = ("--lang", "en")


@pytest.mark.timeout(300)  # the agent looks again after a minute
def test_the_end_of_a_job_waits_for_the_store(
    audit: Program,
    small: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The run is whole on the disk, health and log tell, and a minute later the store has both."""
    if lacking := servers.missing():
        pytest.skip(f"needs the Debian packages {lacking}")
    monkeypatch.setenv("AUDIT_STORE_PASSWORD", servers.PASSWORD)
    more = {"AUDIT_NO_STORE": "", "AUDIT_STORE_PASSWORD": servers.PASSWORD}
    small.write_text(small.read_text("utf-8") + "inventory: [documents]\n", "utf-8")
    document = audit.folder / "plan.pdf"
    document.touch()
    os.truncate(document, ENDLESS)
    minute, since = missed_since(timedelta(minutes=2))
    site = site_of(audit.folder, minute, "documents: [{kind: plan, file: plan.pdf}]\n")
    health = audit.folder / "health.json"
    with servers.postgresql(tmp_path_factory.mktemp("store") / "pg") as server:
        url = servers.store(server)
        at = (site, "--store", url, *ENGLISH)
        assert audit("schedule", "run-due", *at, **more).code == 0
        watched_since(url, since)
        agent = audit.start("agent", *at, "--health", health, **more)
        try:
            until(lambda: len(attempts(url)) == 1)
            servers.crash(server)
            os.truncate(document, 1)
            until(lambda: "cannot be used" in json.loads(health.read_bytes())["last_error"])
            assert agent.poll() is None
            ill = audit("agent", "--check", "--health", health, *ENGLISH)
            assert (ill.code, "cannot be used" in ill.err) == (1, True)
            with servers.again(server):
                until(lambda: attempts(url)[0].ended_at is not None, 120)
                until(lambda: json.loads(health.read_bytes())["last_error"] == "")
                [done] = attempts(url)
                assert (done.job, done.exit_code) == ("a", 0)
                with opening.opened(url) as engine:
                    assert [link.position for link in reading.links(engine)] == [1]
                    assert reading.verify(engine) == []
                agent.send_signal(signal.SIGTERM)
                out, err = agent.communicate(timeout=60)
        finally:
            agent.kill()
            agent.wait()
    assert agent.returncode == 0, err.decode()
    assert "cannot be used" in err.decode()
    assert "Traceback" not in err.decode()
    assert "Runs that waited for the store are kept now: 1" in err.decode(), out.decode()
