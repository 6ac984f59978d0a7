"""Measure: planned acts become observations, whatever happens to each of them.

An own small pool and not `concurrent.futures`: a thread that hangs in a system call must cost one
measurement and not the end of the process (ADR 0003).
"""

import math
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from auditor import guard
from auditor.errors import CannotMeasure
from auditor.model import (
    Capture,
    Failure,
    Measured,
    Measurement,
    NotMeasured,
    Observation,
    Row,
    Target,
    Value,
)
from auditor.probing import Column, Probe
from auditor.transports import Context, open_target


@dataclass(frozen=True, slots=True)
class Limits:
    """How many measurements at once, and how long all of them may take, in seconds."""

    workers: int = 8
    total_s: float = 900.0


@dataclass(frozen=True, slots=True)
class Measurer:
    """Carries out single measurements from one vantage point."""

    targets: Mapping[str, Target]
    probes: Mapping[str, Probe]
    context: Context
    vantage: str
    now: Callable[[], datetime]

    def __call__(self, act: Measurement) -> Observation:
        """Measure once. Every failure becomes data; this is where the project may catch all."""
        probe = self.probes[act.probe]
        started_at, started = self.now(), time.monotonic()
        captures: tuple[Capture, ...] = ()
        result: Measured | NotMeasured
        try:
            access = open_target(self.targets[act.target], self.context)
            try:
                if access.platform not in probe.platforms:
                    result = NotMeasured(
                        failure=Failure.UNSUPPORTED_PLATFORM, detail=access.platform
                    )
                else:
                    with guard.probing(self.context.gate):
                        result = checked(probe, probe.measure(access, **act.params))
            finally:
                captures = access.captures
                access.close()
        except CannotMeasure as error:
            result = NotMeasured(failure=error.failure, detail=_printable(error.detail))
        except Exception as error:  # noqa: BLE001 - the one place where a bug becomes data
            detail = _printable(f"{type(error).__name__}: {error}")
            result = NotMeasured(failure=Failure.INTERNAL_ERROR, detail=detail)
        return Observation(
            measurement=act,
            probe_version=probe.version,
            vantage=self.vantage,
            started_at=started_at,
            duration_s=round(time.monotonic() - started, 3),
            result=result,
            captures=captures,
        )

    def abandoned(
        self, act: Measurement, started_at: datetime, waited_s: float, detail: str
    ) -> Observation:
        """Say that a measurement did not finish in time."""
        return Observation(
            measurement=act,
            probe_version=self.probes[act.probe].version,
            vantage=self.vantage,
            started_at=started_at,
            duration_s=round(waited_s, 3),
            result=NotMeasured(failure=Failure.TIMEOUT, detail=detail),
        )


def measure_all(
    acts: tuple[Measurement, ...],
    measurer: Measurer,
    limits: Limits,
    on_start: Callable[[Measurement], None],
) -> Iterator[Observation]:
    """Measure all acts, several at a time, and yield each observation as soon as it exists."""
    pool = _Pool(measurer, limits, on_start)
    waiting = list(reversed(acts))
    while waiting or pool.running:
        while waiting and len(pool.running) < limits.workers and pool.time_left() > 0:
            pool.start(waiting.pop())
        if waiting and pool.time_left() <= 0:
            act = waiting.pop()
            detail = f"total deadline of {limits.total_s:g} s reached before it started"
            yield measurer.abandoned(act, measurer.now(), 0.0, detail)
            continue
        yield from pool.collect()


@dataclass(frozen=True, slots=True)
class _Running:
    act: Measurement
    started_at: datetime
    started: float
    deadline: float


class _Pool:
    """Daemon threads, one for each running measurement; those past their deadline are left."""

    def __init__(
        self, measurer: Measurer, limits: Limits, on_start: Callable[[Measurement], None]
    ) -> None:
        self._measurer = measurer
        self._end = time.monotonic() + limits.total_s
        self._on_start = on_start
        self._done: queue.SimpleQueue[Observation] = queue.SimpleQueue()
        self.running: dict[str, _Running] = {}

    def time_left(self) -> float:
        return self._end - time.monotonic()

    def start(self, act: Measurement) -> None:
        started = time.monotonic()
        deadline = min(started + self._measurer.probes[act.probe].timeout_s, self._end)
        self.running[act.key] = _Running(act, self._measurer.now(), started, deadline)
        self._on_start(act)
        threading.Thread(
            target=lambda: self._done.put(self._measurer(act)), name=act.key, daemon=True
        ).start()

    def collect(self) -> Iterator[Observation]:
        """Wait for the next result or deadline and yield what it brought."""
        nearest = min(item.deadline for item in self.running.values())
        try:
            observation = self._done.get(timeout=max(0.0, nearest - time.monotonic()))
        except queue.Empty:
            yield from self._expired()
            return
        # A thread that was given up may still answer; its measurement is already recorded.
        if self.running.pop(observation.measurement.key, None) is not None:
            yield observation

    def _expired(self) -> Iterator[Observation]:
        now = time.monotonic()
        for key, item in list(self.running.items()):
            if item.deadline <= now:
                del self.running[key]
                detail = f"no answer within {now - item.started:.1f} s"
                yield self._measurer.abandoned(
                    item.act, item.started_at, now - item.started, detail
                )


def checked(probe: Probe, result: Measured) -> Measured:
    """Hold a probe to its declared columns. Raises `TypeError` for a probe that breaks them."""
    return Measured(
        rows=tuple(_row(probe, row) for row in result.rows), limitations=result.limitations
    )


def _row(probe: Probe, row: Row) -> Row:
    columns = {column.name: column for column in probe.columns}
    if set(row) != set(columns):
        message = f"{probe.id} gave {sorted(row)}, declared {sorted(columns)}"
        raise TypeError(message)
    return {name: _cell(probe, columns[name], value) for name, value in row.items()}


def _cell(probe: Probe, column: Column, value: Value) -> Value:
    """Check one value and make it printable: text from outside may hold what JSON cannot."""
    kind = type(value)
    fits = value is None or kind is column.kind or (kind is int and column.kind is float)
    if not fits or (isinstance(value, float) and not math.isfinite(value)):
        message = f"{probe.id}.{column.name} must be {column.kind.__name__}, got {value!r}"
        raise TypeError(message)
    if isinstance(value, str):
        return _printable(value)
    if isinstance(value, tuple):
        return tuple(_printable(item) for item in value)
    return value


def _printable(text: str) -> str:
    """Keep text that UTF-8 can carry; show the rest by its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
