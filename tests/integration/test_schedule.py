"""Scheduled jobs with the real program: done once, one at a time, told when they went wrong."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import database_servers as servers
import psutil
import pytest
from agents_tested import until

from auditor.cli.schedule_parts import program
from auditor.model.schedule import Entry, Event, Plan, Skip
from auditor.schedule import plan as plans
from auditor.schedule.working import Work, do_due, watch
from auditor.store import jobs, opening
from auditor.transports import child

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program

SITE = """\
schema: urn:audit:site:v1
centre: {id: mau, name: Trung tâm mẫu}
schedule:
  profile: small.yaml
  jobs:
    - {id: quarter, kind: technical, at: ["09:00"], days: [mon], limit_minutes: 5}
"""
YESTERDAY = datetime.now(UTC).replace(hour=1, minute=0, second=0, microsecond=0) - timedelta(days=1)
MONDAY = YESTERDAY - timedelta(days=YESTERDAY.weekday())
"""Eight o'clock in Vietnam, on the last Monday before today."""
SLEEPS = "#!/bin/sh\necho $$ >> begun\nexec sleep 600\n"

DRIVER = """
import sys, threading
from datetime import UTC, datetime
from pathlib import Path
from auditor.schedule import lock, plan, working
from auditor.store import opening
site, program, url, folder = sys.argv[1:]
now = lambda: datetime.now(UTC)
with opening.opened(url) as engine, lock.hold(now(), Path(folder)) as held:
    work = working.Work(plan.load(Path(site)), engine, program, "", now, threading.Event(), held)
    working.watch(work)
    working.attempt(work, work.plan.jobs[0], now())
"""


@dataclass(frozen=True)
class Centre:
    """A centre's folder with its store; what is done there is done at a moment that we say."""

    plan: Plan
    url: str

    def doing(self, now: datetime, program_path: str) -> list[Entry]:
        """Do what is due at a moment, and return the attempts."""
        with opening.opened(self.url) as engine:
            stop = threading.Event()
            work = Work(self.plan, engine, program_path, self.url, lambda: now, stop)
            watch(work)
            return [done.entry for done in do_due(work) if done.entry]

    def history(self) -> tuple[Entry, ...]:
        """Return the history of jobs."""
        with opening.opened(self.url) as engine:
            return jobs.history(engine)


@pytest.fixture
def site(tmp_path: Path, small: Path) -> Path:
    """Return a site file beside the small profile."""
    assert small.parent == tmp_path
    file = tmp_path / "centre.yaml"
    file.write_text(SITE, "utf-8")
    return file


@pytest.fixture
def centre(site: Path) -> Centre:
    """Return a centre whose jobs are watched since Monday, eight o'clock."""
    made = Centre(plans.load(site), f"sqlite:///{site.parent}/store.sqlite")
    assert made.doing(MONDAY, "/none") == []
    return made


def script(folder: Path, text: str) -> str:
    """Write a program that stands in the place of `audit`, to fail or to last."""
    file = folder / "program"
    file.write_text(text, "utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)


def test_what_is_due_is_done_once_and_kept(centre: Centre, audit: Program) -> None:
    """A real audit by the schedule's own criteria; the run is in the same store."""
    now = MONDAY + timedelta(hours=1, minutes=1)
    (entry,) = centre.doing(now, program())
    assert (entry.exit_code, entry.reason, entry.slot) == (0, "", MONDAY + timedelta(hours=1))
    assert centre.doing(now, program()) == []
    (run,) = audit("history", "--store", centre.url, "--format", "json").json
    assert run["profile_id"] == "small"
    told = audit("schedule", "list", "--store", centre.url, "--format", "json").json
    assert [(job["job"], job["last"]["exit_code"]) for job in told] == [("quarter", 0)]


def test_a_failure_is_told_at_the_next_commands_until_it_is_made_good(
    centre: Centre, audit: Program, site: Path
) -> None:
    """One line with the remedy; the remedy works; `--seen` silences as well."""
    broken = script(site.parent, "#!/bin/sh\necho no room >&2\nexit 1\n")
    (entry,) = centre.doing(MONDAY + timedelta(hours=1, minutes=1), broken)
    assert (entry.exit_code, entry.reason) == (1, "no room")
    command = f"audit schedule run-due {site} --job quarter"
    more = {"AUDIT_NO_STORE": ""}
    at = ("--store", centre.url, "--lang", "en")
    small = ("--profile", "small.yaml")
    told_by = (("history", *at), ("schedule", "list", *at), ("run", *small, *at))
    for words in told_by:
        done = audit(*words, **more)
        told = [line for line in done.err.splitlines() if "quarter" in line]
        assert len(told) == 1, (words, done.err)
        assert command in told[0]
    quiet = audit("run", *small, *at, "--quiet", **more)
    assert quiet.err == ""
    done = audit("schedule", "run-due", site, "--job", "quarter", *at)
    assert (done.code, "exit code 0" in done.out) == (0, True)


def test_one_at_a_time_and_a_killed_one_is_told(site: Path, audit: Program) -> None:
    """A second one says who is at work; after kill -9 the lock is free, and the attempt is told.

    It is free once the job itself is gone, which may outlive the one that began it.
    """
    url = f"sqlite:///{site.parent}/store.sqlite"
    data = site.parent / ".local/share/centre-audit"
    sleeper = script(site.parent, SLEEPS)
    first = subprocess.Popen([sys.executable, "-c", DRIVER, site, sleeper, url, data])
    try:
        wait_for(site.parent / "begun")
        second = audit("schedule", "run-due", site, "--store", url, "--lang", "en")
        assert second.code == 0
        assert f"process {first.pid}" in second.err
        assert audit("schedule", "run-due", site, "--store", url, "--job", "quarter").code == 1
        working = audit("schedule", "list", "--store", url, "--lang", "en")
        assert "at work" in working.out
        assert working.err == ""
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
        orphaned = audit("schedule", "run-due", site, "--store", url, "--job", "quarter")
        os.kill(int((site.parent / "begun").read_text("ascii")), signal.SIGKILL)
    assert orphaned.code == 1, "a second job was begun beside the first"
    told = audit("history", "--store", url, "--lang", "en").err
    assert "begun and not ended" in told
    assert audit("schedule", "list", "--seen", "--store", url).err == ""
    assert audit("history", "--store", url).err == ""


def wait_for(file: Path) -> None:
    """Wait until a program has written a file."""
    for _round in range(2000):
        if file.exists() and file.read_text("ascii").endswith("\n"):
            return
        time.sleep(0.05)
    pytest.fail(f"{file} was not written")


def test_two_machines_on_one_store_begin_a_time_once(centre: Centre, site: Path) -> None:
    """The store decides, whatever each machine has read before."""
    now = MONDAY + timedelta(hours=1, minutes=1)
    (entry,) = centre.doing(now, script(site.parent, "#!/bin/sh\nexit 0\n"))
    with opening.opened(centre.url) as engine:
        assert not jobs.add(engine, replace(entry, machine="other", ended_at=None))
    assert [line.event for line in centre.history()] == [Event.WATCH, Event.ATTEMPT]


def test_outside_the_window_it_is_said_and_not_failed(site: Path, audit: Program) -> None:
    """Also a job that a person asks for waits for the authorised window."""
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%a}".lower()
    window = f"scope: {{windows: [{{days: [{tomorrow}], start: '03:00', end: '03:01'}}]}}\n"
    site.write_text(SITE + window, "utf-8")
    done = audit("schedule", "run-due", site, "--job", "quarter", "--lang", "en")
    assert done.code == 0
    assert "outside the authorised windows" in done.out


def test_a_job_that_is_not_planned_is_refused(site: Path, audit: Program) -> None:
    """With the names that there are."""
    done = audit("schedule", "run-due", site, "--job", "month", "--lang", "en")
    assert done.code == 2
    assert "quarter" in done.err


def test_a_job_that_left_the_plan_is_watched_no_more(centre: Centre, site: Path) -> None:
    """A changed one is watched anew, so that its new times were not missed before."""
    site.write_text(SITE.replace("quarter", "autumn"), "utf-8")
    changed = Centre(plans.load(site), centre.url)
    changed.doing(MONDAY + timedelta(minutes=1), "/none")
    site.write_text(SITE.replace("quarter", "autumn").replace("09:00", "10:00"), "utf-8")
    Centre(plans.load(site), centre.url).doing(MONDAY + timedelta(minutes=2), "/none")
    told = [(line.job, line.event) for line in centre.history()]
    assert sorted(told) == [
        ("autumn", Event.WATCH),
        ("autumn", Event.WATCH),
        ("quarter", Event.REMOVE),
        ("quarter", Event.WATCH),
    ]


def test_postgresql_keeps_the_same_history_of_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt is claimed once there too, and closed or abandoned it reads the same."""
    if lacking := servers.missing():
        pytest.skip(f"needs the Debian packages {lacking}")
    begun = Entry(centre="mau", job="a", event=Event.ATTEMPT, slot=MONDAY, at=MONDAY, machine="m")
    lost = replace(begun, job="b", slot=MONDAY + timedelta(hours=1))
    closed = replace(begun, ended_at=MONDAY + timedelta(minutes=1), exit_code=10)
    with servers.postgresql(tmp_path / "pg") as server:
        monkeypatch.setenv(opening.PASSWORD_VARIABLE, servers.PASSWORD)
        urls = (servers.store(server), f"sqlite:///{tmp_path}/s.sqlite")
        told = []
        for url in urls:
            with opening.opened(url) as engine:
                assert [jobs.add(engine, line) for line in (begun, begun, lost)] == [
                    *(True, False, True)
                ]
                jobs.close(engine, closed)
                assert jobs.close_abandoned(engine, "other", MONDAY) == ()
                assert jobs.close_abandoned(engine, "m", MONDAY) == (lost,)
                told.append(jobs.history(engine))
    assert told[0] == told[1] == (closed, replace(lost, ended_at=MONDAY))


@pytest.fixture
def family(tmp_path: Path) -> tuple[str, Path]:
    """Return a program that starts another and does not listen, and where the other's id stands."""
    text = "#!/bin/sh\ntrap '' TERM\nsleep 60 &\necho $! > grandchild\necho last words >&2\nwait\n"
    return script(tmp_path, text), tmp_path / "grandchild"


@pytest.mark.parametrize("why", ["too long", "asked to stop"])
def test_a_child_is_ended_with_what_it_started(family: tuple[str, Path], why: str) -> None:
    """At its limit, or when we are asked to stop; its last words are kept."""
    argv, grandchild = family
    stop = threading.Event()
    if why == "asked to stop":
        threading.Timer(0.5, stop.set).start()
    timeout_s = 0.5 if why == "too long" else 60
    ended = child.run([argv], grandchild.parent, timeout_s, stop, grace_s=0.2)
    assert ended == child.Ended(None, "last words", timed_out=why == "too long")
    pid = int(grandchild.read_text("ascii"))
    until(lambda: not is_alive(pid), seconds=5)  # killed, it goes when its turn comes


def is_alive(pid: int) -> bool:
    """Tell whether a process still runs; one that only waits to be counted does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_history_that_another_wrote_is_refused_in_one_line(
    centre: Centre, audit: Program
) -> None:
    """What the store says of jobs is data, never a traceback."""
    with opening.opened(centre.url) as engine:
        bad = Entry(
            centre="other", job="x", event=Event.WATCH, slot=MONDAY, at=MONDAY, reason='{"job": 1}'
        )
        jobs.add(engine, bad)
        jobs.add(engine, replace(bad, job="y", event=Event.SKIP, reason=Skip.BUSY))
    done = audit("schedule", "list", "--store", centre.url)
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
