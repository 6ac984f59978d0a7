"""Rates, round trips and summaries are what their formulas say, for any counts."""

import itertools
import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.internet.causes import CAUSES, Cause, NoSample
from auditor.internet.flags import FLAGS, Flag, has_capping, is_usable
from auditor.internet.latency import latency_of, rpm
from auditor.internet.rates import at, percentile, rates_of, slices
from auditor.internet.summary import CONFIDENCE, median_ranks, summarise
from auditor.internet.transfer import Counts


def steady_flow(mbps: float, seconds: float) -> Counts:
    """Return the counts of a line that carries exactly so much from the first moment, at 10 Hz."""
    moments = tuple(range(0, round(seconds * 1000) + 1, 100))
    return Counts(moments, tuple(round(ms * mbps * 125) for ms in moments))


@given(mbps=st.floats(5, 10_000), seconds=st.floats(4.5, 20))
def test_a_steady_line_has_one_rate(mbps: float, seconds: float) -> None:
    """Without start-up phase all rates agree, and nothing varies."""
    rates = rates_of(steady_flow(mbps, seconds), warmup_s=2)
    assert rates.mbps_steady == pytest.approx(mbps, rel=1e-3)
    assert rates.mbps_whole == pytest.approx(mbps, rel=1e-3)
    assert rates.slice_p50_mbps == pytest.approx(mbps, rel=1e-3)
    assert rates.cov_pct == pytest.approx(0, abs=0.1)


def test_the_warm_up_is_left_out_of_the_steady_rate_only() -> None:
    """Two slow seconds lower the whole rate (QCVN's) and not the steady one."""
    moments = tuple(range(0, 10_001, 100))
    counts = Counts(
        moments, tuple(ms * 1250 if ms < 2000 else (ms - 1800) * 12_500 for ms in moments)
    )
    rates = rates_of(counts, warmup_s=2)
    assert rates.mbps_steady == 100
    assert rates.mbps_whole == 82
    assert rates.payload_bytes == 8200 * 12_500


@pytest.mark.parametrize(
    ("counts", "cause"),
    [
        (Counts((0,), (0,)), Cause.ABORTED_EARLY),
        (Counts((0, 1999), (0, 10**9)), Cause.ABORTED_EARLY),
        (Counts((0, 10_000), (0, 999_999)), Cause.ZERO_RESULT),
        (Counts((0, 10_000), (0, 0)), Cause.ZERO_RESULT),
        (steady_flow(100, 3.9), Cause.ABORTED_EARLY),
    ],
    ids=["nothing", "short", "little", "zero", "no-window"],
)
def test_what_is_no_value_fails(counts: Counts, cause: Cause) -> None:
    """Zero, too short and too little are failures, never 0 Mbit/s."""
    with pytest.raises(NoSample) as caught:
        rates_of(counts, warmup_s=2)
    assert caught.value.cause is cause


def test_a_total_has_no_steady_rate() -> None:
    """A tool that tells one number does not say how the rate went."""
    rates = rates_of(Counts((0, 4000), (0, 40_000_000)), warmup_s=2)
    assert (rates.mbps_whole, rates.mbps_steady, rates.cov_pct) == (80.0, None, None)


@pytest.mark.parametrize(
    ("moments", "totals"),
    [
        ((), ()),
        ((1, 2), (0, 1)),
        ((0, 2, 1), (0, 1, 2)),
        ((0, 1), (0,)),
        ((0, 1), (5, 6)),
        ((0, 1, 2), (0, 2, 1)),
    ],
)
def test_counts_that_fall_are_refused(moments: tuple[int, ...], totals: tuple[int, ...]) -> None:
    """Neither the clock nor the count goes back."""
    with pytest.raises(ValueError, match="counts"):
        Counts(moments, totals)


@given(
    steps=st.lists(
        st.tuples(st.integers(1, 500), st.integers(0, 10**8)), min_size=60, max_size=200
    ),
    warmup_s=st.floats(0, 3),
)
def test_any_counts_give_rates_within_what_was_counted(
    steps: list[tuple[int, int]], warmup_s: float
) -> None:
    """No rate leaves the range of the rates between neighbouring counts."""
    moments, totals = [0], [0]
    for wait, grown in steps:
        moments.append(moments[-1] + wait)
        totals.append(totals[-1] + grown)
    counts = Counts(tuple(moments), tuple(totals))
    try:
        rates = rates_of(counts, warmup_s)
    except NoSample:
        return
    speeds = [grown * 8 / wait / 1000 for wait, grown in steps]
    for rate in (rates.mbps_whole, rates.mbps_steady, rates.slice_p10_mbps, rates.slice_p90_mbps):
        if rate is not None:
            assert min(speeds) - 0.001 <= rate <= max(speeds) + 0.001
    assert rates.payload_bytes == sum(grown for _wait, grown in steps)


@given(moment=st.integers(0, 10_000))
def test_counts_are_read_between_ticks(moment: int) -> None:
    """Between two counts the bytes grow evenly."""
    assert at(steady_flow(100, 10), moment) == pytest.approx(moment * 12_500)


def test_slices_begin_at_the_end_of_the_warm_up() -> None:
    """Ten seconds less two make sixteen slices of half a second."""
    assert len(slices(steady_flow(100, 10), 2000)) == 16


@given(trips=st.lists(st.floats(0.01, 10_000), min_size=3, max_size=100))
def test_jitter_by_each_formula(trips: list[float]) -> None:
    """Each figure is its own formula, and none leaves the range of the trips."""
    seen = latency_of(trips)
    assert seen is not None
    spread = max(trips) - min(trips)
    assert seen.min_ms <= seen.p50_ms <= seen.p95_ms <= seen.max_ms
    for jitter in (seen.ipdv_mean_abs_ms, seen.pdv_p95_ms, seen.jitter_rfc3550_rtt_ms):
        assert 0 <= jitter <= spread + 0.001
    steps = [abs(b - a) for a, b in itertools.pairwise(trips)]
    assert seen.ipdv_mean_abs_ms == pytest.approx(statistics.fmean(steps), abs=0.001)


def test_jitter_of_known_trips() -> None:
    """Three round trips, by hand: 10, 26, 10 ms."""
    seen = latency_of([10.0, 26.0, 10.0])
    assert seen is not None
    assert seen.ipdv_mean_abs_ms == 16
    assert seen.pdv_p95_ms == 16
    assert seen.jitter_rfc3550_rtt_ms == pytest.approx(1 + 15 / 16, abs=0.001)
    assert seen.variance_ms2 == pytest.approx(56.889, abs=0.001)
    assert rpm(seen) == 6000


@pytest.mark.parametrize("trips", [[], [1.0], [1.0, 2.0]])
def test_too_few_trips_have_no_figures(trips: list[float]) -> None:
    """Nothing is not zero."""
    assert latency_of(trips) is None


@given(values=st.lists(st.floats(0.1, 10_000), min_size=1, max_size=60))
def test_a_summary_is_ordered(values: list[float]) -> None:
    """Each figure lies where its name says, and percentiles are measured values."""
    seen = summarise(values)
    assert seen is not None
    assert seen.min <= seen.p10 <= seen.p90 <= seen.max
    assert seen.p10 in values
    assert seen.p90 in values
    assert seen.mean == pytest.approx(sum(values) / len(values), abs=0.001)
    if seen.median_low is not None and seen.median_high is not None:
        assert seen.median_low <= seen.median + 0.001
        assert seen.median_high >= seen.median - 0.001


def test_nothing_has_no_summary() -> None:
    """No sample, no figure."""
    assert summarise([]) is None
    assert percentile([], 50) is None


@pytest.mark.parametrize(("n", "ranks"), [(5, None), (6, (0, 5)), (30, (9, 20))])
def test_ranks_of_the_median(n: int, ranks: tuple[int, int] | None) -> None:
    """The tabulated ranks of the sign test: six samples are the fewest, and 10th to 21st of 30."""
    assert median_ranks(n) == ranks


@given(n=st.integers(6, 200))
def test_the_interval_covers_the_median(n: int) -> None:
    """The chance that the median lies outside is at most five in a hundred."""
    ranks = median_ranks(n)
    assert ranks is not None
    outside = 2 * sum(math.comb(n, k) for k in range(ranks[0] + 1)) / 2**n
    assert outside <= 1 - CONFIDENCE
    assert ranks[0] + ranks[1] == n - 1


def test_every_word_has_its_sentence() -> None:
    """A flag or a cause without a Vietnamese sentence could not be reported."""
    assert set(FLAGS) == set(Flag)
    assert set(CAUSES) == set(Cause)
    for text in (*FLAGS.values(), *CAUSES.values()):
        assert text.vi
        assert text.en


def test_what_flags_mean() -> None:
    """Wi-Fi caps and proves; loopback does not even prove."""
    assert has_capping([Flag.WIFI])
    assert is_usable([Flag.WIFI, Flag.UNSTABLE])
    assert not has_capping([Flag.UNSTABLE])
    assert not is_usable([Flag.LOOPBACK])
