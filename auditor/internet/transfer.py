"""One transfer in one direction: what was ordered, and the raw counts that came of it."""

import itertools
from dataclasses import dataclass, field

from auditor.internet.flags import Flag
from auditor.internet.vocabulary import CountedAt, Direction
from auditor.model import SpeedServer

TICK_MS = 100
"""Counts are kept ten times a second."""


_LATE_S = 0.3


@dataclass(frozen=True, slots=True)
class Order:
    """What one transfer shall be.

    `ip_version` is 4 or 6. The transfer lasts `warmup_s + window_s` and ends early when
    `max_bytes` of payload have passed. `idle_probes` is how many round trips are timed before the
    load, each with 25 datagrams if the server answers them, 0 for as few as can be; while the load
    runs they are timed about ten times a second. With `early_stop` a transfer whose rate has
    settled may end before its window does.
    """

    direction: Direction
    server: SpeedServer
    ip_version: int = 4
    connections: int = 4
    warmup_s: float = 2.0
    window_s: float = 8.0
    max_bytes: int = 2_500_000_000
    idle_probes: int = 20
    early_stop: bool = True

    @property
    def duration_s(self) -> float:
        """How long payload flows: counts come up to a tenth of a second late, at either end."""
        return self.warmup_s + self.window_s + _LATE_S


@dataclass(frozen=True, slots=True)
class Counts:
    """Cumulative payload bytes at moments of one clock, both never decreasing, first (0, 0).

    Moment 0 is when the first payload request was sent; the last moment is when the last payload
    byte was counted. A tool that tells only a total gives two points.
    """

    t_ms: tuple[int, ...]
    payload_bytes: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse what is no count. Raises `ValueError`."""
        for values in (self.t_ms, self.payload_bytes):
            rising = all(a <= b for a, b in itertools.pairwise(values))
            if not values or values[0] != 0 or not rising:
                message = "counts start at 0 and never fall"
                raise ValueError(message)
        if len(self.t_ms) != len(self.payload_bytes):
            message = "as many moments as counts"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class TcpFacts:
    """What the kernel knows about the connections, summed or (times) the mean; None: not known.

    Times in ms. From Linux TCP_INFO of this machine, or from the server where it tells.
    """

    min_rtt_ms: float | None = None
    srtt_ms: float | None = None
    bytes_sent: int | None = None
    bytes_retrans: int | None = None
    rwnd_limited_ms: float | None = None
    sndbuf_limited_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """Packets that were sent and came; only a cooperating other end can tell."""

    method: str
    sent: int
    received: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a backend saw in one direction. Nothing here is computed from something else.

    `counts` are those of `counted_at`; `client` are this machine's own, which the interface
    counters are compared with (the same object for a download). `server_*` is what the service
    itself stated, tokens removed. `rtt_*_ms` are round trips in order; empty: not measured.
    """

    direction: Direction
    counts: Counts
    client: Counts
    counted_at: CountedAt
    connections: int
    server_ip: str
    server_port: int
    local_ip: str
    tls: str = ""
    server_place: str = ""
    server_country: str = ""
    server_id: str = ""
    rtt_idle_ms: tuple[float, ...] = ()
    rtt_loaded_ms: tuple[float, ...] = ()
    rtt_method: str = ""
    tcp: TcpFacts = field(default_factory=TcpFacts)
    loss: Loss | None = None
    flags: frozenset[Flag] = frozenset()
