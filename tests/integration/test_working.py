"""Whoever waits at a terminal sees what is done meanwhile; a pipe sees the result alone."""

import os
import pty
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from auditor.pack import keys, packing

if TYPE_CHECKING:
    from tests.integration.conftest import Program

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_a_terminal(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """Run a program whose standard error is a terminal, and return what stood there."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        while piece := _read(ours):
            shown += piece
        assert process.wait(30) == 0, shown
    os.close(ours)
    return CONTROL.sub("", shown.decode())


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end is closed: the program has ended
        return b""


@pytest.fixture(scope="module")
def pack(small_run: Path) -> Path:
    """Pack the small run beside it."""
    file = small_run.with_name("seen.auditpack")
    file.write_bytes(packing.pack(small_run, keys.generate(keys.Kind.ED25519)))
    return file


def test_a_terminal_shows_how_far_verifying_is(audit: "Program", pack: Path) -> None:
    """The steps one after the other; machines are counted."""
    shown = on_a_terminal(
        audit.command("verify", pack, "--lang", "en"),
        audit.folder,
        audit.environment(TERM="xterm", COLUMNS="100"),
    )
    steps = ("Checking every byte", "Judging again", "Making the reports again",
             "Reading the evidence again: machines 0/1")  # fmt: skip
    places = [shown.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)
    assert audit("verify", pack).err == ""
