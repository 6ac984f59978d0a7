"""Round trips: how long, and how much they vary, each figure under the name of its formula."""

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.internet.rates import percentile

_DIGITS = 3
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Latency:
    """Figures of at least three round trips, in ms.

    `ipdv_mean_abs_ms`: mean of |d(i) − d(i−1)| (RFC 5481, 3.1). `pdv_p95_ms`: 95th percentile of
    d(i) − min d (RFC 5481, 3.2). `jitter_rfc3550_rtt_ms`: J += (|D| − J)/16 (RFC 3550, 6.4.1), on
    round trips instead of one-way transit times. `variance_ms2`: population variance, the word
    ("phương sai") that VNNIC's i-Speed uses for its jitter.
    """

    n: int
    min_ms: float
    p50_ms: float
    p95_ms: float
    max_ms: float
    ipdv_mean_abs_ms: float
    pdv_p95_ms: float
    jitter_rfc3550_rtt_ms: float
    variance_ms2: float


def latency_of(trips_ms: Sequence[float]) -> Latency | None:
    """Compute the figures of round trips in their order; None of fewer than three."""
    if len(trips_ms) < _FEWEST:
        return None
    steps = [abs(b - a) for a, b in itertools.pairwise(trips_ms)]
    least = min(trips_ms)
    smoothed = 0.0
    for step in steps:
        smoothed += (step - smoothed) / 16
    return Latency(
        n=len(trips_ms),
        min_ms=round(least, _DIGITS),
        p50_ms=_of(trips_ms, 50),
        p95_ms=_of(trips_ms, 95),
        max_ms=round(max(trips_ms), _DIGITS),
        ipdv_mean_abs_ms=round(statistics.fmean(steps), _DIGITS),
        pdv_p95_ms=_of([trip - least for trip in trips_ms], 95),
        jitter_rfc3550_rtt_ms=round(smoothed, _DIGITS),
        variance_ms2=round(statistics.pvariance(trips_ms), _DIGITS),
    )


def _of(values: Sequence[float], percent: float) -> float:
    found = percentile(values, percent)
    assert found is not None  # noqa: S101 - there are at least three values
    return round(found, _DIGITS)


def rpm(loaded: Latency) -> float:
    """Return round trips per minute under load (draft-ietf-ippm-responsiveness, simplified)."""
    return round(60000 / loaded.p50_ms, 1) if loaded.p50_ms else 0.0
