"""The schedulers of this machine: which there is, and putting an entry in or taking it out."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import platformdirs
import psutil

from auditor import atomic, saying
from auditor.errors import CannotPerform
from auditor.language import _
from auditor.schedule import cron
from auditor.schedule.installing import Entry, Place, Scheduler

_BOOTED = Path("/run/systemd/system")
"""There while systemd manages the machine (sd_booted(3))."""
_LINGERING = Path("/var/lib/systemd/linger")
TIMEOUT_S = 60.0
_NO_CRONTAB = "no crontab for"


def found() -> Scheduler:
    """Return the scheduler of this machine. Raises `CannotPerform` if there is none."""
    if sys.platform == "win32":
        return Scheduler.WINDOWS
    if _BOOTED.is_dir():
        return Scheduler.SYSTEMD
    if shutil.which("crontab"):
        return Scheduler.CRON
    raise CannotPerform(
        _("neither systemd nor cron is at work here. Install cron, or choose one by --with")
    )


def place() -> Place:
    """Return where this user's entries lie."""
    return Place(
        is_root=hasattr(os, "geteuid") and os.geteuid() == 0,
        user=psutil.Process().username(),
        config=Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"),
        data=Path(platformdirs.user_data_dir("centre-audit", appauthor=False)),
    )


def needs_lingering(where: Place) -> bool:
    """Tell whether this user's timers of systemd end with the last session."""
    return not where.is_root and not (_LINGERING / where.user).exists()


def install(entry: Entry) -> None:
    """Put an entry in; one of the same name is replaced. Raises `CannotPerform`."""
    for file, content in entry.files.items():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            atomic.write(file, content)
        except OSError as error:
            raise _refused(str(file), saying.system(error)) from error
    if entry.table:
        _write_table(cron.without(_table(), entry.name) + entry.table)
    _run_all(entry.install)


def remove(entry: Entry) -> None:
    """Take an entry out, with its files. Raises `CannotPerform`."""
    _run_all(entry.stop)
    for file in entry.files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise _refused(str(file), saying.system(error)) from error
    if entry.table:
        _write_table(cron.without(_table(), entry.name))
    _run_all(entry.remove)


def is_installed(entry: Entry) -> bool:
    """Tell whether an entry of that name is there."""
    if entry.table:
        return shutil.which("crontab") is not None and cron.has(_table(), entry.name)
    return all(file.exists() for file in entry.files)


def _table() -> str:
    """Return the user's crontab; nothing if there is none."""
    command = ("crontab", "-l")
    done = _run(command)
    if done.returncode and _NO_CRONTAB not in done.stderr:
        raise _refused(" ".join(command), done.stderr)
    return done.stdout if done.returncode == 0 else ""


def _write_table(table: str) -> None:
    """Hand the whole table to `crontab`, which refuses one that cron could not read."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table"
        file.write_text(table, "utf-8")
        _run_all([("crontab", str(file))])


def _run_all(commands: Iterable[Sequence[str]]) -> None:
    for command in commands:
        done = _run(command)
        if done.returncode:
            raise _refused(" ".join(command), done.stderr or done.stdout)


def _run(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    plain = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "C"}
    try:
        return subprocess.run(  # noqa: S603 - argument list; programs of the system
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            env=plain,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _refused(" ".join(command), str(error)) from error


def _refused(what: str, why: str) -> CannotPerform:
    told = (why.strip().splitlines() or ["?"])[-1]
    return CannotPerform(
        _("{what}: {why}. Look at `--print`, or choose another one by --with", what=what, why=told)
    )
