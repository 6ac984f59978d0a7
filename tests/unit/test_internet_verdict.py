"""Indicator 2.1: what samples prove, what they disprove, and what they leave open."""

from dataclasses import replace

import pytest
from builders import a_case, seen
from hypothesis import given, settings
from hypothesis import strategies as st
from line_samples import PORT, a_sample

from auditor.internet.causes import Cause
from auditor.internet.flags import Flag
from auditor.internet.instrument import Instrument
from auditor.internet.rows import rows_of
from auditor.internet.sample import Missed, Sample, derive
from auditor.internet.slots import time_slot
from auditor.internet.transfer import TcpFacts
from auditor.internet.vocabulary import MetricClass
from auditor.judge import Asked, Case, check_finding
from auditor.model import CheckFinding, Row, Verdict
from auditor.profile import load

ZONE = "Asia/Ho_Chi_Minh"
CRITERIA = load("lai-chau-2026").profile


def judged(*samples: Sample, contract: int = 300) -> CheckFinding:
    """Answer the check of the measured ratio."""
    declared: Row = {"id": "internet_contract_down_mbps", "number": contract, "text": None}
    case = a_case(
        CRITERIA,
        seen("internet_quality", "network", *rows_of(samples, ZONE)),
        seen("declared_values", "site", declared),
    )
    return answer(case)


def answer(case: Case) -> CheckFinding:
    """Answer the check in a case."""
    indicator = next(item for item in CRITERIA.indicators if item.id == "2.1")
    check = next(item for item in indicator.checks if item.id == "measured_ratio")
    return check_finding(case, indicator, check, Asked())


def test_enough_fast_samples_prove() -> None:
    """Thirty samples of one server in several slots whose mean reaches 0.8 of the contract."""
    found = judged(*(a_sample(250, n) for n in range(30)))
    assert found.verdict is Verdict.MET
    assert found.actual == pytest.approx(250 / 300, abs=0.001)


@pytest.mark.parametrize("count", [1, 15, 29])
def test_too_few_samples_only_inform(count: int) -> None:
    """However fast they are."""
    found = judged(*(a_sample(900, n) for n in range(count)))
    assert found.verdict is Verdict.UNDETERMINED
    assert "chỉ tham khảo" in found.reason.vi


def test_one_time_slot_only_informs() -> None:
    """Thirty samples within minutes are one moment."""
    found = judged(*(a_sample(900, n, hours=0.01) for n in range(30)))
    assert found.verdict is Verdict.UNDETERMINED


def test_samples_of_two_servers_are_not_added_up() -> None:
    """Fifteen and fifteen are not thirty."""
    both = [a_sample(900, n, server=f"203.0.113.{1 + n % 2}") for n in range(30)]
    assert judged(*both).verdict is Verdict.UNDETERMINED


def test_one_slow_server_proves_nothing() -> None:
    """The server itself may be slow."""
    assert judged(*(a_sample(100, n) for n in range(40))).verdict is Verdict.UNDETERMINED


def two_servers(first: float, second: float, **fields: object) -> list[Sample]:
    """Return thirty samples of each of two servers."""
    rates = {"203.0.113.1": first, "203.0.113.2": second}
    return [
        a_sample(mbps, n, server=server, **fields)  # type: ignore[arg-type] # fields of mixed types
        for server, mbps in rates.items()
        for n in range(30)
    ]


def test_two_slow_servers_that_agree_disprove() -> None:
    """With nothing in the machine that capped them."""
    found = judged(*two_servers(100, 95))
    assert found.verdict is Verdict.NOT_MET
    assert found.actual == pytest.approx(100 / 300, abs=0.001)


def test_two_slow_servers_that_differ_prove_nothing() -> None:
    """More than ten percent apart: at least one of them is no measure of the line."""
    assert judged(*two_servers(100, 80)).verdict is Verdict.UNDETERMINED


def test_two_slow_servers_and_a_fast_one() -> None:
    """What one server shows, others cannot take back."""
    fast = [a_sample(290, n, server="203.0.113.3") for n in range(30)]
    assert judged(*two_servers(100, 98), *fast).verdict is Verdict.MET


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.9", "fd00::1", "::ffff:10.0.0.1", "?"])
@pytest.mark.parametrize("port", [PORT, None], ids=["port-known", "port-unknown"])
def test_a_server_within_the_house_says_nothing_of_the_line(
    address: str, port: Instrument | None
) -> None:
    """However fast or slow the own network is."""
    fast = [a_sample(950, n, server=address, port=port) for n in range(30)]
    slow = [a_sample(93, n, server=s, port=port) for s in (address, "10.0.0.2") for n in range(40)]
    assert judged(*fast).verdict is Verdict.UNDETERMINED
    assert judged(*slow).verdict is Verdict.UNDETERMINED


CAPPED = {
    "wifi": replace(PORT, is_wireless=True),
    "wifi-unknown": replace(PORT, is_wireless=None),
    "slow-port": replace(PORT, link_mbps=100),
    "port-unknown": replace(PORT, link_mbps=None),
    "half-duplex": replace(PORT, is_full_duplex=False),
    "vpn": replace(PORT, is_tunnel=True),
    "small-mtu": replace(PORT, mtu=1400),
    "proxy": replace(PORT, has_proxy=True),
    "busy-process": replace(PORT, cpu_process_pct=(90.0,) * 101),
    "starved": replace(PORT, cpu_wait_pct=(5.0, 40.0, 5.0) * 33),
    "busy-core": replace(PORT, cpu_core_pct=(99.0,) * 101),
    "busy-line": replace(PORT, idle_before_mbps=30.0),
    "unknown": None,
}


@pytest.mark.parametrize("port", CAPPED.values(), ids=CAPPED)
def test_a_capped_instrument_disproves_nothing(port: Instrument | None) -> None:
    """Each cause in the machine keeps slow samples from counting against the line."""
    slow = two_servers(93, 93, port=port)
    assert all(row["is_capped"] for row in rows_of(slow, ZONE))
    assert judged(*slow).verdict is Verdict.UNDETERMINED
    fast = [a_sample(250, n, port=port) for n in range(30)]
    assert judged(*fast).verdict is Verdict.MET, "a lower bound stays one"


@pytest.mark.parametrize(
    "kind",
    [MetricClass.SINGLE_FLOW_INTERNATIONAL, MetricClass.LEGACY_REFERENCE],
)
def test_weak_classes_support_but_never_disprove(kind: MetricClass) -> None:
    """A single flow, and the old tool, read low."""
    assert judged(*two_servers(100, 100, kind=kind)).verdict is Verdict.UNDETERMINED
    fast = [a_sample(250, n, kind=kind) for n in range(30)]
    assert judged(*fast).verdict is Verdict.MET


def test_bytes_that_did_not_cross_the_port_prove_nothing() -> None:
    """A count above what the port carried is a proxy's cache, or worse."""
    samples = []
    for n in range(30):
        sample = a_sample(250, n)
        assert sample.instrument is not None
        half = tuple(value // 2 for value in sample.instrument.nic_bytes)
        samples.append(replace(sample, instrument=replace(sample.instrument, nic_bytes=half)))
    assert Flag.COUNT_MISMATCH in derive(samples[0]).flags
    assert judged(*samples).verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize(("extra", "flagged"), [(0.0, False), (0.01, False), (0.05, True)])
def test_other_traffic_is_seen_and_sized(*, extra: float, flagged: bool) -> None:
    """Five percent of other traffic is flagged and told within three points (goal G8)."""
    sample = a_sample(100)
    assert sample.instrument is not None
    more = tuple(round(value * (1 + extra)) for value in sample.instrument.nic_bytes)
    derived = derive(replace(sample, instrument=replace(sample.instrument, nic_bytes=more)))
    assert (Flag.CROSS_TRAFFIC in derived.flags) is flagged
    assert derived.foreign_share == pytest.approx(extra, abs=0.03)


def test_failed_samples_do_not_count() -> None:
    """They stand in the rows with their cause and in no statistic."""
    good = [a_sample(250, n) for n in range(29)]
    missed = replace(
        a_sample(1), transfer=None, instrument=None, missed=Missed(Cause.STALLED, "x" * 9)
    )
    rows = rows_of([*good, missed], ZONE)
    assert [row["cause"] for row in rows].count("STALLED") == 1
    assert {row["series_n"] for row in rows} == {29}
    assert judged(*good, missed).verdict is Verdict.UNDETERMINED


def test_a_flow_that_waited_for_its_window() -> None:
    """One connection that waited a fifth of its time says so."""
    sample = a_sample(100)
    assert sample.transfer is not None
    waited = TcpFacts(rwnd_limited_ms=3000.0, sndbuf_limited_ms=None)
    full = TcpFacts(min_rtt_ms=900.0)
    for flows, tcp in ((1, waited), (1, full), (4, full), (1, TcpFacts(min_rtt_ms=2.0))):
        slow = replace(sample, transfer=replace(sample.transfer, connections=flows, tcp=tcp))
        says = Flag.SINGLE_FLOW_LIMIT in derive(slow).flags
        assert says is (flows == 1 and tcp in {waited, full})


@given(
    rates=st.lists(st.floats(20, 940), min_size=30, max_size=34),
    lost=st.integers(0, 29),
)
@settings(max_examples=30, deadline=None)
def test_losing_the_observation_never_helps(rates: list[float], lost: int) -> None:
    """Without the observation nothing is concluded; without one sample nothing gets worse."""
    samples = [a_sample(mbps, n) for n, mbps in enumerate(rates)]
    verdict = judged(*samples).verdict
    assert verdict in {Verdict.MET, Verdict.UNDETERMINED}, "one server never disproves"
    rest = judged(*samples[:lost], *samples[lost + 1 :][: 28 - lost])
    assert rest.verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        ("2026-11-20T02:00:00.000Z", "2026-11-20 08-12"),
        ("2026-11-20T17:00:00.000Z", "2026-11-21 00-04"),
        ("yesterday", ""),
    ],
)
def test_slots_are_the_centres_own(moment: str, slot: str) -> None:
    """Four hours by the clock of the place."""
    assert time_slot(moment, ZONE) == slot
