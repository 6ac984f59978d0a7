"""The agent tells people by itself what went wrong while nobody looked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import alert_receivers
from agents_tested import missed_since, site_of, watched_since, with_a_job

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program


def test_a_job_that_fails_under_the_agent_is_told_by_alert(audit: Program, small: Path) -> None:
    """No command of a person comes between: a job that cannot even begin a run is told, once."""
    assert small.exists()
    (audit.folder / "inbox").mkdir()
    with alert_receivers.receiving(audit.folder / "inbox") as inbox:
        url = audit.folder / "own.url"
        url.write_text(f"jsons://localhost:{inbox.good}/own\n", "utf-8")
        url.chmod(0o600)
        told = f'alerts: {{channels: [{{name: own, url_from: "file:{url}"}}]}}\n'
        minute, since = missed_since(timedelta(minutes=2))
        site = site_of(audit.folder, minute, told)
        store = f"sqlite:///{audit.folder}/store.sqlite"
        assert audit("schedule", "run-due", site, "--store", store).code == 0
        watched_since(store, since)
        (audit.folder / "audit-runs").write_text("no folder", "utf-8")
        file = audit.folder / "health.json"
        started = audit.start("agent", site, "--health", file, "--store", store,
                              **inbox.environment)  # fmt: skip
        try:
            last = with_a_job(file, started)["last"]
            assert isinstance(last, dict)
            assert last["exit_code"] not in {0, 10, 11}
        finally:
            started.terminate()
            _out, err = started.communicate(timeout=60)
        assert started.returncode == 0, err
        assert [path for _host, path, _body in inbox.posts] == ["/own"], err
        listed = audit("alert", "list", "--store", store, "--format", "json").json
        assert [(item["kind"], item["deliveries"]["own"]["state"]) for item in listed] == [
            ("schedule", "sent")
        ]
