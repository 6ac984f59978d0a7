"""Processes of this machine."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from collected import facts_of, raw_here
from collected import here as collected_here

from auditor.collection import parse
from auditor.model import Measured
from auditor.probing import HostFacts, Probe

NEVER_SHOWN = "hunter2-not-to-be-seen"
ACT = """
import ctypes, sys
argc, argv = ctypes.c_int(), ctypes.POINTER(ctypes.c_char_p)()
ctypes.pythonapi.Py_GetArgcArgv(ctypes.byref(argc), ctypes.byref(argv))
libc, stack = ctypes.CDLL(None), open("/proc/self/stat").read().rpartition(")")[2].split()
start, end = int(stack[45]), int(stack[46])  # arg_start, arg_end: proc(5), fields 48 and 49
wanted = b"\\0".join(word.encode() for word in sys.argv[1:-1]) + b"\\0"
ctypes.memmove(start, wanted.ljust(end - start, b"\\0"), end - start)
print("ready", flush=True)
sys.stdin.read()
"""
"""A program that shows other arguments than its own, as a service with secrets would have them."""


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
    probes: Mapping[str, Probe], conforms: Callable[[Probe, Measured], bool], secretive: int
) -> None:
    """A running program is a row with its parent; its secrets are nowhere in what was sent."""
    raw = raw_here()
    result = probes["processes"].measure(facts_of(parse(raw)))
    assert conforms(probes["processes"], result)
    row = next(row for row in result.rows if row["pid"] == secretive)
    assert row["parent_pid"] == os.getpid()
    assert row["uid"] == os.geteuid()
    assert row["executable"] == str(Path(sys.executable).resolve())
    assert row["argv"] == (sys.executable, "-c", "<redacted>", "<redacted>")
    assert NEVER_SHOWN.encode() not in raw


def test_its_own_programs_are_not_among_them(probes: Mapping[str, Probe]) -> None:
    """The collector leaves itself out, not this process, which started it."""
    rows = probes["processes"].measure(collected_here()).rows
    assert os.getpid() in {row["pid"] for row in rows}
    assert not {row["name"] for row in rows if row["parent_pid"] == os.getpid()} & {"sh", "dash"}


def test_reads_the_recording(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """One process hid its program file even from root, and that is said."""
    result = probes["processes"].measure(recorded("debian12-sandbox"))
    assert result.rows[0]["pid"] == 1
    assert len(result.limitations) == 1
    assert "could not be read" in result.limitations[0].en


def test_an_ordinary_user_sees_less(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """Without rights the report says that something may be hidden."""
    facts = recorded("debian12-systemd")
    header = {**facts.collection.header, "uid": "1000"}
    limited = facts_of(replace(facts.collection, header=header))
    fewer = len(probes["processes"].measure(facts).limitations)
    assert len(probes["processes"].measure(limited).limitations) == fewer + 1


@pytest.mark.root
@pytest.mark.parametrize(
    ("name", "argv", "kept"),
    [
        (
            "/usr/sbin/x",
            ["--config", "/etc/x.conf", "-phunter2"],
            ["--config", "/etc/x.conf", "-p<redacted>"],
        ),
        (
            "/usr/sbin/x",
            ["--token=hunter2", "--data-dir=/var/x"],
            ["--token=<redacted>", "--data-dir=/var/x"],
        ),
        ("/usr/sbin/x", ["-c", "hunter2", "hunter2"], ["-c", "<redacted>", "<redacted>"]),
        (
            "python3",
            ["-u", "/usr/bin/fail2ban-server", "hunter2"],
            ["-u", "/usr/bin/fail2ban-server", "<redacted>"],
        ),
        ("bash", ["-c", "hunter2"], ["-c", "<redacted>"]),
        ("java", ["-Dkey=hunter2", "-jar", "/opt/a.jar"], ["-D<redacted>", "-jar", "/opt/a.jar"]),
        ("/home/nguyenan/x", ["--config", "/home/nguyenan/c"], ["--config", "/home/~/c"]),
    ],
)
def test_arguments_are_let_through_by_a_list(
    probes: Mapping[str, Probe], name: str, argv: list[str], kept: list[str]
) -> None:
    """Options and known paths pass; whatever else was typed does not leave the machine."""
    with subprocess.Popen(
        [sys.executable, "-c", ACT, name, *argv, "x" * 200],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        raw = raw_here()
        process.kill()
    row = next(
        r for r in probes["processes"].measure(facts_of(parse(raw))).rows if r["pid"] == process.pid
    )
    assert isinstance(row["argv"], tuple)
    assert row["argv"][: len(kept) + 1] == (name.replace("nguyenan", "~"), *kept)
    for secret in (b"hunter2", b"nguyenan"):
        assert secret not in raw
