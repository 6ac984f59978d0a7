"""The agent: the same plan in the foreground, a health file, and a clean end."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agents_tested import attempts, missed_since, site_of, watched_since, with_a_job
from schedules import JOBS, PLAN, VIETNAM

from auditor.moments import moment
from auditor.schedule import agent as agents
from auditor.schedule import health, slots, waking

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program


def test_the_agent_catches_up_tells_its_health_and_ends_cleanly(
    audit: Program, small: Path
) -> None:
    """What was due before it began is done; SIGTERM ends it with exit code 0 and a last word."""
    assert small.exists()
    minute, since = missed_since(timedelta(minutes=2))
    site = site_of(audit.folder, minute)
    store = f"sqlite:///{audit.folder}/store.sqlite"
    assert audit("schedule", "run-due", site, "--store", store).code == 0
    watched_since(store, since)
    file = audit.folder / "health.json"
    started = audit.start("agent", site, "--health", file, "--store", store)
    try:
        told = with_a_job(file, started)
        assert (told["pid"], told["last_error"], told["ended_at"]) == (started.pid, "", "")
        last = told["last"]
        assert isinstance(last, dict)
        assert (last["job"], last["exit_code"]) == ("a", 0)
        assert audit("agent", "--check", "--health", file).code == 0
        started.send_signal(signal.SIGTERM)
        out, err = started.communicate(timeout=60)
        assert started.returncode == 0, err
        assert "mã thoát 0" in out.decode()
    finally:
        started.kill()
        started.wait()
    ended = audit("agent", "--check", "--health", file)
    assert (ended.code, len(ended.err.splitlines())) == (1, 1)
    assert [(line.job, line.exit_code) for line in attempts(store)] == [("a", 0)]


def test_health_is_refused_when_it_is_old_broken_or_bad(tmp_path: Path) -> None:
    """A process that is there is not enough."""
    now = datetime(2026, 11, 30, tzinfo=UTC)
    file = tmp_path / "health.json"
    assert health.ailment(file, now) != ""
    well = health.Health(pid=os.getpid(), centre="mau", since=moment(now), beat=moment(now))
    health.write(file, well)
    assert health.ailment(file, now + timedelta(minutes=4), alive=True) == ""
    assert health.pid_of(file) == os.getpid()
    assert health.ailment(file, now, alive=False) != ""
    assert health.ailment(file, now + timedelta(minutes=6), alive=True) != ""
    file.write_bytes(b'{"pid": "x"')
    assert health.ailment(file, now) != ""
    assert health.pid_of(file) is None


def test_the_agent_wakes_at_each_time_of_the_plan() -> None:
    """Never later than ten minutes after a slot, through two years, summer time or not."""
    zone = ZoneInfo(VIETNAM)
    start = datetime(2026, 11, 29, 12, tzinfo=UTC)
    triggers = [agents.trigger(occasion, zone) for occasion in waking.occasions(PLAN)]
    for job in JOBS:
        for slot in list(slots.between(job, zone, start, start + timedelta(days=800)))[:40]:
            before = slot - timedelta(seconds=1)
            wakes = [trigger.get_next_fire_time(None, before) for trigger in triggers]
            late = min(wake for wake in wakes if wake is not None) - slot
            assert timedelta(0) <= late <= timedelta(minutes=waking.DELAY_MINUTES), job.id


def test_an_agent_looks_again_while_something_stands_in_its_way() -> None:
    """At its start, and after a look that did not work."""
    looks: list[datetime] = []

    def look() -> bool:
        looks.append(datetime.now(UTC))
        return len(looks) < 2

    quick = agents.Agent(PLAN, look, lambda: datetime.now(UTC), retry=timedelta(milliseconds=50))
    quick.start()
    for _round in range(200):
        if len(looks) == 2:
            break
        time.sleep(0.05)
    quick.end()
    assert len(looks) == 2
