"""A year of a centre, lived through in a minute: 40 runs, a look each morning, real receivers.

Each planted change is attributed to its one cause, each fall and each step of a lapse is told once
on its day, and nothing else is told. The clock is given at the edge; nothing is patched.
"""

from __future__ import annotations

import base64
import json
import stat
import sys
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import alert_receivers
import pytest
import year_files
import year_plan as year
from click.testing import CliRunner
from year_centre import Known, audited, looked, sampled

from auditor import profile, runfolder, site
from auditor.cli import diff
from auditor.model import Measured
from auditor.schedule import plan as plans
from auditor.schedule.working import Work, do_due, watch
from auditor.store import opening, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alert_receivers import Inbox
    from sqlalchemy import Engine
    from year_plan import Centre

SUPPORT = Path(year_files.__file__).parent
PROGRAM = """\
#!{python}
import sys
from datetime import datetime
from pathlib import Path
sys.path.insert(0, {support!r})
from year_centre import audited, exit_code
word, _site, site, _profile, profile, quiet, _store, store = sys.argv[1:]
assert (word, quiet) == ("run", "--quiet")
now = datetime.fromisoformat(Path("now").read_text("ascii"))
sys.exit(exit_code(audited(Path(site), profile, store, now)))
"""
"""Stands in the place of `audit`, and does the same at a moment that a file says."""


pytestmark = pytest.mark.timeout(600)


@dataclass
class Lived:
    """A year in a folder."""

    centre: Centre
    url: str
    engine: Engine
    runs: list[Path] = field(default_factory=list)

    @property
    def site(self) -> Path:
        """The site file."""
        return self.centre.files.site

    @property
    def criteria(self) -> str:
        """The criteria, beside it."""
        return str(self.site.parent / "criteria.yaml")

    def run(self, number: int) -> None:
        """Make what changes happen, and let the run be done, by the schedule or by a person."""
        now = year.when(number)
        if change := year.CHANGES.get(number):
            change(self.centre)
        self.centre.files.write()
        sampled(self.url, year_files.CENTRE, now, year.RATES.get(number, year.USUAL))
        if number in year.SCHEDULED:
            assert self.due(now) == [year.SCHEDULED[number]]
        else:
            known = self.restated() if number == year.RESTATED else None
            audited(self.site, self.criteria, self.url, now, known)
        self.runs = sorted((self.site.parent / "audit-runs").iterdir())
        self.read()

    def due(self, now: datetime) -> list[str]:
        """Do what the schedule says, as `audit schedule run-due`; return the jobs."""
        (self.site.parent / "now").write_text(now.isoformat(), "ascii")
        program = self.site.parent / "program"
        program.write_text(PROGRAM.format(python=sys.executable, support=str(SUPPORT)), "utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        with opening.opened(self.url) as engine:
            plan = plans.load(self.site)
            work = Work(plan, engine, str(program), self.url, lambda: now, threading.Event())
            watch(work)
            done = list(do_due(work))
        assert [item.entry.reason for item in done if item.entry] == [""] * len(done)
        return [item.due.job.id for item in done]

    def read(self) -> None:
        """Read the files; between two runs they stay as they are."""
        self.chosen = profile.load(self.criteria).profile
        self.loaded = site.load(self.site, self.chosen)

    def look(self, now: datetime) -> None:
        """Look whether something is to be told, as `audit alert due`."""
        told = looked(self.engine, self.loaded, self.chosen, now)
        assert [item.failure for item in told.outcomes] == [None] * len(told.outcomes)

    def restated(self) -> Known:
        """Return a measurement as the next version of its probe would have made it."""
        key, run = "hardening@may-nhat-ky", self.runs[-1]
        (seen,) = (
            item for item in runfolder.load(run).record.observations if item.measurement.key == key
        )
        assert isinstance(seen.result, Measured)
        rows = tuple({**row, "is_met": False} for row in seen.result.rows)
        made = replace(seen, probe_version=seen.probe_version + 1, result=Measured(rows=rows))
        return Known(made, run)


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    """Run the receivers."""
    with alert_receivers.receiving(tmp_path_factory.mktemp("inbox")) as running:
        yield running


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, inbox: Inbox) -> Iterator[Lived]:
    """Live through the year."""
    folder = alert_receivers.keyed_folder(tmp_path_factory.mktemp("year"), inbox)
    (folder / "mau").mkdir()
    hook = folder / "hook.url"
    hook.write_text(f"https://localhost:{inbox.good}/hook", "utf-8")
    hook.chmod(0o600)
    url = f"sqlite:///{folder}/store.sqlite"
    with (
        year_files.platform(folder / "ca", year.CERTIFICATE_UNTIL) as platform,
        opening.opened(url) as engine,
    ):
        files = year_files.Files(folder, platform.url, hook)
        made = Lived(year.Centre(files, platform), url, engine)
        year.begin(made.centre)
        files.write()
        made.read()
        assert made.due(year.moment(0, year.MORNING)) == []
        runs = {year.offset_of(number): number for number in range(year.RUNS)}
        for offset in range(year.DAYS):
            if offset not in year.OFF:
                made.look(year.moment(offset, year.MORNING))
            if offset in runs:
                made.run(runs[offset])
        yield made


def told(inbox: Inbox) -> list[year.Told]:
    """Return what was received: when, what kind, about what, and its words."""
    found = []
    for _host, _path, body in inbox.posts:
        payload: dict[str, Any] = json.loads(base64.b64decode(json.loads(body)["payload"]))
        at = datetime.fromisoformat(payload["at"]).astimezone(year.HERE)
        for alert in payload["alerts"]:
            words = alert["text"]["en"]
            found.append((f"{at:%m-%d %H:%M}", alert["kind"], alert["subject"], words))
    return found


def each_change_has_the_cause_that_was_planted(lived: Lived) -> None:
    """Of 39 steps hold each verdict that differs to its cause, and to no other."""
    assert len(lived.runs) == year.RUNS
    found = {}
    for number, pair in enumerate(pairwise(lived.runs), 1):
        done = CliRunner().invoke(diff.command, [*map(str, pair), "--format", "json"])
        found[number] = {item["indicator"]: item["cause"] for item in json.loads(done.stdout)}
    assert found == {number: year.CAUSES.get(number, {}) for number in range(1, year.RUNS)}


def each_fall_and_each_lapse_is_told_once_on_its_day(lived: Lived, inbox: Inbox) -> None:
    """Hold what came to all that has to be told, when, in one message for each moment."""
    with opening.opened(lived.url) as engine:
        run_ids = [link.run_id for link in reading.links(engine)]
        assert reading.verify(engine) == []
    found = told(inbox)
    assert sorted(found) == year.expected(run_ids)
    assert len(inbox.posts) == len({when for when, _kind, _about, _words in found})


def test_a_year_is_attributed_and_told_rightly(lived: Lived, inbox: Inbox) -> None:
    """One test, since tests of a file may run side by side, and each would live its own year."""
    each_change_has_the_cause_that_was_planted(lived)
    each_fall_and_each_lapse_is_told_once_on_its_day(lived, inbox)
