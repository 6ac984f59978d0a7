"""Real visits on a shaped line, three mornings of five, and the verdict on 2.1 by them."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import line_visits
import pytest
from builders import a_case, seen
from kept_samples import ACT
from line_visits import BEGIN, SERVERS, SLOTS, VISITS, site

from auditor import sampling
from auditor.catalogue import probes
from auditor.evidence import EvidenceFolder
from auditor.judge import Asked, check_finding
from auditor.model import CheckFinding, Profile, Row, Verdict
from auditor.profile import load
from auditor.runfolder import EVIDENCE
from auditor.sample_slice import Slice, window_days, written
from auditor.scope import Gate
from auditor.store import opening, reading, samples
from auditor.transports import Context
from auditor.transports.net import GatedNetwork

pytestmark = [pytest.mark.serial, pytest.mark.root, pytest.mark.timeout(300)]

LINE_MBPS = 5
IN_ORDER, TOO_MUCH = 4, 20
"""Contracts in Mbit/s: the line keeps the one, and is a quarter of the other."""


@pytest.fixture(scope="module")
def criteria() -> Profile:
    """Return the criteria of Lai Châu, but a conclusion allowed from 3 slots of 5 samples."""
    shipped = load("lai-chau-2026").profile
    fewest = replace(shipped.parameters["min_speed_samples"], default=VISITS)
    return replace(shipped, parameters={**shipped.parameters, "min_speed_samples": fewest})


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory, criteria: Profile) -> tuple[Row, ...]:
    """Take the visits, keep them in a store, and read there what a run today would read."""
    if os.geteuid() or line_visits.missing():
        pytest.skip(f"needs root and programs: {line_visits.missing()}")
    folder = tmp_path_factory.mktemp("visits")
    name, rate = f"lv{os.getpid()}", str(LINE_MBPS)
    command = [sys.executable, line_visits.__file__, str(folder), name, rate]
    path = str(Path(line_visits.__file__).parent)
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": path})
    url = f"sqlite:///{folder}/store.sqlite"
    keep(folder, url)
    with opening.opened(url) as engine:
        assert reading.verify(engine) == []
        kept = samples.samples(engine, BEGIN, datetime.now(UTC))
    assert len(kept) >= 2 * VISITS
    folders = [EvidenceFolder(Path(link.folder) / EVIDENCE) for link in kept]

    def read(digest: str) -> bytes | None:
        return next((found for each in folders if (found := each.read(digest))), None)

    place, now = site(*SERVERS), BEGIN + timedelta(days=SLOTS)
    content = written(kept, place.centre.id, ACT.key)
    versions = range(1, probes()[ACT.probe].version + 1)
    days = window_days(criteria)
    stored = Slice(content, place.centre.id, ACT.key, versions, days, read)
    gate = Gate(place.scope, place.timezone)
    context = Context(
        place, Path(), gate, lambda _r, c: sha256(c).hexdigest(), started_at=now, stored=stored
    )
    found = probes()[ACT.probe].measure(GatedNetwork(context))
    return found.rows


def keep(folder: Path, url: str) -> None:
    """Keep the visits in the order of their days, each a minute after it began."""
    with opening.opened(url) as engine:
        done = [
            (visit, place)
            for place in folder.iterdir()
            if place.is_dir()
            for visit in sampling.waiting(place)
        ]
        for visit, place in sorted(done, key=lambda each: each[0].seen[0].started_at):
            now = visit.seen[0].started_at + timedelta(minutes=1)
            origin = samples.Origin(visit.centre, visit.site_sha256, place)
            samples.keep_samples(engine, visit.seen, origin, now)


def judged(criteria: Profile, rows: tuple[Row, ...], contract: int) -> CheckFinding:
    """Answer the check of the measured ratio by a contract."""
    declared: Row = {"id": "internet_contract_down_mbps", "number": contract, "text": None}
    case = a_case(
        criteria,
        seen("internet_quality", "network", *rows),
        seen("declared_values", "site", declared),
    )
    indicator = next(item for item in criteria.indicators if item.id == "2.1")
    check = next(item for item in indicator.checks if item.id == "measured_ratio")
    return check_finding(case, indicator, check, Asked())


def downloads(rows: tuple[Row, ...]) -> tuple[int, int]:
    """Return how many usable downloads each server gave."""
    first, second = (
        sum(
            row["direction"] == "down" and row["is_usable"] is True and server in str(row["series"])
            for row in rows
        )
        for server in SERVERS
    )
    return first, second


def test_every_visit_is_a_sample_of_its_morning_and_sees_the_shaped_rate(
    rows: tuple[Row, ...],
) -> None:
    """Fifteen of each server at least, in three slots, none faster than the line."""
    assert min(downloads(rows)) >= VISITS
    usable = [row for row in rows if row["direction"] == "down" and row["is_usable"]]
    assert {row["series_slots"] for row in usable} == {SLOTS}
    for row in usable:
        assert 0.3 * LINE_MBPS < float(str(row["mbps_whole"])) < 1.05 * LINE_MBPS


def test_a_line_that_keeps_its_contract_is_met(rows: tuple[Row, ...], criteria: Profile) -> None:
    """And the reason says on how many samples in how many slots that rests."""
    found = judged(criteria, rows, IN_ORDER)
    assert found.verdict is Verdict.MET, found.reason.en
    for number, count in enumerate(downloads(rows), 1):
        words = f"series {number}: usable samples {count}, time slots {SLOTS}"
        assert words in found.reason.en
        assert f"chuỗi {number} có {count} mẫu dùng được trong {SLOTS}" in found.reason.vi


def test_a_line_far_below_its_contract_is_not_met(rows: tuple[Row, ...], criteria: Profile) -> None:
    """Two servers agree. What a busy machine capped proves nothing, so then it is undetermined."""
    found = judged(criteria, rows, TOO_MUCH)
    down = [row for row in rows if row["direction"] == "down" and row["is_usable"]]
    is_clear = all(int(str(row["series_clear_n"])) >= VISITS for row in down)
    assert found.verdict is (Verdict.NOT_MET if is_clear else Verdict.UNDETERMINED), found.reason.en
    assert f", time slots {SLOTS}" in found.reason.en
