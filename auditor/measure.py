"""Measure: planned acts become observations, whatever happens to each of them.

A machine is visited once: its collection is one job with one deadline, and what it said is then
read by each of its probes, each with its own deadline. Whatever is no machine is one job per act.

An own small pool and not `concurrent.futures`: a thread that hangs in a system call must cost one
measurement and not the end of the process (ADR 0003).
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from auditor import collection, guard
from auditor.columns import checked
from auditor.errors import CannotMeasure
from auditor.model import (
    Capture,
    Failure,
    Measured,
    Measurement,
    NotMeasured,
    Observation,
    Target,
)
from auditor.model.products import ProductCatalogue
from auditor.outcome import as_data
from auditor.plan import Job, jobs
from auditor.probing import HostLink, Probe
from auditor.recognition import MachineFacts
from auditor.sample_slice import Slice
from auditor.scripts import script
from auditor.transports import Context, collector_for, open_target

MOST_BYTES = 32 * 1024 * 1024
"""More than any machine has to say about itself."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many jobs at once, how long one machine may take, and all together, in seconds."""

    workers: int = 8
    total_s: float = 3600.0
    host_s: float = 120.0


@dataclass(frozen=True, slots=True)
class _Collected:
    """What a visit to a machine brought: facts, or why there are none; and the evidence."""

    result: MachineFacts | NotMeasured
    captures: tuple[Capture, ...]
    started_at: datetime
    started: float


@dataclass(frozen=True, slots=True)
class Measurer:
    """Carries out single measurements from one vantage point."""

    targets: Mapping[str, Target]
    probes: Mapping[str, Probe]
    catalogue: ProductCatalogue
    context: Context
    vantage: str
    now: Callable[[], datetime]
    challenge: str = ""
    stored: Callable[[Measurement], Slice | None] = lambda _act: None

    def knowing(self, seen: tuple[Observation, ...]) -> "Measurer":
        """Return the same with what was measured before, for probes that derive from it."""
        return replace(self, context=replace(self.context, seen=seen))

    def collect(self, target: Target, timeout_s: float) -> _Collected:
        """Ask a machine everything at once. Every failure becomes data."""
        started_at, started = self.now(), time.monotonic()
        captures: tuple[Capture, ...] = ()

        def visit() -> MachineFacts:
            nonlocal captures
            link = cast("HostLink", open_target(target, self.context))
            try:
                site = self.context.site
                asked = script(self.catalogue, collector_for(target), site, target)
                with guard.probing(self.context.gate):
                    raw = link.collect(asked, timeout_s=timeout_s, max_bytes=MOST_BYTES)
            finally:
                captures = link.captures
                link.close()
            said = collection.whole(raw)
            return MachineFacts(said, self.catalogue, target, site, link.limitations)

        result = as_data(visit)
        return _Collected(result, captures, started_at, started)

    def read(self, act: Measurement, collected: _Collected) -> Observation:
        """Let a probe read what its machine said."""
        probe = self.probes[act.probe]

        def look() -> Measured:
            if isinstance(collected.result, NotMeasured):
                raise CannotMeasure(collected.result.failure, collected.result.detail)
            platform = collected.result.collection.platform
            if platform not in probe.platforms:
                raise CannotMeasure(Failure.UNSUPPORTED_PLATFORM, platform)
            with guard.probing(self.context.gate):
                seen = checked(probe, probe.measure(collected.result, **act.params))
            return replace(seen, limitations=(*seen.limitations, *collected.result.limitations))

        result = as_data(look)
        duration_s = time.monotonic() - collected.started
        return self._seen(act, collected.started_at, duration_s, result, collected.captures)

    def __call__(self, act: Measurement) -> Observation:
        """Measure once what is no machine."""
        probe = self.probes[act.probe]
        started_at, started = self.now(), time.monotonic()
        captures: tuple[Capture, ...] = ()

        def look() -> Measured:
            nonlocal captures
            stored = self.stored(act)
            context = replace(self.context, started_at=started_at, stored=stored)
            access = open_target(self.targets[act.target], context)
            try:
                with guard.probing(self.context.gate):
                    return checked(probe, probe.measure(access, **act.params))
            finally:
                captures = access.captures
                access.close()

        result = as_data(look)
        return self._seen(act, started_at, time.monotonic() - started, result, captures)

    def abandoned(
        self, act: Measurement, started_at: datetime, waited_s: float, detail: str
    ) -> Observation:
        """Say that a measurement did not finish in time."""
        result = NotMeasured(failure=Failure.TIMEOUT, detail=detail)
        return self._seen(act, started_at, waited_s, result, ())

    def _seen(
        self,
        act: Measurement,
        started_at: datetime,
        duration_s: float,
        result: Measured | NotMeasured,
        captures: tuple[Capture, ...],
    ) -> Observation:
        return Observation(
            measurement=act,
            probe_version=self.probes[act.probe].version,
            vantage=self.vantage,
            started_at=started_at,
            duration_s=round(duration_s, 3),
            result=result,
            captures=captures,
            challenge=self.challenge,
        )


def measure_all(
    acts: tuple[Measurement, ...],
    measurer: Measurer,
    limits: Limits,
    on_start: Callable[[Measurement], None],
) -> Iterator[Observation]:
    """Measure all acts, several at a time, and yield each observation as soon as it exists."""
    pool = _Pool(measurer, limits, on_start)
    for job in reversed(jobs(acts, measurer.targets)):
        pool.waiting.append(_Task(job))
    while pool.waiting or pool.running:
        while pool.waiting and len(pool.running) < limits.workers and pool.time_left() > 0:
            pool.start(pool.waiting.pop())
        if pool.waiting and pool.time_left() <= 0:
            yield from pool.dropped(pool.waiting.pop())
            continue
        yield from pool.collect()


@dataclass(frozen=True, slots=True)
class _Task:
    """A job to begin or, with what was collected, one act of it to finish."""

    job: Job
    collected: _Collected | None = None

    @property
    def visits(self) -> bool:
        return self.job.is_host and self.collected is None


@dataclass(frozen=True, slots=True)
class _Running:
    task: _Task
    started_at: datetime
    started: float
    deadline: float


class _Pool:
    """Daemon threads, one for each running task; those past their deadline are left."""

    def __init__(
        self, measurer: Measurer, limits: Limits, on_start: Callable[[Measurement], None]
    ) -> None:
        self._measurer = measurer
        self._limits = limits
        self._end = time.monotonic() + limits.total_s
        self._on_start = on_start
        self._done: queue.SimpleQueue[tuple[int, Observation | _Collected]] = queue.SimpleQueue()
        self._number = 0
        self.waiting: list[_Task] = []
        self.running: dict[int, _Running] = {}

    def time_left(self) -> float:
        return self._end - time.monotonic()

    def start(self, task: _Task) -> None:
        self._number += 1
        number, started, first = self._number, time.monotonic(), task.job.acts[0]
        allowed = (
            self._limits.host_s if task.visits else self._measurer.probes[first.probe].timeout_s
        )
        deadline = min(started + allowed, self._end)
        self.running[number] = _Running(task, self._measurer.now(), started, deadline)
        if task.collected is None:
            for act in task.job.acts:
                self._on_start(act)
        left_s = deadline - started
        threading.Thread(
            target=lambda: self._done.put((number, self._carried_out(task, left_s))),
            name=task.job.target.name if task.visits else first.key,
            daemon=True,
        ).start()

    def _carried_out(self, task: _Task, left_s: float) -> Observation | _Collected:
        if task.visits:
            return self._measurer.collect(task.job.target, left_s)
        (act,) = task.job.acts
        if task.collected is None:
            return self._measurer(act)
        return self._measurer.read(act, task.collected)

    def collect(self) -> Iterator[Observation]:
        """Wait for the next result or deadline and yield what it brought."""
        nearest = min(item.deadline for item in self.running.values())
        try:
            number, brought = self._done.get(timeout=max(0.0, nearest - time.monotonic()))
        except queue.Empty:
            yield from self._expired()
            return
        # A thread that was given up may still answer; its measurement is already recorded.
        item = self.running.pop(number, None)
        if item is None:
            return
        if isinstance(brought, Observation):
            yield brought
            return
        job = item.task.job
        for act in reversed(job.acts):
            alone = Job(target=job.target, acts=(act,), is_host=True)
            self.waiting.append(_Task(alone, brought))

    def dropped(self, task: _Task) -> Iterator[Observation]:
        """Say of each act of a task that there was no time left to begin it."""
        detail = f"total deadline of {self._limits.total_s:g} s reached before it started"
        for act in task.job.acts:
            yield self._measurer.abandoned(act, self._measurer.now(), 0.0, detail)

    def _expired(self) -> Iterator[Observation]:
        now = time.monotonic()
        for number, item in list(self.running.items()):
            if item.deadline <= now:
                del self.running[number]
                waited_s = now - item.started
                detail = f"no answer within {waited_s:.1f} s"
                for act in item.task.job.acts:
                    yield self._measurer.abandoned(act, item.started_at, waited_s, detail)
