"""Samples of a store in a run: judged over, read again without the store, refused when touched."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from builders import a_case, seen
from kept_samples import ACT, AT, Kept, site
from line_samples import BEGIN, a_sample

from auditor import speed_records
from auditor.canonical import dumps
from auditor.catalogue import probes
from auditor.internet.series import FIRST, record_of
from auditor.judge import Asked, check_finding
from auditor.model import (
    CheckFinding,
    Measured,
    Observation,
    Row,
    Verdict,
)
from auditor.moments import moment
from auditor.pack.stored import StoredNetwork
from auditor.profile import load
from auditor.sample_slice import REQUEST, Absence, Slice, written
from auditor.scope import Gate
from auditor.transports import Context
from auditor.transports.net import GatedNetwork

CRITERIA = load("lai-chau-2026").profile
VISITS = 32


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a store of 32 visits, four hours apart."""
    made = Kept(f"sqlite:///{tmp_path_factory.mktemp('kept')}/store.sqlite")
    for number in range(VISITS):
        made.visit(number)
    return made


def measured(kept: Kept, content: bytes, at: datetime = AT, days: float | None = 90) -> Observation:
    """Measure as a run does that was handed a part of a store."""
    place = site()
    stored = Slice(
        content,
        place.centre.id,
        ACT.key,
        range(1, 2),
        days,
        kept.evidence.get,
    )
    bytes_of: dict[str, bytes] = {}

    def keep(_request: str, taken: bytes) -> str:
        bytes_of[sha256(taken).hexdigest()] = taken
        return sha256(taken).hexdigest()

    context = Context(place, Path(), Gate(place.scope, place.timezone), keep, started_at=at)
    network = GatedNetwork(replace(context, stored=stored))
    probe = probes()[ACT.probe]
    result = probe.measure(network)
    observation = Observation(
        measurement=ACT,
        probe_version=probe.version,
        vantage="here",
        started_at=at,
        duration_s=0.1,
        result=result,
        captures=network.captures,
    )
    captures = [(each.request, bytes_of[each.sha256]) for each in network.captures]
    again = probe.measure(StoredNetwork(place, captures, observation, CRITERIA))
    assert again == result, "the pack alone gives the same rows and the same words"
    return observation


def judged(observation: Observation) -> CheckFinding:
    """Answer the check of the measured ratio by a contract of 300 Mbit/s."""
    assert isinstance(observation.result, Measured)
    declared: Row = {"id": "internet_contract_down_mbps", "number": 300, "text": None}
    case = a_case(
        CRITERIA,
        seen("internet_quality", "network", *observation.result.rows),
        seen("declared_values", "site", declared),
    )
    indicator = next(item for item in CRITERIA.indicators if item.id == "2.1")
    check = next(item for item in indicator.checks if item.id == "measured_ratio")
    return check_finding(case, indicator, check, Asked())


def test_the_verdict_rests_on_the_stored_samples(full: Kept) -> None:
    """Enough samples in enough slots: met, and the reason says how many, in both languages."""
    found = judged(measured(full, full.content()))
    assert found.verdict is Verdict.MET
    assert found.reason.vi.endswith("[căn cứ: chuỗi 1 có 32 mẫu dùng được trong 32 khung giờ]")
    assert "series 1: usable samples 32, time slots 32" in found.reason.en


def test_only_the_window_counts(full: Kept) -> None:
    """Two days hold too few samples: for information only, and it says how many there are."""
    seen_then = measured(full, full.content(), at=BEGIN + timedelta(days=5, hours=13), days=90)
    assert judged(seen_then).verdict is Verdict.MET
    found = probes()[ACT.probe].measure(_network(full, days=2))
    assert len(found.rows) == 12
    few = judged(_observed(found))
    assert few.verdict is Verdict.UNDETERMINED
    assert "chuỗi 1 có 12 mẫu dùng được trong 12 khung giờ" in few.reason.vi


def _network(kept: Kept, days: float | None) -> GatedNetwork:
    at = BEGIN + timedelta(hours=4 * VISITS - 3)
    given = Slice(kept.content(), "trung-tam", ACT.key, range(1, 2), days, kept.evidence.get)
    place = site()
    gate = Gate(place.scope, place.timezone)
    return GatedNetwork(
        Context(place, Path(), gate, lambda _r, c: sha256(c).hexdigest(), started_at=at,
                stored=given)
    )  # fmt: skip


def _observed(result: Measured) -> Observation:
    return Observation(
        measurement=ACT, probe_version=1, vantage="here", started_at=AT, duration_s=0, result=result
    )


Touch = Callable[[list[dict[str, Any]]], None]


def _altered(links: list[dict[str, Any]]) -> None:
    links[3]["observation"] = links[3]["observation"].replace("250", "990")


def _without_one(links: list[dict[str, Any]]) -> None:
    del links[5]


def _two_change_places(links: list[dict[str, Any]]) -> None:
    links[5], links[6] = links[6], links[5]


def _twice(links: list[dict[str, Any]]) -> None:
    links.insert(4, links[4])


def _another_time(links: list[dict[str, Any]]) -> None:
    links[2]["started_at"] = "2026-11-21T00:00:00.000Z"


def _no_form(links: list[dict[str, Any]]) -> None:
    links[2] = {"position": 3}


@pytest.mark.parametrize(
    "touch",
    [_altered, _without_one, _two_change_places, _twice, _another_time, _no_form],
    ids=lambda touch: touch.__name__,
)
def test_nothing_of_a_touched_store_is_used(touch: Touch, full: Kept) -> None:
    """Altered, removed, moved, doubled: told, and no verdict rests on any of it."""
    read = json.loads(full.content())
    touch(read["links"])
    given = Slice(dumps(read), "trung-tam", ACT.key, range(1, 2), 90, full.evidence.get)
    visits, remarks = given.chosen(AT)
    assert visits == ()
    assert "không dùng mẫu nào của kho" in remarks[0].vi
    assert "used" in remarks[0].en


def test_evidence_that_was_touched_or_is_gone_is_not_judged_upon(full: Kept) -> None:
    """Dropping slow samples by deleting their evidence drops them all."""
    gone = dict(list(full.evidence.items())[1:])
    given = Slice(full.content(), "trung-tam", ACT.key, range(1, 2), 90, gone.get)
    visits, remarks = given.chosen(AT)
    assert visits == ()
    assert remarks[0].vi.startswith("Mẫu 1 trong kho")


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Return an empty store."""
    return Kept(f"sqlite:///{tmp_path}/store.sqlite")


def chosen(kept: Kept) -> tuple[list[int], str]:
    """Return the positions that count, and what is said."""
    given = Slice(kept.content(), "trung-tam", ACT.key, range(1, 2), 90, kept.evidence.get)
    visits, remarks = given.chosen(AT)
    return [visit.position for visit in visits], " ".join(text.vi for text in remarks)


def test_of_other_centres_and_other_ways_nothing_counts(kept: Kept) -> None:
    """Their links stand in the chain, without what they saw; the rest counts."""
    kept.visit(0)
    kept.visit(1, centre="trung-tam-khac")
    kept.visit(2, version=2)
    positions, said = chosen(kept)
    assert positions == [1]
    assert "1 lượt đo trong kho đo theo cách cũ" in said
    links = json.loads(kept.content())["links"]
    assert [link["observation"] is None for link in links] == [False, True, False]


def test_a_clock_that_cannot_be_right_is_told(kept: Kept) -> None:
    """Samples from the future, and both sides of a jump back, do not count."""
    kept.visit(0)
    kept.visit(1, kept_at=BEGIN + timedelta(days=20))
    kept.visit(2)
    kept.visit(130)
    kept.visit(300)
    positions, said = chosen(kept)
    assert positions == [1, 4], "the third was kept before the second, the fifth is yet to come"
    assert "3 lượt đo trong kho có giờ không thể đúng" in said


def test_another_server_does_not_count(kept: Kept, full: Kept) -> None:
    """What the site file no longer names was another line."""
    other = a_sample(990, 1, server="203.0.113.9")
    kept.visit(0)
    kept.visit(1, sample={"order": other.order, "transfer": other.transfer})
    observation = measured(kept, kept.content())
    assert isinstance(observation.result, Measured)
    assert len(observation.result.rows) == 1
    said = " ".join(text.vi for text in observation.result.limitations)
    assert "1 mẫu trong kho đo với máy chủ mà tệp của trung tâm không còn nêu" in said
    assert observation.captures[0].request == REQUEST
    assert len(full.evidence) == VISITS


def test_one_sample_counts_once(kept: Kept) -> None:
    """In the series' file and in the store: one sample all the same."""
    kept.visit(0)
    sample = a_sample(250, 0)
    given = Slice(kept.content(), "trung-tam", ACT.key, range(1, 2), 90, kept.evidence.get)
    visits, _remarks = given.chosen(AT)
    series = dumps(record_of(sample, FIRST)) + b"\n"
    found, remarks = speed_records.earlier(series, visits, site().internet)
    assert found == (sample,)
    assert remarks == ()


@pytest.mark.parametrize("absence", list(Absence))
def test_why_there_are_none_is_said(absence: Absence) -> None:
    """In both languages, and nothing is used."""
    given = Slice(written([], "a", "b", absence.value), "a", "b", range(1, 2), 90, lambda _d: None)
    visits, remarks = given.chosen(AT)
    assert visits == ()
    assert remarks[0].vi != remarks[0].en
    assert moment(AT).endswith("Z")


def test_what_is_no_part_of_a_chain_is_told() -> None:
    """Whatever the bytes: no sample, one sentence, no traceback."""
    for content in (b"", b"[]", b'{"links": 3, "absence": ""}', b'{"links": [1], "absence": ""}'):
        given = Slice(content, "a", "b", range(1, 2), 90, lambda _digest: None)
        visits, remarks = given.chosen(datetime(2026, 1, 1, tzinfo=UTC))
        assert (visits, len(remarks)) == ((), 1)
