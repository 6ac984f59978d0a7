"""Packages, as dpkg and rpm list them."""

import shutil
import subprocess
from collections.abc import Callable, Mapping

import pytest

from auditor.errors import CannotMeasure
from auditor.model import Failure, Measured
from auditor.probing import HostFacts, Probe

MISSING = (b"", 127, b"not found")


def test_agrees_with_dpkg(
    probes: Mapping[str, Probe], here: HostFacts, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """As many packages are installed as `dpkg --list` says."""
    if shutil.which("dpkg") is None:
        pytest.skip("needs a system with dpkg")
    result = probes["packages"].measure(here)
    assert conforms(probes["packages"], result)
    told = subprocess.check_output(["dpkg", "--list"], text=True)
    installed = sum(line.startswith("ii ") for line in told.splitlines())
    assert sum(row["state"] == "installed" for row in result.rows) == installed


def test_reads_the_recordings(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """Debian without rpm, and a database of rpm with and without an epoch."""
    dpkg = probes["packages"].measure(recorded("debian12-sandbox")).rows
    assert {row["manager"] for row in dpkg} == {"dpkg"}
    assert "libc6:amd64" in {row["name"] for row in dpkg}
    rpm = probes["packages"].measure(recorded("debian12-rpm")).rows
    assert [tuple(row.values()) for row in rpm] == [
        ("centre-example", "1:1.2-3", "installed", "rpm"),
        ("centre-other", "1.2-3", "installed", "rpm"),
    ]


def test_a_removed_package_is_not_installed(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts]
) -> None:
    """What left its configuration behind keeps its state; what left its name has no version."""
    content = b"clamav\t1.4.6\tconfig-files\nold\t\tnot-installed\n"
    rows = probes["packages"].measure(answering({"dpkg": content})).rows
    assert [(row["name"], row["version"], row["state"]) for row in rows] == [
        ("clamav", "1.4.6", "config-files"),
        ("old", None, "not-installed"),
    ]


@pytest.mark.parametrize(
    ("answers", "failure"),
    [
        ({"dpkg": MISSING, "rpm": MISSING}, Failure.TOOL_MISSING),
        ({"dpkg": b"", "rpm": b""}, Failure.COMMAND_FAILED),
        ({"dpkg": b"a\t1\tinstalled\n", "rpm": (b"", 1, b"locked")}, Failure.COMMAND_FAILED),
        ({"dpkg": b"a\t1\n"}, Failure.UNPARSABLE),
        ({"dpkg": b"\xff\t1\tinstalled\n"}, Failure.UNPARSABLE),
        ({"dpkg": (b"a\t1\tinstalled\n", 124, b"")}, Failure.TIMEOUT),
    ],
    ids=["no manager", "nothing listed", "rpm broken", "two fields", "no text", "too slow"],
)
def test_failures_are_named(
    probes: Mapping[str, Probe],
    answering: Callable[..., HostFacts],
    answers: Mapping[str, bytes],
    failure: Failure,
) -> None:
    """A list that may be incomplete is no list."""
    with pytest.raises(CannotMeasure) as caught:
        probes["packages"].measure(answering(answers))
    assert caught.value.failure is failure
