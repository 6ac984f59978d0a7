"""Whatever a probe does, it costs its own measurement and nothing else."""

import re
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from collected import framed

from auditor import products
from auditor.errors import CannotMeasure
from auditor.evidence import EvidenceFolder
from auditor.measure import Limits, Measurer, measure_all
from auditor.model import Failure, Measured, Measurement, NotMeasured, Observation, Scope, Target
from auditor.probing import Column, HostFacts, Probe, probe
from auditor.scope import Gate
from auditor.site import default
from auditor.targets import THIS_MACHINE
from auditor.transports import Context

N = Column("n", int, "a number")
FOREVER_S = 60


@probe(N)
def good(_host: HostFacts) -> Measured:
    """Answer."""
    return Measured(rows=({"n": 1},))


@probe(N)
def crash(_host: HostFacts) -> Measured:
    """Fail with a bug."""
    message = "bad \udcff byte"
    raise RuntimeError(message)


@probe(N)
def refuse(_host: HostFacts) -> Measured:
    """Fail with a named cause."""
    raise CannotMeasure(Failure.TOOL_MISSING, "lsblk")


@probe(N, timeout_s=0.3)
def hang(_host: HostFacts) -> Measured:
    """Never answer in time."""
    time.sleep(FOREVER_S)
    return Measured(rows=())


@probe(N)
def stray(_host: HostFacts) -> Measured:
    """Answer with a column that was not declared."""
    return Measured(rows=({"m": 1},))


@probe(N)
def mistyped(_host: HostFacts) -> Measured:
    """Answer with text where a number was declared."""
    return Measured(rows=({"n": "1"},))


@probe(Column("x", float, "a share"))
def endless(_host: HostFacts) -> Measured:
    """Answer with what JSON cannot hold."""
    return Measured(rows=({"x": float("nan")},))


@probe(Column("text", str, "text from outside"))
def odd(_host: HostFacts) -> Measured:
    """Answer with a lone surrogate, as a broken file name gives."""
    return Measured(rows=({"text": "a\udcffb"},))


@probe(N, platforms=frozenset({"windows"}))
def elsewhere(_host: HostFacts) -> Measured:
    """Answer on another system only."""
    return Measured(rows=())


@probe(N)
def around(_host: HostFacts) -> Measured:
    """Try to start a program without the transport."""
    subprocess.run(["true"], check=True)
    return Measured(rows=())


@probe(Column("size", int, "bytes"))
def reader(host: HostFacts) -> Measured:
    """Read a section, then fail: what was read stays evidence."""
    host.collection.text("dpkg")
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
        *names: str,
        probes: Mapping[str, Probe] = PROBES,
        target: Target = THIS_MACHINE,
        **limits: float,
    ) -> dict[str, Observation]:
        centre = default()
        gate = Gate(Scope(), centre.site.timezone)
        context = Context(centre.site, tmp_path, gate, EvidenceFolder(tmp_path).keep)
        measurer = Measurer(
            targets={target.name: target},
            probes=probes,
            catalogue=products.load(),
            context=context,
            vantage="here",
            now=lambda: datetime.now(UTC),
        )
        acts = tuple(Measurement(probe=name, target=target.name) for name in names)
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

    assert capture.request == "collect"
    assert (tmp_path / capture.sha256).read_bytes().startswith(b"#audit-collector 1 ")


def test_a_machine_is_visited_once(measure: Measure) -> None:
    """All probes of a machine read one output, which each of them names as its evidence."""
    seen = measure("good", "reader", "odd", "crash")

    assert len({item.captures for item in seen.values()}) == 1
    assert len({item.started_at for item in seen.values()}) == 1


@pytest.mark.parametrize(
    ("content", "failure"),
    [(None, Failure.UNREACHABLE), (b"garbage", Failure.UNPARSABLE), (b"", Failure.UNPARSABLE)],
    ids=["not there", "garbage", "empty"],
)
def test_a_failed_visit_fails_each_of_its_acts_alike(
    measure: Measure, tmp_path: Path, content: bytes | None, failure: Failure
) -> None:
    """Without a collection nothing of that machine is measured, and each act says why."""
    if content is not None:
        (tmp_path / "facts.txt").write_bytes(content)
    seen = measure("good", "odd", target=Target(name="t", url="facts:facts.txt"))

    causes = {item.result.failure for item in seen.values() if isinstance(item.result, NotMeasured)}
    assert (len(seen), causes) == (2, {failure})


def test_a_cut_file_is_refused(measure: Measure, tmp_path: Path) -> None:
    """What a cut or altered output lacks would read as absent; so none of it is used."""
    whole = framed({"dpkg": b"a\t1\tinstalled\nb\t1\tinstalled\n"})
    target = Target(name="t", url="facts:facts.txt")
    for content in (whole[:-30], whole.replace(b"a\t1\tinstalled\n", b"")):
        (tmp_path / "facts.txt").write_bytes(content)
        result = measure("good", target=target)["good"].result
        assert isinstance(result, NotMeasured)
        assert (result.failure, "cut" in result.detail) == (Failure.UNPARSABLE, True)
    (tmp_path / "facts.txt").write_bytes(whole)
    assert isinstance(measure("good", target=target)["good"].result, Measured)


def test_a_machine_that_takes_too_long_costs_only_itself(measure: Measure) -> None:
    """A visit past its deadline is given up; each of its acts says so, the other target is done."""
    started = time.monotonic()
    seen = measure("good", "odd", host_s=0.05)
    assert time.monotonic() - started < 5
    details = {i.result.detail for i in seen.values() if isinstance(i.result, NotMeasured)}
    assert len(seen) == 2
    assert all("no answer" in detail or "no end after" in detail for detail in details)


def test_hung_probes_leave_their_places_to_others(measure: Measure) -> None:
    """With one worker, a hung probe is given up and the rest is measured."""
    seen = measure("hang", "good", "refuse", workers=1)

    assert sorted(seen) == ["good", "hang", "refuse"]
    assert isinstance(seen["good"].result, Measured)


def test_the_total_deadline_ends_the_run(measure: Measure, tmp_path: Path) -> None:
    """What had no time to start is recorded as such; nothing is dropped."""
    slow = {
        name: probe(N, timeout_s=FOREVER_S)(_named(name, hang.measure)) for name in ("a", "b", "c")
    }
    before = time.monotonic()

    (tmp_path / "facts.txt").write_bytes(framed({}))
    at_once = Target(name="t", url="facts:facts.txt")
    seen = measure("a", "b", "c", probes=slow, target=at_once, workers=1, total_s=0.5)

    details = sorted(
        item.result.detail[:24] for item in seen.values() if isinstance(item.result, NotMeasured)
    )
    # The one that began is given what the start of the run left of the half second.
    assert re.fullmatch(r"no answer within 0\.[0-5] s", details[0])
    assert details[1:] == ["total deadline of 0.5 s ", "total deadline of 0.5 s "]
    assert time.monotonic() - before < FOREVER_S / 2


def _named(name: str, function: Callable[..., Measured]) -> Callable[..., Measured]:
    """Return a copy of a probe's function under another name."""

    def copy(host: HostFacts) -> Measured:
        """Behave like the original."""
        return function(host)

    copy.__name__ = name
    return copy


def test_measurements_run_side_by_side(measure: Measure) -> None:
    """Eight probes that wait for one another finish: eight workers are at work at once."""
    together = threading.Barrier(8, timeout=20)

    def meet(_host: HostFacts) -> Measured:
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
