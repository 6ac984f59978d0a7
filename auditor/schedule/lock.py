"""Never two scheduled jobs at once on one machine: a lock that the system lets go of by itself."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import filelock

from auditor import atomic
from auditor.canonical import dumps
from auditor.language import _
from auditor.moments import moment
from auditor.store import naming

NAME = "schedule.lock"
HOLDER = "schedule.holder.json"


class Held(Exception):
    """Another process is at work. The text names it."""


@contextmanager
def hold(now: datetime, folder: Path | None = None) -> Iterator[tuple[int, ...]]:
    """Hold the lock of this user on this machine. Raises `Held` at once if another process has it.

    The operating system ends it with the process, however that ends. What is yielded are the files
    that a child must be given to hold it too: then a job that outlives this process is still the
    only one. Windows has no such files. `folder` is where it lies; the default is the user's data
    folder.
    """
    place = folder or naming.data_folder()
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = filelock.FileLock(place / NAME, timeout=0)
        with lock:
            told = {"pid": os.getpid(), "since": moment(now)}
            atomic.clear(place / HOLDER)
            atomic.write(place / HOLDER, dumps(told))
            handle = lock._context.lock_file_fd  # noqa: SLF001 - filelock hands it out nowhere else
            yield () if os.name == "nt" or handle is None else (handle,)
    except filelock.Timeout as error:
        raise Held(_holder(place)) from error


def _holder(place: Path) -> str:
    try:
        told = json.loads((place / HOLDER).read_bytes())
        return _("process {pid}, since {since}", pid=told["pid"], since=told["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return _("another process")  # it has just begun and not yet said who it is
