"""Processes of this machine."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from auditor.model import Measured
from auditor.probing import Host, Probe
from auditor.transports.readings import impersonal

NEVER_SHOWN = "hunter2-not-to-be-seen"


@pytest.fixture
def secretive() -> Iterator[int]:
    """Start a program with a secret among its arguments and in its environment."""
    with subprocess.Popen(
        [sys.executable, "-c", "input()", NEVER_SHOWN],
        env={"TOKEN": NEVER_SHOWN},
        stdin=subprocess.PIPE,
    ) as process:
        yield process.pid
        process.kill()


def test_sees_programs_and_no_secrets(
    probes: Mapping[str, Probe],
    here: Host,
    conforms: Callable[[Probe, Measured], bool],
    secretive: int,
) -> None:
    """A running program is a row with its parent; its arguments and environment are nowhere."""
    result = probes["processes"].measure(here)
    assert conforms(probes["processes"], result)
    row = next(row for row in result.rows if row["pid"] == secretive)
    assert row["parent_pid"] == os.getpid()
    assert row["executable"] == impersonal(str(Path(sys.executable).resolve()))
    assert NEVER_SHOWN.encode() not in here.system("processes")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/an/bin/x", "/home/~/bin/x"),
        ("/Users/an/x", "/Users/~/x"),
        ("C:\\Users\\Nguyễn An\\x.exe", "C:\\Users\\~\\x.exe"),
        ("/run/media/an/usb", "/run/media/~/usb"),
        ("/usr/home/x", "/usr/home/x"),
        ("/home", "/home"),
    ],
)
def test_no_names_of_people(path: str, shown: str) -> None:
    """Paths below home folders lose the owner's name."""
    assert impersonal(path) == shown


def test_reads_the_recording(probes: Mapping[str, Probe], recorded: Callable[[str], Host]) -> None:
    """One process hid its program file even from root, and that is said."""
    result = probes["processes"].measure(recorded("debian12-sandbox"))
    assert result.rows[0]["pid"] == 1
    assert [text.en for text in result.limitations] == [
        f"The program file of 1 of {len(result.rows)} processes could not be read."
    ]


def test_an_ordinary_user_sees_less(
    probes: Mapping[str, Probe], answering: Callable[..., Host]
) -> None:
    """Without rights, or without knowing, the report says that something may be hidden."""
    for elevated in ("false", "null"):
        content = f'{{"is_elevated":{elevated},"rows":[]}}'.encode()
        result = probes["processes"].measure(answering({"system processes": content}))
        assert len(result.limitations) == 1
