"""A real manager of systemd runs what the tool puts in, catches up, and forgets what is removed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from schedules import TODAY, made

from auditor.schedule.installing import Place, Scheduler, entry

MANAGER = """\
set -e
mount --make-rprivate /
umount -R /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
mkdir {group}
echo $$ > {group}/cgroup.procs
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
mkdir -m 700 run
export XDG_RUNTIME_DIR=$PWD/run HOME=$PWD XDG_CONFIG_HOME=$PWD XDG_DATA_HOME=$PWD/data
/lib/systemd/systemd --user --log-target=console > manager.log 2>&1 &
for _round in $(seq 200); do systemctl --user is-system-running && break; sleep 0.1; done
{python} driver.py
systemctl --user exit
wait
"""
"""A manager of its own, in namespaces for mounts and processes; its group is taken away after."""

DRIVER = """\
import subprocess, time
from pathlib import Path
from schedules import TODAY, made
from auditor.schedule.installing import Place, Scheduler, entry
from auditor.transports import scheduler

here = Path.cwd()
place = Place(is_root=False, user="root", config=here, data=here / "data")
waked = entry(Scheduler.SYSTEMD, made(str(here / "program")), place, TODAY)
scheduler.install(waked)
for _round in range(100):
    if Path("ran").exists() and Path("ran").read_text().endswith("end\\n"):
        break
    time.sleep(0.1)
timers = ("systemctl", "--user", "list-timers", "--all", "--no-legend", "audit-mau.timer")
Path("next").write_bytes(subprocess.run(timers, capture_output=True, check=True).stdout)
scheduler.remove(waked)
Path("gone").write_bytes(subprocess.run(timers, capture_output=True, check=True).stdout)
"""
PROGRAM = """\
#!/bin/sh
printf '%s\\n' "$@" "secret=$AUDIT_STORE_PASSWORD" "nice=$(nice)" end > {folder}/ran
"""


def needs() -> None:
    """Skip where a manager cannot be run; `make test` installs what is missing."""
    programs = ("systemctl", "unshare", "/lib/systemd/systemd")
    if missing := [name for name in programs if shutil.which(name) is None]:
        pytest.skip(f"needs the Debian package systemd: {missing}")
    if os.geteuid():
        pytest.skip("mounts need root")
    if "cgroup2" not in Path("/proc/filesystems").read_text("ascii"):
        pytest.skip("needs control groups, version 2")


@pytest.mark.package
@pytest.mark.root
def test_a_manager_of_systemd_catches_up_once_and_starts_the_job(tmp_path: Path) -> None:
    """The machine was off at the planned time: the timer starts the service as it was written."""
    needs()
    program = tmp_path / "program"
    program.write_text(PROGRAM.format(folder=tmp_path), "utf-8")
    program.chmod(0o755)
    (tmp_path / "driver.py").write_text(DRIVER, "utf-8")
    settings = tmp_path / "centre-audit"
    settings.mkdir()
    (settings / "environment").write_text("AUDIT_STORE_PASSWORD=bi-mat\n", "utf-8")
    stamp = tmp_path / "data/systemd/timers/stamp-audit-mau.timer"
    stamp.parent.mkdir(parents=True)
    stamp.touch()
    os.utime(stamp, (86400, 86400))  # it elapsed last in 1970
    at_once = tmp_path / "systemd/user/audit-mau.timer.d/at-once.conf"
    at_once.parent.mkdir(parents=True)
    at_once.write_text("[Timer]\nRandomizedDelaySec=0\n", "ascii")
    group = f"audit-test-{os.getpid()}"
    script = MANAGER.format(python=sys.executable, group=f"/sys/fs/cgroup/{group}")
    support = Path(__file__).parents[1] / "support"
    try:
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
             "sh", "-c", script],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
            env={**os.environ, "PYTHONPATH": str(support)},
        )  # fmt: skip
    finally:
        for root in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"):
            for folder in sorted(Path(root, group).glob("**/"), reverse=True):
                folder.rmdir()
    assert (tmp_path / "ran").exists(), (done.stderr, (tmp_path / "manager.log").read_text())
    *words, secret, nice, _end = (tmp_path / "ran").read_text("utf-8").splitlines()
    assert tuple(words) == made().argv[1:]
    assert (secret, nice) == ("secret=bi-mat", "nice=10")
    assert "audit-mau.service" in (tmp_path / "next").read_text("utf-8")
    assert (tmp_path / "gone").read_text("utf-8") == ""
    place = Place(is_root=False, user="root", config=tmp_path, data=tmp_path / "data")
    assert not any(file.exists() for file in entry(Scheduler.SYSTEMD, made(), place, TODAY).files)
