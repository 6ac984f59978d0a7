"""Identity of this machine."""

import os
import platform
import socket
from collections.abc import Callable, Mapping

import pytest

from auditor.errors import CannotMeasure
from auditor.model import Failure, Measured
from auditor.probing import HostFacts, Probe


def test_matches_what_the_system_says(
    probes: Mapping[str, Probe], here: HostFacts, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """Name, kernel and processors are those that other interfaces tell."""
    result = probes["machine_identity"].measure(here)
    assert conforms(probes["machine_identity"], result)
    (row,) = result.rows
    assert row["hostname"] == socket.gethostname()
    assert row["kernel"] == platform.release()
    assert row["cpu_count"] == os.cpu_count()
    assert isinstance(row["memory_bytes"], int)
    assert row["memory_bytes"] >= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_reads_the_recording(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """The recorded machine was a Debian 12."""
    (row,) = probes["machine_identity"].measure(recorded("debian12-sandbox")).rows
    assert (row["os"], row["os_version"], row["cpu_count"]) == ("Debian GNU/Linux", "12", 2)
    assert row["boot_at"] == "2026-11-21T19:40:14Z"


@pytest.mark.parametrize(
    "counters",
    [
        b"/proc/stat:btime 99999999999999\n",
        b"/proc/meminfo:MemTotal: 99999999999999999999 kB\n",
        b"\xff",
    ],
)
def test_refuses_what_is_no_machine(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts], counters: bytes
) -> None:
    """Numbers that no machine has, and bytes that are no text, are unparsable."""
    with pytest.raises(CannotMeasure) as caught:
        probes["machine_identity"].measure(answering({"counters": counters}))
    assert caught.value.failure is Failure.UNPARSABLE


def test_reads_others_as_documented(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """MacOS and Windows after documentation; nobody has seen them on a real one."""
    named = [
        probes["machine_identity"].measure(recorded(name)).rows[0]["os"]
        for name in ("darwin-by-hand", "windows-by-hand")
    ]
    assert named == ["macOS", "Microsoft Windows 10 Pro"]
