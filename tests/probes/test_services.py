"""Services, as real service managers list them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from auditor.errors import CannotMeasure
from auditor.model import CommandResult, Failure, Measured
from auditor.probing import Host, Probe

SHOW = (
    "run systemctl show '*.service' --no-pager "
    "--property=Id,LoadState,SubState,UnitFileState,Description"
)
FILES = "run systemctl list-unit-files --type=service --no-legend --no-pager --full"


def printed(text: str) -> CommandResult:
    """Return a success of systemctl."""
    return CommandResult(argv=("systemctl",), exit_code=0, stdout=text.encode(), stderr=b"")


def test_reads_a_booted_systemd(
    probes: Mapping[str, Probe],
    recorded: Callable[[str], Host],
    conforms: Callable[[Probe, Measured], bool],
) -> None:
    """Running and installed services are told apart; templates are none."""
    result = probes["services"].measure(recorded("debian12-systemd"))
    assert conforms(probes["services"], result)
    by_name = {row["name"]: row for row in result.rows}
    assert len(by_name) == len(result.rows)
    assert by_name["systemd-journald"]["state"] == "running"
    assert by_name["systemd-remount-fs"]["state"] == "exited"
    assert (by_name["chrony"]["state"], by_name["chrony"]["startup"]) == ("dead", "enabled")
    assert not any(str(name).endswith("@") for name in by_name)


def test_without_systemd_nothing_is_known(
    probes: Mapping[str, Probe], recorded: Callable[[str], Host]
) -> None:
    """A machine that systemd did not boot gives a failure, never an empty list."""
    with pytest.raises(CannotMeasure) as caught:
        probes["services"].measure(recorded("debian12-sandbox"))
    assert caught.value.failure is Failure.COMMAND_FAILED
    assert "not been booted with systemd" in caught.value.detail


def test_this_machine_is_measured_or_says_why(
    probes: Mapping[str, Probe], here: Host, conforms: Callable[[Probe, Measured], bool]
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
    probes: Mapping[str, Probe], answering: Callable[..., Host]
) -> None:
    """`not-found` units exist only as names in other units."""
    text = "Id=ghost.service\nDescription=ghost.service\nLoadState=not-found\nSubState=dead\n"
    host = answering({SHOW: printed(text), FILES: printed("")})
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
    probes: Mapping[str, Probe], answering: Callable[..., Host], show: str, files: str
) -> None:
    """Anything but complete units is unparsable."""
    with pytest.raises(CannotMeasure) as caught:
        probes["services"].measure(answering({SHOW: printed(show), FILES: printed(files)}))
    assert caught.value.failure is Failure.UNPARSABLE


def test_reads_windows_as_documented(
    probes: Mapping[str, Probe], recorded: Callable[[str], Host]
) -> None:
    """The example of psutil's documentation; the limitation says that Windows is not tested."""
    result = probes["services"].measure(recorded("windows-quoted"))
    assert [tuple(row.values()) for row in result.rows] == [
        ("alg", "stopped", "manual", "Application Layer Gateway Service")
    ]
    assert "Windows" in result.limitations[0].vi
