"""Recordings: real, with their origin, and harmless when damaged."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from collected import facts_of, here
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor import catalogue
from auditor.collection import parse
from auditor.errors import CannotMeasure
from auditor.model import Measured, Subject
from auditor.probing import HostFacts, Probe

RECORDINGS = sorted(
    file.parent for file in (Path(__file__).parent.parent / "captures").glob("*/collection.txt")
)
HOST_PROBES = sorted(
    probe.id for probe in catalogue.probes().values() if probe.subject is Subject.HOST
)


@cache
def raw(folder: Path) -> bytes:
    """Return a recording."""
    return (folder / "collection.txt").read_bytes()


def outcome(probe: Probe, facts: HostFacts) -> Measured | tuple[str, str]:
    """Measure; a named failure is an outcome, any other error is not caught."""
    try:
        return probe.measure(facts)
    except CannotMeasure as failure:
        return (failure.failure, failure.detail)


def test_every_recording_says_where_it_comes_from() -> None:
    """A capture without origin proves nothing; one that was not recorded says so."""
    assert len(RECORDINGS) >= 5
    for folder in RECORDINGS:
        origin = (folder / "ORIGIN.txt").read_text()
        assert origin.startswith("system: ")
        assert ("NOT RECORDED" in origin) >= folder.name.endswith("-quoted")
        assert parse(raw(folder)).is_complete


@pytest.mark.parametrize("name", HOST_PROBES)
def test_a_probe_names_only_platforms_of_which_something_was_seen(
    probes: Mapping[str, Probe], name: str
) -> None:
    """Linux is recorded for each; what is claimed beyond says in its text that it is not tested."""
    probe = probes[name]
    assert "linux" in probe.platforms
    if probe.platforms != {"linux"}:
        assert "tested on" in " ".join(probe.doc.lower().split())


def test_a_recording_measures_as_the_machine_did(probes: Mapping[str, Probe]) -> None:
    """The same collection gives the same rows, limitations and failures every time."""
    facts = here()
    for name in HOST_PROBES:
        assert outcome(probes[name], facts) == outcome(probes[name], facts)


@pytest.mark.parametrize("folder", RECORDINGS, ids=lambda folder: folder.name)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_gives_rows_or_a_named_failure(folder: Path, data: st.DataObject) -> None:
    """A real collection, cut, changed or repeated, never gives any other error."""
    content = raw(folder)
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 60)))
    middle = data.draw(
        st.one_of(
            st.binary(max_size=8),
            st.just(content[start:end] * 2),
            st.sampled_from([b"-1", b"9" * 30, b"\n", b" ", b"\xff\xfe", b"\x00", b'"', b"\\"]),
        )
    )
    rest = data.draw(st.sampled_from([content[end:], b""]))
    try:
        facts = facts_of(parse(content[:start] + middle + rest))
    except CannotMeasure:
        return
    for name in HOST_PROBES:
        probe = catalogue.probes()[name]
        result = outcome(probe, facts)
        if isinstance(result, Measured):
            kinds = {column.name: column.kind for column in probe.columns}
            for row in result.rows:
                assert row.keys() == kinds.keys()
                assert all(type(row[key]) in {kinds[key], type(None)} for key in kinds)
