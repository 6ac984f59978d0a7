"""Stored output in place of a machine, and what opens each kind of target."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from collected import framed

from auditor.catalogue import SCHEMES
from auditor.errors import CannotMeasure
from auditor.model import Centre, Failure, Site, Subject, Target
from auditor.scope import Gate
from auditor.transports import Context, open_target
from auditor.transports.capturing import Origin, write

if TYPE_CHECKING:
    from auditor.probing import HostLink

ORIGIN = Origin("this machine", datetime(2026, 11, 21, 5, 0, tzinfo=UTC), "pytest")
RAW = framed({"dpkg": b"a\t1\tinstalled\n"})


def keep(_request: str, content: bytes) -> str:
    """Hash and forget."""
    return sha256(content).hexdigest()


@pytest.fixture
def collect(tmp_path: Path) -> Callable[..., bytes]:
    """Collect a target of a site in this folder."""

    def run(url: str, max_bytes: int = 1 << 20) -> bytes:
        link = cast("HostLink", open_target(Target(name="t", url=url), context(tmp_path)))
        return link.collect(b"ignored", timeout_s=5, max_bytes=max_bytes)

    return run


def context(folder: Path) -> Context:
    """Return a context for a site in a folder."""
    site = Site(schema="test", centre=Centre(id="a", name="A"))
    return Context(site, folder, Gate(site.scope, site.timezone), keep)


def test_a_recording_answers_as_recorded(tmp_path: Path, collect: Callable[..., bytes]) -> None:
    """A folder and a file carried by hand give the same bytes."""
    write(tmp_path / "machine", RAW, ORIGIN)
    assert collect("replay:machine") == collect("facts:machine/collection.txt") == RAW


def test_origin_says_where_from(tmp_path: Path) -> None:
    """System, moment in UTC and command stand beside the output."""
    write(tmp_path, RAW, ORIGIN)
    assert (tmp_path / "ORIGIN.txt").read_text() == (
        "system: this machine\nrecorded: 2026-11-21T05:00:00Z\ncommand: pytest\n"
    )


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        ("none", Failure.UNREACHABLE),
        ("folder", Failure.COMMAND_FAILED),
        ("pipe", Failure.COMMAND_FAILED),
        ("huge", Failure.UNPARSABLE),
    ],
)
def test_what_is_no_output(
    tmp_path: Path, collect: Callable[..., bytes], name: str, failure: Failure
) -> None:
    """Each cause has its name, and none hangs."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "huge").write_bytes(b"x" * 101)
    with pytest.raises(CannotMeasure) as caught:
        collect(f"facts:{name}", max_bytes=100)
    assert caught.value.failure is failure
    assert name in caught.value.detail


@pytest.mark.root
def test_a_forbidden_file(tmp_path: Path) -> None:
    """An ordinary user is told that permission is missing."""
    if os.geteuid() != 0:
        pytest.skip("needs root to become an ordinary user")
    secret = tmp_path / "secret"
    secret.write_bytes(b"x")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    secret.chmod(0o600)
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.setuid(65534)
        link = open_target(Target(name="t", url="facts:secret"), context(tmp_path))
        try:
            cast("HostLink", link).collect(b"", timeout_s=1, max_bytes=100)
        except CannotMeasure as failure:
            os.write(write_end, failure.failure.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as told:
        assert told.read() == b"permission_denied"


def test_every_scheme_opens(tmp_path: Path) -> None:
    """Each scheme of the catalogue has its transport, which has read nothing yet."""
    for scheme, subject in SCHEMES.items():
        access = open_target(Target(name="t", url=f"{scheme}:"), context(tmp_path))
        assert access.captures == ()
        assert hasattr(access, "collect") is (subject is Subject.HOST)
        access.close()
