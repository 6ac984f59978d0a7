"""Recordings: equal to what they were taken from, and harmless when damaged."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor import catalogue
from auditor.errors import CannotMeasure
from auditor.model import Capture, CommandResult, Measured, Subject
from auditor.probing import Probe
from auditor.transports.capturing import Answer, Captures, Origin, Recorder
from auditor.transports.local import LocalHost
from auditor.transports.replay import ReplayHost, from_evidence, from_folder

RECORDINGS = sorted(
    index.parent for index in (Path(__file__).parent.parent / "captures").glob("*/index.json")
)
HOST_PROBES = sorted(
    probe.id for probe in catalogue.probes().values() if probe.subject is Subject.HOST
)


def digest(request: str, _content: bytes) -> str:
    """Name evidence by its request: enough for tests that do not keep it."""
    return request


def outcome(probe: Probe, host: LocalHost | ReplayHost | Recorder) -> Measured | tuple[str, str]:
    """Measure; a named failure is an outcome, any other error is not caught."""
    try:
        return probe.measure(host)
    except CannotMeasure as failure:
        return (failure.failure, failure.detail)


def test_every_recording_says_where_it_comes_from() -> None:
    """A capture without origin proves nothing."""
    assert RECORDINGS
    for folder in RECORDINGS:
        assert (folder / "ORIGIN.txt").read_text().startswith("system: ")


@pytest.mark.parametrize("name", HOST_PROBES)
def test_a_probe_names_only_platforms_of_which_something_was_seen(
    probes: Mapping[str, Probe], name: str
) -> None:
    """Linux is recorded for each; what is claimed beyond says in its text that it is not tested."""
    probe = probes[name]
    assert "linux" in probe.platforms
    if probe.platforms != {"linux"}:
        assert "tested on" in " ".join(probe.doc.lower().split())


@pytest.mark.parametrize("name", HOST_PROBES)
def test_replay_gives_what_was_recorded(
    probes: Mapping[str, Probe], here: LocalHost, tmp_path: Path, name: str
) -> None:
    """The same rows, limitations and failures come out of the folder as out of the machine."""
    recorder = Recorder(here)
    live = outcome(probes[name], recorder)
    recorder.write(tmp_path, Origin("this machine", datetime.now(UTC), "pytest"))
    platform, find = from_folder(tmp_path)
    assert outcome(probes[name], ReplayHost(platform, find, Captures(digest))) == live


@pytest.mark.parametrize("name", HOST_PROBES)
def test_evidence_of_a_run_measures_again(probes: Mapping[str, Probe], name: str) -> None:
    """What a run kept is enough to read it again: same rows or failure, and the same evidence."""
    kept: dict[str, bytes] = {}

    def keep(request: str, content: bytes) -> str:
        kept[request] = content
        return request

    host = LocalHost(Captures(keep))
    live = outcome(probes[name], host)
    captures: tuple[Capture, ...] = host.captures
    again = ReplayHost(host.platform, from_evidence(captures, kept.__getitem__), Captures(keep))
    assert outcome(probes[name], again) == live
    assert again.captures == captures


def cases() -> list[tuple[Path, str]]:
    """Pair each recording with the probes that find something of theirs in it."""
    found = []
    for folder in RECORDINGS:
        platform, find = from_folder(folder)
        for name in HOST_PROBES:
            host = ReplayHost(platform, find, Captures(digest))
            outcome(catalogue.probes()[name], host)
            if host.captures:
                found.append((folder, name))
    return found


def damaged(answer: Answer | None, damage: Callable[[bytes], bytes]) -> Answer | None:
    """Damage what an answer holds."""
    if isinstance(answer, CommandResult):
        return replace(answer, stdout=damage(answer.stdout))
    return damage(answer) if isinstance(answer, bytes) else answer


@pytest.mark.parametrize(
    ("folder", "name"), [pytest.param(*case, id=f"{case[0].name}-{case[1]}") for case in cases()]
)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_damage_gives_rows_or_a_named_failure(folder: Path, name: str, data: st.DataObject) -> None:
    """A real capture, cut, changed or repeated, never gives any other error."""
    probe = catalogue.probes()[name]
    platform, find = from_folder(folder)

    def damage(content: bytes) -> bytes:
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 40)))
        middle = data.draw(
            st.one_of(st.binary(max_size=6), st.just(content[start:end] * 2), st.just(b"-1"))
        )
        return content[:start] + middle + content[end:]

    host = ReplayHost(
        platform, lambda request, argv: damaged(find(request, argv), damage), Captures(digest)
    )
    result = outcome(probe, host)
    if isinstance(result, Measured):
        kinds = {column.name: column.kind for column in probe.columns}
        for row in result.rows:
            assert row.keys() == kinds.keys()
            assert all(type(row[name]) in {kinds[name], type(None)} for name in kinds)
