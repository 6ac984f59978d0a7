"""Recordings on disk, and what opens them."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from auditor.catalogue import SCHEMES
from auditor.errors import CannotMeasure
from auditor.model import Centre, Failure, Site, Target
from auditor.probing import Host
from auditor.scope import Gate
from auditor.transports import Context, open_target
from auditor.transports.capturing import Captures, Origin, Recorder
from auditor.transports.local import LocalHost
from auditor.transports.replay import ReplayHost, from_folder

ORIGIN = Origin("this machine", datetime(2026, 11, 21, 5, 0, tzinfo=UTC), "pytest")


def keep(_request: str, content: bytes) -> str:
    """Hash and forget."""
    return sha256(content).hexdigest()


def recorder() -> Recorder:
    """Record this machine."""
    return Recorder(LocalHost(Captures(keep)))


def replayed(folder: Path) -> ReplayHost:
    """Open a folder."""
    platform, find = from_folder(folder)
    return ReplayHost(platform, find, Captures(keep))


def failure_of(host: Host, *argv: str) -> CannotMeasure:
    """Run something that must fail."""
    with pytest.raises(CannotMeasure) as caught:
        host.run(*argv)
    return caught.value


def everything(host: Host) -> tuple[object, ...]:
    """Ask one request of each kind, and one that fails."""
    failure = failure_of(host, "no-such-program")
    return (
        host.run("sh", "-c", "echo out; echo err >&2; exit 7"),
        host.read_file("/etc/hostname"),
        host.system("block_devices"),
        (failure.failure, failure.detail),
        *unreadable(host),
    )


def unreadable(host: Host) -> tuple[Failure, Failure]:
    """Read a file and take a reading that Linux does not have."""
    with pytest.raises(CannotMeasure) as no_file:
        host.read_file("/no/such/file")
    with pytest.raises(CannotMeasure) as no_reading:
        host.system("services")
    return no_file.value.failure, no_reading.value.failure


def test_answers_as_recorded(tmp_path: Path) -> None:
    """Output, exit code, files, readings and failures come back as they were."""
    live = recorder()
    answers = everything(live)
    live.write(tmp_path, ORIGIN)
    replay = replayed(tmp_path)
    assert everything(replay) == answers
    assert replay.platform == live.platform
    assert len(replay.captures) == 3


def test_origin_says_where_from(tmp_path: Path) -> None:
    """System, moment in UTC and command stand beside the files."""
    recorder().write(tmp_path, ORIGIN)
    assert (tmp_path / "ORIGIN.txt").read_text() == (
        "system: this machine\nrecorded: 2026-11-21T05:00:00Z\ncommand: pytest\n"
    )


def test_a_second_recording_adds(tmp_path: Path) -> None:
    """Recording another probe into the same folder keeps what is there."""
    first, second = recorder(), recorder()
    first.run("true")
    second.run("false")
    first.write(tmp_path, ORIGIN)
    second.write(tmp_path, ORIGIN)
    replay = replayed(tmp_path)
    assert (replay.run("true").exit_code, replay.run("false").exit_code) == (0, 1)


def test_platforms_are_not_mixed(tmp_path: Path) -> None:
    """A folder of another platform is refused."""
    (tmp_path / "index.json").write_text('{"platform": "windows", "requests": {}}')
    with pytest.raises(ValueError, match="recorded on windows"):
        recorder().write(tmp_path, ORIGIN)


@pytest.mark.parametrize("text", ["[]", '{"requests": []}'])
def test_a_foreign_index_is_not_overwritten(tmp_path: Path, text: str) -> None:
    """A file of that name that is no index stays as it is."""
    (tmp_path / "index.json").write_text(text)
    with pytest.raises(ValueError, match="no mapping"):
        recorder().write(tmp_path, ORIGIN)
    assert (tmp_path / "index.json").read_text() == text


def test_what_was_not_recorded_is_missing(tmp_path: Path) -> None:
    """A recording never invents an answer."""
    recorder().write(tmp_path, ORIGIN)
    failure = failure_of(replayed(tmp_path), "uname")
    assert (failure.failure, failure.detail) == (
        Failure.TOOL_MISSING,
        "run uname: not in the recording",
    )


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"exit_code": "x"},
        {"exit_code": 0, "stdout": "gone"},
        {"failure": "no such failure", "detail": ""},
        {"failure": "timeout"},
        7,
    ],
)
def test_a_damaged_index_is_unparsable(tmp_path: Path, entry: object) -> None:
    """Missing files and impossible entries are named, whatever is wrong with them."""
    index = {"platform": "linux", "requests": {"run uname": entry}}
    (tmp_path / "index.json").write_text(json.dumps(index))
    assert failure_of(replayed(tmp_path), "uname").failure is Failure.UNPARSABLE


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"platform": "linux", "requests": 7}'])
def test_no_index_is_unparsable(tmp_path: Path, text: str) -> None:
    """A folder whose index is none is refused before anything is asked."""
    (tmp_path / "index.json").write_text(text)
    with pytest.raises(CannotMeasure) as caught:
        replayed(tmp_path)
    assert caught.value.failure is Failure.UNPARSABLE


def test_a_command_is_no_file(tmp_path: Path) -> None:
    """An entry of the wrong kind is not reinterpreted."""
    index = {
        "platform": "linux",
        "requests": {"read /a": {"exit_code": 0}, "run b": {"content": "c"}},
    }
    (tmp_path / "index.json").write_text(json.dumps(index))
    (tmp_path / "c").write_bytes(b"")
    replay = replayed(tmp_path)
    assert failure_of(replay, "b").failure is Failure.UNPARSABLE
    with pytest.raises(CannotMeasure) as caught:
        replay.read_file("/a")
    assert caught.value.failure is Failure.UNPARSABLE


def context(folder: Path) -> Context:
    """Return a context for a site in a folder."""
    site = Site(schema="test", centre=Centre(id="a", name="A"))
    return Context(site, folder, Gate(site.scope, site.timezone), keep)


def test_every_scheme_opens(tmp_path: Path) -> None:
    """Each scheme of the catalogue has its transport, which has read nothing yet."""
    recorder().write(tmp_path / "machine", ORIGIN)
    for scheme in SCHEMES:
        rest = "machine" if scheme == "replay" else ""
        access = open_target(Target(name="t", url=f"{scheme}:{rest}"), context(tmp_path))
        assert access.captures == ()
        assert access.platform == LocalHost(Captures(keep)).platform
        access.close()


def test_a_recording_that_is_not_there(tmp_path: Path) -> None:
    """The target cannot be reached, and the path is named."""
    with pytest.raises(CannotMeasure) as caught:
        open_target(Target(name="t", url="replay:none"), context(tmp_path))
    assert caught.value.failure is Failure.UNREACHABLE
    assert "none" in caught.value.detail
