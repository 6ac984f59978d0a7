"""An agent with one job that is due at once: its site, its history, and its first end."""

import json
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.model.schedule import Entry, Event
from auditor.moments import moment
from auditor.store import jobs, opening

ENDLESS = 1 << 42
"""Bytes of a sparse file: a job that measures it is at work until it is cut."""


def attempts(store: str) -> list[Entry]:
    """Return what a store knows of jobs that were begun."""
    with opening.opened(store) as engine:
        return [line for line in jobs.history(engine) if line.event is Event.ATTEMPT]


def site_of(folder: Path, minute: str, more: str = "") -> Path:
    """Write a site with one job at a minute of the day; `more` is appended."""
    file = folder / "centre.yaml"
    file.write_text(
        "schema: urn:audit:site:v1\ncentre: {id: mau, name: Mẫu}\ntimezone: UTC\n"
        f'schedule: {{profile: small.yaml, jobs: [{{id: a, kind: technical, at: ["{minute}"],'
        f" days: [mon, tue, wed, thu, fri, sat, sun]}}]}}\n{more}",
        "utf-8",
    )
    return file


def missed_since(ago: timedelta) -> tuple[str, str]:
    """Return the minute of a job that an agent has to catch up with, and since when it watches."""
    then = datetime.now(UTC) - ago
    return f"{then:%H:%M}", moment(then - timedelta(hours=1))


def watched_since(store: str, at: str) -> None:
    """Let a history begin earlier, as if this machine had been off since."""
    with opening.opened(store) as engine, engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE job SET at = '{at}', slot = '{at}'")  # noqa: S608


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)


def with_a_job(file: Path, started: subprocess.Popen[bytes]) -> dict[str, object]:
    """Wait until the health file tells of a job that has ended."""
    told: dict[str, object] = {}
    for _round in range(1200):
        told = json.loads(file.read_bytes()) if file.exists() else {}
        if told.get("last"):
            return told
        assert started.poll() is None, started.communicate()
        time.sleep(0.05)
    pytest.fail(f"{file} says {told}")
