"""From counts to rates. Anyone with the counts gets the same rates (goal G12)."""

import itertools
import math
import statistics
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.internet.causes import Cause, NoSample
from auditor.internet.transfer import Counts

SLICE_MS = 500
SHORTEST_MS = 2000
LEAST_BYTES = 1_000_000
_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Rates:
    """What a transfer's counts amount to. Mbit/s are 10^6 bit/s of TCP payload.

    `steady` leaves the warm-up out: what the line can carry. `whole` is all payload over all time,
    from the first request to the last byte: the sample speed of QCVN 34 (file size over time).
    Slices of 500 ms after the warm-up give the spread; `cov_pct` is their standard deviation over
    their mean. None: too few counts to tell.
    """

    payload_bytes: int
    duration_ms: int
    mbps_whole: float
    mbps_steady: float | None
    cov_pct: float | None
    slice_p10_mbps: float | None
    slice_p50_mbps: float | None
    slice_p90_mbps: float | None


def rates_of(counts: Counts, warmup_s: float) -> Rates:
    """Compute the rates. Raises `NoSample` for what 5.2(6) calls no value."""
    duration_ms, total = counts.t_ms[-1], counts.payload_bytes[-1]
    if duration_ms < SHORTEST_MS:
        raise NoSample(Cause.ABORTED_EARLY, f"{duration_ms} ms")
    if total < LEAST_BYTES:
        raise NoSample(Cause.ZERO_RESULT, f"{total} bytes in {duration_ms} ms")
    warm_ms = round(warmup_s * 1000)
    speeds = slices(counts, warm_ms) if len(counts.t_ms) > 2 else ()  # noqa: PLR2004 - two points are a total
    return Rates(
        payload_bytes=total,
        duration_ms=duration_ms,
        mbps_whole=_mbps(total, duration_ms),
        mbps_steady=_steady(counts, warm_ms),
        cov_pct=_cov_pct(speeds),
        slice_p10_mbps=percentile(speeds, 10),
        slice_p50_mbps=percentile(speeds, 50),
        slice_p90_mbps=percentile(speeds, 90),
    )


def _steady(counts: Counts, warm_ms: int) -> float | None:
    """Return the mean rate after the first count at or behind the end of the warm-up."""
    if len(counts.t_ms) <= 2:  # noqa: PLR2004 - two points are a total, without a course
        return None
    first = bisect_left(counts.t_ms, warm_ms)
    if first >= len(counts.t_ms) or counts.t_ms[-1] - counts.t_ms[first] < SHORTEST_MS:
        left = max(0, counts.t_ms[-1] - warm_ms)
        raise NoSample(Cause.ABORTED_EARLY, f"{left} ms after the warm-up")
    grown = counts.payload_bytes[-1] - counts.payload_bytes[first]
    return _mbps(grown, counts.t_ms[-1] - counts.t_ms[first])


def slices(counts: Counts, warm_ms: int) -> tuple[float, ...]:
    """Return the rates of whole 500 ms slices after the warm-up, between counts linearly."""
    edges = range(warm_ms, counts.t_ms[-1] + 1, SLICE_MS)
    totals = [at(counts, edge) for edge in edges]
    return tuple(_mbps(b - a, SLICE_MS) for a, b in itertools.pairwise(totals))


def at(counts: Counts, moment_ms: int) -> float:
    """Return how many bytes had been counted at a moment inside the transfer."""
    index = bisect_left(counts.t_ms, moment_ms)
    if index == 0:
        return float(counts.payload_bytes[0])
    if index == len(counts.t_ms):
        return float(counts.payload_bytes[-1])
    t_0, t_1 = counts.t_ms[index - 1], counts.t_ms[index]
    b_0, b_1 = counts.payload_bytes[index - 1], counts.payload_bytes[index]
    return b_0 + (b_1 - b_0) * (moment_ms - t_0) / (t_1 - t_0)


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the nearest-rank percentile: always a value that was measured. None of nothing."""
    if not values:
        return None
    rank = max(1, math.ceil(percent / 100 * len(values)))
    return sorted(values)[rank - 1]


def _cov_pct(speeds: Sequence[float]) -> float | None:
    if len(speeds) < 2:  # noqa: PLR2004 - one slice does not vary
        return None
    mean = statistics.fmean(speeds)
    return round(100 * statistics.stdev(speeds) / mean, _DIGITS) if mean else None


def _mbps(payload: float, duration_ms: int) -> float:
    return round(payload * 8 / duration_ms / 1000, _DIGITS)
