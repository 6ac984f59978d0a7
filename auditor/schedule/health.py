"""The health file of the agent: what another process may know of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import filelock

from auditor import atomic
from auditor.canonical import dumps
from auditor.errors import CannotPerform
from auditor.language import _

BEAT = timedelta(minutes=1)
SILENT = 5 * BEAT
"""An agent whose file is older does not go on, even if its process is there."""


@dataclass(frozen=True, slots=True)
class Health:
    """What an agent says of itself; moments are RFC 3339 in UTC.

    `last` is the job that ended last with its exit code, `next_job` the one that comes next;
    `last_error` is why the last look did not work, or nothing. `ended_at`: it was asked to end.
    """

    pid: int
    centre: str
    since: str
    beat: str
    last: dict[str, object] | None = None
    next_job: dict[str, object] | None = None
    last_error: str = ""
    ended_at: str = ""


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Hold a health file for this agent. Raises `CannotPerform` if another one writes it.

    The operating system ends it with the process, however that ends.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(f"{file}.lock", timeout=0):
            yield
    except filelock.Timeout as error:
        raise CannotPerform(
            _("another agent (process {pid}) is at work here and writes {file}. End it, or give"
              " this one a file of its own with --health", pid=pid_of(file), file=file)
        ) from error  # fmt: skip


def write(file: Path, health: Health) -> None:
    """Write the file whole or not at all. Raises `OSError`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    atomic.clear(file)
    atomic.write(file, dumps(asdict(health), indent=1))


def ailment(file: Path, now: datetime, *, alive: bool = True) -> str:
    """Say why the agent is not well, or nothing; `alive` tells whether its process is there."""
    try:
        told = json.loads(file.read_bytes())
        health = Health(**told)
        beat = datetime.fromisoformat(health.beat)
    except (OSError, ValueError, TypeError) as error:
        return _("{file} cannot be read: {error}", file=file, error=error)
    if health.ended_at:
        return _("the agent ended at {moment}", moment=health.ended_at)
    if not alive:
        return _("the agent's process {pid} is gone", pid=health.pid)
    if abs(now - beat) > SILENT:  # a later one is of a clock that was set back since
        return _("the agent has said nothing since {moment}", moment=health.beat)
    return _("its last look failed: {error}", error=health.last_error) if health.last_error else ""


def pid_of(file: Path) -> int | None:
    """Return the process that the file names, if it names one."""
    try:
        pid = json.loads(file.read_bytes())["pid"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return pid if isinstance(pid, int) else None
