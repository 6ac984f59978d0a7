"""Services, as real service managers list them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from auditor.errors import CannotMeasure
from auditor.model import Failure, Measured
from auditor.probing import HostFacts, Probe


def test_reads_a_booted_systemd(
    probes: Mapping[str, Probe],
    recorded: Callable[[str], HostFacts],
    conforms: Callable[[Probe, Measured], bool],
) -> None:
    """Running and installed services are told apart; templates are none."""
    result = probes["services"].measure(recorded("debian12-systemd"))
    assert conforms(probes["services"], result)
    by_name = {row["name"]: row for row in result.rows}
    assert len(by_name) == len(result.rows)
    journald = by_name["systemd-journald"]
    assert (journald["state"], journald["manager"]) == ("running", "systemd")
    assert journald["executable"] == "/lib/systemd/systemd-journald"
    assert isinstance(journald["main_pid"], int)
    assert by_name["systemd-remount-fs"]["state"] == "exited"
    assert (by_name["chrony"]["state"], by_name["chrony"]["startup"]) == ("dead", "enabled")
    assert not any(str(name).endswith("@") for name in by_name)


def test_without_systemd_nothing_is_known(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """A machine that systemd did not boot gives a failure, never an empty list."""
    with pytest.raises(CannotMeasure) as caught:
        probes["services"].measure(recorded("debian12-sandbox"))
    assert caught.value.failure is Failure.COMMAND_FAILED
    assert "not been booted with systemd" in caught.value.detail


def test_this_machine_is_measured_or_says_why(
    probes: Mapping[str, Probe], here: HostFacts, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """With systemd there are services; without it there is a named failure."""
    if Path("/run/systemd/system").exists():
        result = probes["services"].measure(here)
        assert result.rows
        assert conforms(probes["services"], result)
    else:
        with pytest.raises(CannotMeasure) as caught:
            probes["services"].measure(here)
        assert caught.value.failure in {Failure.COMMAND_FAILED, Failure.TOOL_MISSING}


def test_a_unit_that_is_only_mentioned_is_no_service(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts]
) -> None:
    """`not-found` units exist only as names in other units."""
    text = "Id=ghost.service\nDescription=ghost.service\nLoadState=not-found\nSubState=dead\n"
    host = answering({"services": text.encode(), "unit_files": b""})
    assert probes["services"].measure(host).rows == ()


@pytest.mark.parametrize(
    ("show", "files"),
    [
        ("Id=a.service\nLoadState=loaded\n", ""),
        ("Id=a.socket\nLoadState=loaded\nSubState=dead\n", ""),
        ("garbage", ""),
        ("Id=a.service\nLoadState=loaded\nSubState=dead\n", "a.service\n"),
    ],
)
def test_refuses_strange_output(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts], show: str, files: str
) -> None:
    """Anything but complete units is unparsable."""
    with pytest.raises(CannotMeasure) as caught:
        probes["services"].measure(
            answering({"services": show.encode(), "unit_files": files.encode()})
        )
    assert caught.value.failure is Failure.UNPARSABLE


def test_reads_windows_as_documented(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """The example of psutil's documentation; the limitation says that Windows is not tested."""
    result = probes["services"].measure(recorded("windows-by-hand"))
    (row,) = result.rows
    assert (row["name"], row["state"], row["startup"]) == ("alg", "stopped", "manual")
    assert "Windows" in result.limitations[0].vi


def test_reads_macos_as_documented(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """launchctl(1); nobody has seen this on a real macOS."""
    result = probes["services"].measure(recorded("darwin-by-hand"))
    assert [(row["name"], row["state"], row["main_pid"]) for row in result.rows] == [
        ("com.example.agent", "running", 300),
        ("com.example.idle", "dead", None),
    ]
