"""Statistics across samples of one backend, direction and class. Never across several."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.internet.rates import percentile

CONFIDENCE = 0.95
_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Summary:
    """What several samples of one quantity amount to.

    Percentiles by nearest rank. `mean` is Pd or Pu as QCVN 34 defines it: the sum of the sample
    speeds over their number. `median_low` and `median_high` bound the median of the distribution
    with at least 95 % confidence, by order statistics and the exact binomial distribution (no
    assumption on the distribution's shape); None below six samples, where no such interval exists.
    """

    n: int
    min: float
    p10: float
    median: float
    mean: float
    p90: float
    max: float
    median_low: float | None
    median_high: float | None


def summarise(values: Sequence[float]) -> Summary | None:
    """Summarise samples; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    bounds = median_ranks(len(ordered))
    return Summary(
        n=len(ordered),
        min=ordered[0],
        p10=percentile(ordered, 10) or 0.0,
        median=round(statistics.median(ordered), _DIGITS),
        mean=round(statistics.fmean(ordered), _DIGITS),
        p90=percentile(ordered, 90) or 0.0,
        max=ordered[-1],
        median_low=ordered[bounds[0]] if bounds else None,
        median_high=ordered[bounds[1]] if bounds else None,
    )


def median_ranks(n: int) -> tuple[int, int] | None:
    """Return the narrowest symmetric pair of ranks (from 0) that covers the median.

    The number of samples below the median is binomial(n, 1/2), whatever the distribution.
    """
    best = None
    for low in range(n // 2):
        outside = 2 * sum(math.comb(n, k) for k in range(low + 1)) / 2**n
        if outside > 1 - CONFIDENCE:
            break
        best = (low, n - 1 - low)
    return best
