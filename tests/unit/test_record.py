"""A record survives its JSON form; journal, evidence and run folder survive accidents."""

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from builders import seen
from hypothesis import given
from hypothesis import strategies as st
from records_made import a_record

from auditor import atomic
from auditor.canonical import dumps, sha256
from auditor.errors import BadInput, CannotPerform
from auditor.evidence import EvidenceFolder
from auditor.journal import Journal
from auditor.model import (
    Capture,
    Failure,
    Measured,
    Measurement,
    NotMeasured,
    Observation,
    Text,
    Value,
)
from auditor.record import to_v1
from auditor.record_reader import from_v1, parse

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.booleans() | st.integers(-(10**12), 10**12) | words
cells: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    scalars,
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(words, max_size=3).map(tuple[str, ...]),
)
times = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001 - made aware
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
)
digests = words.map(lambda text: sha256(text.encode()))
texts = st.builds(Text, vi=words, en=words)
captures = st.builds(
    Capture,
    request=words,
    sha256=digests,
    size_bytes=st.integers(0, 10**9),
    exit_code=st.none() | st.integers(0, 255),
    stderr_sha256=st.just("") | digests,
)
measured = st.builds(
    Measured,
    rows=st.lists(st.dictionaries(words, cells, max_size=3), max_size=3).map(tuple),
    limitations=st.lists(texts, max_size=2).map(tuple),
)
failed = st.builds(NotMeasured, failure=st.sampled_from(Failure), detail=words)
observations = st.builds(
    Observation,
    measurement=st.builds(
        Measurement, probe=words, target=words, params=st.dictionaries(words, scalars, max_size=2)
    ),
    probe_version=st.integers(1, 9),
    vantage=words,
    started_at=times,
    duration_s=st.floats(0, 1e4).map(lambda value: round(value, 3)),
    result=measured | failed,
    captures=st.lists(captures, max_size=2).map(tuple),
)


@given(st.lists(observations, max_size=3))
def test_a_record_read_back_is_the_record(observed: list[Observation]) -> None:
    """`from_v1(parse(dumps(to_v1(record)))) == record`, whatever was observed."""
    record = a_record(*observed)
    for indent in (1, 2, None):
        assert from_v1(parse(dumps(to_v1(record), indent=indent), "r"), record.profile) == record


def test_what_is_equal_is_held_once_and_what_only_looks_so_is_not() -> None:
    """Machines that said the same share it; true is not 1, nor is a result one of its rows."""
    rows: list[dict[str, Value]] = [{"n": 1}, {"n": True}, {"n": 1.0}, {"n": 1}]
    record = a_record(*(seen("filesystems", f"m{n}", row) for n, row in enumerate(rows)))
    again = from_v1(parse(dumps(to_v1(record), indent=1), "r"), record.profile)
    first, true, real, same = (item.result for item in again.observations[-4:])
    assert isinstance(first, Measured)
    assert isinstance(true, Measured)
    assert isinstance(real, Measured)
    assert first is same
    assert [type(each.rows[0]["n"]) for each in (first, true, real)] == [int, bool, float]
    damaged: Any = to_v1(record)
    damaged["observations"][-2]["measured"]["rows"] = [{"rows": ["x"], "limitations": []}]
    damaged["observations"][-1]["measured"] = {"rows": ["x"], "limitations": []}
    for indent in (1, None):
        with pytest.raises(BadInput):
            parse(dumps(damaged, indent=indent), "r")


def test_a_parameter_is_read_as_it_stands() -> None:
    """Also where plan and observation name it in types that count as equal."""
    written = to_v1(a_record(seen("filesystems", "m")))
    written["plan"] = [{"probe": "filesystems", "target": "m", "params": {"n": 1}}]
    written["observations"] = [{**written["observations"][-1], "measurement": {
        "probe": "filesystems", "target": "m", "params": {"n": True}}}]  # fmt: skip
    again = from_v1(parse(dumps(written), "r"), a_record().profile)
    assert [act.key for act in again.plan] == ["filesystems(n=1)@m"]
    assert [item.measurement.key for item in again.observations] == ["filesystems(n=True)@m"]


def test_the_schema_accepts_what_is_written() -> None:
    """record.v1.json, generated from the types, describes real records."""
    schema = json.loads((resources.files("auditor.schemas") / "record.v1.json").read_bytes())
    jsonschema.validate(json.loads(dumps(to_v1(a_record()))), schema)


def test_an_observation_is_measured_or_not_and_never_both() -> None:
    """A record that claims both, or neither, cannot be read."""
    written = to_v1(a_record())
    written["observations"][0]["not_measured"] = {"failure": "timeout", "detail": ""}
    with pytest.raises(ValueError, match="either measured or not"):
        from_v1(written, a_record().profile)


def test_the_journal_keeps_what_it_was_given(tmp_path: Path) -> None:
    """Closed and opened again, header and observations are the same."""
    observed = a_record().observations
    with Journal(tmp_path) as journal:
        journal.begin({"run_id": "r"})
        for item in observed:
            journal.add(item)
    with Journal(tmp_path) as journal:
        assert journal.header() == {"run_id": "r"}
        assert journal.observations() == observed


def test_nothing_is_measured_twice_into_a_journal(tmp_path: Path) -> None:
    """A second observation of the same act is a bug and is refused."""
    (first, *_rest) = a_record().observations
    with Journal(tmp_path) as journal:
        journal.add(first)
        with pytest.raises(sqlite3.IntegrityError):
            journal.add(first)


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """A journal in use is refused with a sentence, and its holder is not disturbed."""
    with Journal(tmp_path) as journal:
        journal.begin({"run_id": "r"})
        with pytest.raises(CannotPerform, match="database is locked"):
            Journal(tmp_path)
        assert journal.header() == {"run_id": "r"}


def test_a_journal_that_is_none_is_refused(tmp_path: Path) -> None:
    """Foreign bytes under the journal's name give a sentence."""
    (tmp_path / "journal.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(CannotPerform, match="journal"):
        Journal(tmp_path)


def test_evidence_lies_under_its_digest_and_damage_is_seen(tmp_path: Path) -> None:
    """Altered, missing and intact captures are told apart."""
    folder = EvidenceFolder(tmp_path)
    out, err = folder.keep("run x", b"out"), folder.keep("run x 2>", b"err")
    capture = Capture(request="run x", sha256=out, size_bytes=3, exit_code=0, stderr_sha256=err)
    item = replace(a_record().observations[0], captures=(capture,))
    key = item.measurement.key

    assert folder.damaged([item]) == {}
    (tmp_path / err).write_bytes(b"other")
    assert folder.damaged([item]) == {key: err}
    (tmp_path / out).unlink()
    assert folder.damaged([item]) == {key: out}


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    """A folder stands in the way of the move: the error is told, nothing half is left."""
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        atomic.write(tmp_path / "taken", b"x")
    atomic.write(tmp_path / "file", b"old")
    atomic.write(tmp_path / "file", b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]
    assert (tmp_path / "file").read_bytes() == b"new"
