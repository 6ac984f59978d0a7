"""Time keeping of this machine."""

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from auditor.model import Measured
from auditor.probing import Host, Probe


def test_agrees_with_this_process(
    probes: Mapping[str, Probe], here: Host, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """The machine's time is the time that this test sees."""
    result = probes["clock_synchronisation"].measure(here)
    assert conforms(probes["clock_synchronisation"], result)
    (row,) = result.rows
    told = datetime.fromisoformat(str(row["utc_now"]))
    assert abs((datetime.now(UTC) - told).total_seconds()) < 5


@pytest.mark.package
def test_agrees_with_the_kernel_as_busybox_prints_it(
    probes: Mapping[str, Probe], here: Host
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
    probes: Mapping[str, Probe], recorded: Callable[[str], Host]
) -> None:
    """The kernel's estimate means nothing while nothing corrects the clock."""
    result = probes["clock_synchronisation"].measure(recorded("debian12-sandbox"))
    (row,) = result.rows
    assert (row["is_synchronised"], row["estimated_error_s"]) == (False, None)
    assert len(result.limitations) == 1


def test_unknown_is_said(probes: Mapping[str, Probe], answering: Callable[..., Host]) -> None:
    """A system that cannot tell gives null and a limitation, not "no"."""
    content = (
        b'{"rows":[{"utc_now":"2026-11-21T00:00:00Z","timezone":"+0700",'
        b'"is_synchronised":null,"estimated_error_s":null}]}'
    )
    result = probes["clock_synchronisation"].measure(
        answering({"system clock": content}, platform="windows")
    )
    assert result.rows[0]["is_synchronised"] is None
    assert len(result.limitations) == 1
