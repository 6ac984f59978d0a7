"""Whatever a probe does, it costs its own measurement and nothing else."""

import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.errors import CannotMeasure
from auditor.evidence import EvidenceFolder
from auditor.measure import Limits, Measurer, measure_all
from auditor.model import (
    Failure,
    Measured,
    Measurement,
    NotMeasured,
    Observation,
    Scope,
)
from auditor.probing import Column, Host, Probe, probe
from auditor.scope import Gate
from auditor.site import THIS_MACHINE, default
from auditor.transports import Context

N = Column("n", int, "a number")
FOREVER_S = 60


@probe(N)
def good(_host: Host) -> Measured:
    """Answer."""
    return Measured(rows=({"n": 1},))


@probe(N)
def crash(_host: Host) -> Measured:
    """Fail with a bug."""
    message = "bad \udcff byte"
    raise RuntimeError(message)


@probe(N)
def refuse(_host: Host) -> Measured:
    """Fail with a named cause."""
    raise CannotMeasure(Failure.TOOL_MISSING, "lsblk")


@probe(N, timeout_s=0.3)
def hang(_host: Host) -> Measured:
    """Never answer in time."""
    time.sleep(FOREVER_S)
    return Measured(rows=())


@probe(N)
def stray(_host: Host) -> Measured:
    """Answer with a column that was not declared."""
    return Measured(rows=({"m": 1},))


@probe(N)
def mistyped(_host: Host) -> Measured:
    """Answer with text where a number was declared."""
    return Measured(rows=({"n": "1"},))


@probe(Column("x", float, "a share"))
def endless(_host: Host) -> Measured:
    """Answer with what JSON cannot hold."""
    return Measured(rows=({"x": float("nan")},))


@probe(Column("text", str, "text from outside"))
def odd(_host: Host) -> Measured:
    """Answer with a lone surrogate, as a broken file name gives."""
    return Measured(rows=({"text": "a\udcffb"},))


@probe(N, platforms=frozenset({"windows"}))
def elsewhere(_host: Host) -> Measured:
    """Answer on another system only."""
    return Measured(rows=())


@probe(N)
def around(_host: Host) -> Measured:
    """Try to start a program without the transport."""
    subprocess.run(["true"], check=True)
    return Measured(rows=())


@probe(Column("size", int, "bytes"))
def reader(host: Host) -> Measured:
    """Read a file, then fail: what was read stays evidence."""
    host.read_file("/proc/version")
    raise CannotMeasure(Failure.UNPARSABLE, "for the test")


PROBES = {
    item.id: item
    for item in (
        good,
        crash,
        refuse,
        hang,
        stray,
        mistyped,
        endless,
        odd,
        elsewhere,
        around,
        reader,
    )
}

Measure = Callable[..., dict[str, Observation]]


@pytest.fixture
def measure(tmp_path: Path) -> Measure:
    """Return a function that measures named probes on this machine."""

    def run(
        *names: str, probes: Mapping[str, Probe] = PROBES, **limits: float
    ) -> dict[str, Observation]:
        centre = default()
        gate = Gate(Scope(), centre.site.timezone)
        context = Context(centre.site, tmp_path, gate, EvidenceFolder(tmp_path).keep)
        measurer = Measurer(
            targets={THIS_MACHINE.name: THIS_MACHINE},
            probes=probes,
            context=context,
            vantage="here",
            now=lambda: datetime.now(UTC),
        )
        acts = tuple(Measurement(probe=name, target=THIS_MACHINE.name) for name in names)
        seen = measure_all(acts, measurer, Limits(**limits), lambda _act: None)  # type: ignore[arg-type]  # names of Limits' fields
        return {item.measurement.probe: item for item in seen}

    return run


@pytest.mark.parametrize(
    ("name", "failure", "detail"),
    [
        ("crash", Failure.INTERNAL_ERROR, r"RuntimeError: bad \udcff byte"),
        ("refuse", Failure.TOOL_MISSING, "lsblk"),
        ("hang", Failure.TIMEOUT, "no answer within 0.3 s"),
        ("stray", Failure.INTERNAL_ERROR, "TypeError: stray gave ['m'], declared ['n']"),
        ("mistyped", Failure.INTERNAL_ERROR, "TypeError: mistyped.n must be int, got '1'"),
        ("endless", Failure.INTERNAL_ERROR, "TypeError: endless.x must be float, got nan"),
        ("elsewhere", Failure.UNSUPPORTED_PLATFORM, "linux"),
        ("around", Failure.OUT_OF_SCOPE, "the probe tried subprocess.Popen without"),
    ],
)
def test_a_failure_becomes_data_beside_a_good_measurement(
    measure: Measure, name: str, failure: Failure, detail: str
) -> None:
    """The failing probe is named with its cause; the good one is complete."""
    seen = measure(name, "good")

    result = seen[name].result
    assert isinstance(result, NotMeasured)
    assert (result.failure, result.detail[: len(detail)]) == (failure, detail)
    assert seen["good"].result == Measured(rows=({"n": 1},))


def test_text_that_utf8_cannot_carry_is_shown_by_its_escape(measure: Measure) -> None:
    """A record must always be writable."""
    assert measure("odd")["odd"].result == Measured(rows=({"text": r"a\udcffb"},))


def test_what_was_read_before_a_failure_is_kept(measure: Measure, tmp_path: Path) -> None:
    """The capture of the failed measurement lies under its digest."""
    (capture,) = measure("reader")["reader"].captures

    assert capture.request == "read /proc/version"
    assert (tmp_path / capture.sha256).read_bytes().startswith(b"Linux version")


def test_hung_probes_leave_their_places_to_others(measure: Measure) -> None:
    """With one worker, a hung probe is given up and the rest is measured."""
    seen = measure("hang", "good", "refuse", workers=1)

    assert sorted(seen) == ["good", "hang", "refuse"]
    assert isinstance(seen["good"].result, Measured)


def test_the_total_deadline_ends_the_run(measure: Measure) -> None:
    """What had no time to start is recorded as such; nothing is dropped."""
    slow = {
        name: probe(N, timeout_s=FOREVER_S)(_named(name, hang.measure)) for name in ("a", "b", "c")
    }
    before = time.monotonic()

    seen = measure("a", "b", "c", probes=slow, workers=1, total_s=0.5)

    details = sorted(
        item.result.detail[:24] for item in seen.values() if isinstance(item.result, NotMeasured)
    )
    assert details == [
        "no answer within 0.5 s",
        "total deadline of 0.5 s ",
        "total deadline of 0.5 s ",
    ]
    assert time.monotonic() - before < FOREVER_S / 2


def _named(name: str, function: Callable[..., Measured]) -> Callable[..., Measured]:
    """Return a copy of a probe's function under another name."""

    def copy(host: Host) -> Measured:
        """Behave like the original."""
        return function(host)

    copy.__name__ = name
    return copy


def test_measurements_run_side_by_side(measure: Measure) -> None:
    """Eight probes that wait for one another finish: eight workers are at work at once."""
    together = threading.Barrier(8, timeout=20)

    def meet(_host: Host) -> Measured:
        """Wait for the others."""
        together.wait()
        return Measured(rows=())

    names = [f"p{number}" for number in range(8)]
    seen = measure(*names, probes={name: probe(N)(_named(name, meet)) for name in names}, workers=8)

    assert all(isinstance(item.result, Measured) for item in seen.values())


def test_rows_of_the_target_are_untouched(measure: Measure) -> None:
    """The observation says who looked, when and how long."""
    item = measure("good")["good"]

    assert (item.vantage, item.measurement.target) == ("here", THIS_MACHINE.name)
    assert item.started_at.tzinfo is UTC
    assert item.duration_s >= 0
