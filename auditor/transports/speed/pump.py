"""Drives the connections of one transfer in one thread, and counts ten times a second."""

import selectors
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from auditor.internet.causes import Cause, NoSample
from auditor.internet.flags import Flag
from auditor.internet.rates import SLICE_MS, slices
from auditor.internet.transfer import TICK_MS, Counts, Order
from auditor.transports.speed import Connection, Watch
from auditor.transports.speed.pings import PingLane
from auditor.transports.speed.wire import Broken, Lane

SPACE = 256 * 1024
_REST_S = 0.001
"""What comes in a millisecond is taken at once: fewer turns, and the kernel has room for it."""

STALL_S = 5.0
SETTLED_S = 4.0
SETTLED_COV = 0.03
"""A transfer may end early when its 500 ms slices vary less than this over that time (3.2)."""


@dataclass(slots=True)
class Pumped:
    """What a transfer's clock and counters showed. `other` is a second count, if there is one."""

    t_ms: list[int] = field(default_factory=lambda: [0])
    payload: list[int] = field(default_factory=lambda: [0])
    other: list[int] = field(default_factory=list)
    flags: set[Flag] = field(default_factory=set)
    trips_before: int = 0
    """Round trips that ended before the warm-up did."""

    @property
    def counts(self) -> Counts:
        """The client's own counts."""
        return Counts(tuple(self.t_ms), tuple(self.payload))


class Pump:
    """One transfer. `other` counts a second time at each tick (acknowledged bytes)."""

    def __init__(
        self,
        order: Order,
        watch: Watch,
        lanes: Sequence[Lane],
        ping: PingLane | None = None,
        other: Callable[[], int] | None = None,
    ) -> None:
        """Take the lanes; nothing flows yet."""
        self._order = order
        self._watch = watch
        self._lanes = lanes
        self._ping = ping
        self._other = other
        self._space = memoryview(bytearray(SPACE))
        self._seen = Pumped()
        self._alive_at = 0.0
        self._has_settled = False
        self._registered: dict[Lane, tuple[Connection, int]] = {}

    def run(self) -> Pumped:
        """Move payload until the window ends. Raises `NoSample`; closes nothing."""
        with selectors.DefaultSelector() as selector:
            started = self._alive_at = time.monotonic()
            if self._other is not None:
                self._seen.other.append(self._other())
            self._ask(selector)
            for lane in self._lanes:
                self._serve(selector, lane)
            while not self._is_over(started):
                self._turn(selector, started)
            self._count_if_due(started)  # the end may fall between a turn and its count
        return self._seen

    def _turn(self, selector: selectors.BaseSelector, started: float) -> None:
        due = self._due(started)
        for key, _events in selector.select(max(0.0, due - time.monotonic())):
            self._serve(selector, key.data)
        time.sleep(_REST_S)
        if self._count_if_due(started):
            self._ask(selector)

    def _due(self, started: float) -> float:
        return started + len(self._seen.t_ms) * TICK_MS / 1000

    def _count_if_due(self, started: float) -> bool:
        now = time.monotonic()
        if now < self._due(started):
            return False
        self._tick(round((now - started) * 1000), now)
        return True

    def _ask(self, selector: selectors.BaseSelector) -> None:
        if self._ping is None:
            return
        try:
            self._ping.ask()
        except Broken:
            self._drop_ping(selector)
        else:
            self._register(selector, self._ping)

    def _serve(self, selector: selectors.BaseSelector, lane: Lane) -> None:
        try:
            lane.serve(self._space)
        except Broken as error:
            if lane is self._ping:
                self._drop_ping(selector)
                return
            if not any(self._seen.payload):
                raise NoSample(Cause.ABORTED_EARLY, str(error)) from error
            self._seen.flags.add(Flag.CUT_SHORT)
            return
        self._register(selector, lane)

    def _register(self, selector: selectors.BaseSelector, lane: Lane) -> None:
        """Listen to what the lane waits for; it may have a new connection."""
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if lane.wants_to_write else 0)
        connection, known = self._registered.get(lane, (None, 0))
        if connection is lane.connection and known == events:
            return
        if connection is lane.connection:
            selector.modify(lane.connection, events, lane)
        else:
            if connection is not None:
                selector.unregister(connection)
            selector.register(lane.connection, events, lane)
        self._registered[lane] = (lane.connection, events)

    def _drop_ping(self, selector: selectors.BaseSelector) -> None:
        """Go on without round trips: they are a second result, not the first."""
        assert self._ping is not None  # noqa: S101 - the caller looked
        if self._ping in self._registered:
            selector.unregister(self._registered.pop(self._ping)[0])
        self._ping = None

    def _tick(self, t_ms: int, now: float) -> None:
        seen = self._seen
        total = sum(lane.payload for lane in self._lanes)
        if total > seen.payload[-1]:
            self._alive_at = now
        seen.t_ms.append(t_ms)
        seen.payload.append(total)
        if self._other is not None:
            seen.other.append(self._other())
        self._watch.payload_bytes = total
        self._watch.tick(t_ms)
        if self._ping is not None and t_ms <= self._order.warmup_s * 1000:
            seen.trips_before = len(self._ping.trips_ms)
        self._has_settled = self._order.early_stop and _is_settled(seen, self._order)

    def _is_over(self, started: float) -> bool:
        now = time.monotonic()
        if now - self._alive_at > STALL_S:
            raise NoSample(Cause.STALLED, f"no byte for {STALL_S:g} s")
        if Flag.CUT_SHORT in self._seen.flags:
            return True
        if sum(lane.payload for lane in self._lanes) >= self._order.max_bytes:
            self._seen.flags.add(Flag.BUDGET_REACHED)
            return True
        return now - started >= self._order.duration_s or self._has_settled


def _is_settled(seen: Pumped, order: Order) -> bool:
    """Whether the last four seconds after the warm-up hardly varied; asked every half second."""
    warm_ms, last = round(order.warmup_s * 1000), seen.t_ms[-1]
    if last - warm_ms < SETTLED_S * 1000 or last // SLICE_MS == seen.t_ms[-2] // SLICE_MS:
        return False
    speeds = slices(seen.counts, max(warm_ms, last - round(SETTLED_S * 1000)))
    mean = statistics.fmean(speeds)
    return mean > 0 and statistics.stdev(speeds) / mean < SETTLED_COV
