"""Entries are accepted by the schedulers' own programs, and wake the tool at the right time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from schedules import BASE, JOBS, PLAN, TODAY, VIETNAM, made

from auditor.cli.schedule_parts import entry_of
from auditor.errors import BadInput
from auditor.model import JobKind, Schedule, ScheduledJob
from auditor.schedule import cron, slots, systemd, waking
from auditor.schedule.installing import Place, Scheduler, entry

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program

ZONE = ZoneInfo(VIETNAM)
SITE = "schema: urn:audit:site:v1\ncentre: {id: mau, name: Mẫu}\n"


def place(folder: Path, *, is_root: bool) -> Place:
    """Return a place below a folder."""
    return Place(
        is_root=is_root, user="root", config=folder, data=folder / "data", system=folder / "etc"
    )


def needs(*programs: str) -> None:
    """Skip where a program is missing; `make test` installs them."""
    if missing := [name for name in programs if shutil.which(name) is None]:
        pytest.skip(f"needs the Debian packages of {missing}")


def verified(timer: Path) -> subprocess.CompletedProcess[str]:
    """Ask systemd what it thinks of a timer and its service."""
    command = ["systemd-analyze", "verify", str(timer), str(timer.with_suffix(".service"))]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.package
@pytest.mark.parametrize("is_root", [True, False])
def test_systemd_accepts_the_units(tmp_path: Path, *, is_root: bool) -> None:
    """Blanks, per cents, dollars and Vietnamese in paths too; a broken one is refused."""
    needs("systemd-analyze")
    where = place(tmp_path, is_root=is_root)
    files = entry(Scheduler.SYSTEMD, made(), where, TODAY).files
    assert {file.suffix for file in files} == {".service", ".timer"}
    for file, content in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (timer,) = (file for file in files if file.suffix == ".timer")
    done = verified(timer)
    assert (done.returncode, done.stderr) == (0, "")
    timer.write_text(timer.read_text("utf-8").replace("07:30", "27:30"), "utf-8")
    assert "27:30" in verified(timer).stderr


@pytest.mark.package
def test_systemd_understands_each_time_as_we_do() -> None:
    """The next time that systemd names is the next slot of the job."""
    needs("systemd-analyze")
    for job in JOBS:
        expected = min(
            elapse(systemd.on_calendar(occasion, VIETNAM))
            for occasion in waking.occasions(
                replace(PLAN, schedule=Schedule(jobs=(job,)), windows=())
            )
        )
        assert expected == slots.following(job, ZONE, BASE), job.id


def elapse(event: str) -> datetime:
    """Return when a calendar event comes next after `BASE`."""
    done = subprocess.run(
        ["systemd-analyze", "calendar", f"--base-time={BASE:%Y-%m-%d %H:%M:%S} UTC", event],
        capture_output=True, text=True, check=True, env={**os.environ, "TZ": "UTC"},
    )  # fmt: skip
    (line,) = (text for text in done.stdout.splitlines() if "Next elapse:" in text)
    return datetime.strptime(line.partition(": ")[2], "%a %Y-%m-%d %H:%M:%S UTC").replace(
        tzinfo=UTC
    )


@pytest.mark.package
@pytest.mark.parametrize("is_local", [True, False])
def test_cron_accepts_the_lines(tmp_path: Path, *, is_local: bool) -> None:
    """By its own parser, which refuses a broken one."""
    needs("crontab")
    table = cron.block(made(is_local=is_local))
    for text, code in ((table, 0), (table.replace(" * * ", " 99 * ", 1), 1)):
        (tmp_path / "table").write_text(text, "utf-8")
        done = subprocess.run(
            ["crontab", "-n", tmp_path / "table"], capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr


def test_a_block_is_replaced_and_taken_out_alone() -> None:
    """What somebody else wrote stays to the letter."""
    theirs = "# my own\n0 1 * * * backup\n"
    table = theirs + cron.block(made()) + "5 5 * * * theirs\n"
    assert cron.has(table, "audit-mau")
    assert not cron.has(table, "audit-ma")
    assert cron.without(table, "audit-ma") == table
    assert cron.without(table, "audit-mau") == theirs + "5 5 * * * theirs\n"


IN_NAMESPACE = """\
set -e
mount --make-rprivate /
mkdir -p spool cron.d
mount --bind spool /var/spool/cron
mount --bind cron.d /etc/cron.d
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
: > empty
mount --bind empty /etc/crontab
export TZ=Asia/Ho_Chi_Minh
"""
"""A machine's crontabs as if it had none; gone with the namespace."""
CRON = """\
export FAKETIME='@2026-11-30 07:33:40 x20'
LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketime.so.1) cron -f -L 15 &
for _round in $(seq 200); do test -s ran && exit; sleep 0.1; done
"""


def in_namespace(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script where crontabs are its own."""
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c"]
    return subprocess.run(
        [*command, IN_NAMESPACE + script], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.package
@pytest.mark.root
@pytest.mark.parametrize("file", ["cron.d", "crontab"])
def test_a_real_cron_runs_the_line_at_its_time(tmp_path: Path, file: str) -> None:
    """Four minutes, this machine's share, after half past seven; with the words as they are."""
    needs("cron", "faketime", "unshare")
    if os.geteuid():
        pytest.skip("mounts need root")
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/ran\n', "utf-8")
    program.chmod(0o755)
    job = ScheduledJob(id="a", kind=JobKind.TECHNICAL, at=("07:30",))
    plan = replace(PLAN, schedule=Schedule(jobs=(job,)), windows=())
    waked = replace(made(str(program)), occasions=waking.occasions(plan))
    if file == "cron.d":
        content = cron.block(waked, "root")
        put = "cp table cron.d/audit-mau\n"
    else:
        content, put = cron.block(waked), "crontab table\n"
    (tmp_path / "table").write_text(content, "utf-8")
    done = in_namespace(tmp_path, put + CRON)
    assert (tmp_path / "ran").exists(), done.stderr
    assert (tmp_path / "ran").read_text("utf-8").splitlines() == list(waked.argv[1:])


INSTALLS = """
import sys
from pathlib import Path
from auditor.schedule.installing import Entry, Scheduler
from auditor.transports import scheduler
made = Entry(Scheduler.CRON, "audit-mau", {}, table=Path("block").read_text("utf-8"))
for _again in range(2):
    scheduler.install(made)
print(scheduler.is_installed(made))
Path("with").write_text(scheduler._table(), "utf-8")
scheduler.remove(made)
print(scheduler.is_installed(made))
Path("without").write_text(scheduler._table(), "utf-8")
"""


@pytest.mark.package
@pytest.mark.root
def test_a_users_crontab_is_changed_between_our_marks_only(tmp_path: Path) -> None:
    """Installed twice it is there once; removed, the table is as it was."""
    needs("cron", "unshare")
    if os.geteuid():
        pytest.skip("mounts need root")
    theirs = "# my own\n0 1 * * * backup\n"
    (tmp_path / "theirs").write_text(theirs, "utf-8")
    (tmp_path / "block").write_text(cron.block(made()), "utf-8")
    (tmp_path / "installs.py").write_text(INSTALLS, "utf-8")
    done = in_namespace(tmp_path, f"crontab theirs\n{sys.executable} installs.py\n")
    assert done.stdout.split() == ["True", "False"], done.stderr
    assert (tmp_path / "with").read_text("utf-8") == theirs + cron.block(made())
    assert (tmp_path / "without").read_text("utf-8") == theirs


def test_printing_writes_nothing(audit: Program) -> None:
    """The entry is shown with absolute paths, and no file is made."""
    site = audit.folder / "centre.yaml"
    site.write_text(SITE, "utf-8")
    before = sorted(audit.folder.rglob("*"))
    done = audit("schedule", "install", site, "--print", "--with", "windows")
    assert done.code == 0, done.err
    assert str(site) in done.out
    assert sorted(audit.folder.rglob("*")) == before


def test_a_password_never_stands_in_an_entry(audit: Program) -> None:
    """All could read it there; the message says where it belongs."""
    site = audit.folder / "centre.yaml"
    site.write_text(SITE, "utf-8")
    store = "postgresql://kho:bi-mat-9Z@db/kho"
    done = audit("schedule", "install", site, "--print", "--with", "cron", "--store", store)
    assert done.code == 2
    assert "AUDIT_STORE_PASSWORD" in done.err
    assert "bi-mat-9Z" not in done.err


def test_a_path_that_would_be_two_lines_is_refused() -> None:
    """In an entry a line break begins a line of its own."""
    plan = replace(PLAN, site="/srv/a\n* * * * * root halt/centre.yaml")
    with pytest.raises(BadInput):
        entry_of(plan, "cron", "", BASE)


def test_machines_share_the_minutes_after_a_time() -> None:
    """Each has its own, the same each time; and a machine with other clocks is known."""
    shares = {waking.delay(f"machine-{number}", "mau") for number in range(200)}
    assert shares == set(range(waking.DELAY_MINUTES))
    assert waking.delay("machine-1", "mau") == waking.delay("machine-1", "mau")
    assert waking.is_local("UTC", BASE) is (BASE.astimezone().utcoffset() == timedelta(0))


def test_samples_that_no_window_lets_begin_are_named() -> None:
    """Before they are installed, not after a year of silence."""
    sample = ScheduledJob(id="s", kind=JobKind.SAMPLE, at=("09:00",))
    plan = replace(PLAN, schedule=Schedule(jobs=(sample, JOBS[1])))
    assert [job.id for job in waking.never_open(plan, BASE)] == ["s"]
    assert list(waking.never_open(replace(plan, windows=()), BASE)) == []
