"""Time keeping of this machine."""

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from auditor.model import Measured
from auditor.probing import HostFacts, Probe


def test_agrees_with_this_process(
    probes: Mapping[str, Probe], here: HostFacts, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """The machine's time is the time that this test sees."""
    result = probes["clock_synchronisation"].measure(here)
    assert conforms(probes["clock_synchronisation"], result)
    (row,) = result.rows
    told = datetime.fromisoformat(str(row["utc_now"]))
    assert abs((datetime.now(UTC) - told).total_seconds()) < 5


@pytest.mark.package
def test_agrees_with_the_kernel_as_busybox_prints_it(
    probes: Mapping[str, Probe], here: HostFacts
) -> None:
    """An independent program reads the same status word; without options it changes nothing."""
    if shutil.which("busybox") is None:
        pytest.skip("needs the Debian package busybox")
    printed = subprocess.run(["busybox", "adjtimex"], capture_output=True, text=True, check=True)
    status = re.search(r"status: +(\d+)", printed.stdout)
    assert status is not None, printed.stdout
    (row,) = probes["clock_synchronisation"].measure(here).rows
    unsynchronised = bool(int(status[1]) & 0x40)
    assert row["is_synchronised"] is not unsynchronised


def test_an_unsynchronised_clock_has_no_error_estimate(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """The kernel's estimate means nothing while nothing corrects the clock."""
    result = probes["clock_synchronisation"].measure(recorded("debian12-sandbox"))
    (row,) = result.rows
    assert (row["is_synchronised"], row["estimated_error_s"]) == (False, None)
    assert len(result.limitations) == 1


def test_unknown_is_said(probes: Mapping[str, Probe], answering: Callable[..., HostFacts]) -> None:
    """A system that cannot tell gives null and a limitation, not "no"."""
    result = probes["clock_synchronisation"].measure(answering({}, platform="darwin"))
    assert result.rows[0]["is_synchronised"] is None
    assert len(result.limitations) == 1


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            b"source=adjtimex\nanswer=0\nstatus=1\nesterror=2000\nseconds=1795296196\n",
            (True, 0.002),
        ),
        (b"source=adjtimex\nanswer=5\nstatus=64\nesterror=9\nseconds=1795296196\n", (False, None)),
        (b"source=adjtimex\nanswer=0\nstatus=1\nesterror=9\nseconds=12\n", (None, None)),
        (b"NTPSynchronized=yes\n", (True, None)),
        (b"", (None, None)),
    ],
    ids=["kept right", "not kept", "another layout of the structure", "systemd", "silent"],
)
def test_what_the_kernel_says(
    probes: Mapping[str, Probe],
    answering: Callable[..., HostFacts],
    told: bytes,
    expected: tuple[bool | None, float | None],
) -> None:
    """Both words of the kernel count, and an answer that makes no sense is none."""
    (row,) = probes["clock_synchronisation"].measure(answering({"clock": told})).rows
    assert (row["is_synchronised"], row["estimated_error_s"]) == expected
    assert (row["utc_now"], row["timezone"]) == ("2026-11-21T21:23:16Z", "+0700")


@pytest.mark.package
def test_busybox_says_the_same(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts], here: HostFacts
) -> None:
    """Where there is no Perl, the kernel is asked by busybox; the answer is the same."""
    if shutil.which("busybox") is None:
        pytest.skip("needs the Debian package busybox")
    printed = subprocess.run(["busybox", "adjtimex"], capture_output=True, check=False)
    seconds = here.collection.header["clock_start"].partition(" ")[0].encode()
    text = re.sub(rb"time.tv_sec: +[0-9]+", b"time.tv_sec:   1795296196", printed.stdout)
    assert seconds
    (row,) = probes["clock_synchronisation"].measure(answering({"clock": text})).rows
    (live,) = probes["clock_synchronisation"].measure(here).rows
    assert row["is_synchronised"] is live["is_synchronised"] is not None
