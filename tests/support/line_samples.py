"""Samples of a line at a rate of choice, as the instrument would have seen them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from auditor.internet.instrument import Instrument
from auditor.internet.sample import Sample
from auditor.internet.transfer import Counts, Order, Transfer
from auditor.internet.vocabulary import CountedAt, Direction, MetricClass
from auditor.model import SpeedBackend, SpeedServer

BEGIN = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PORT = Instrument(
    interface="eth0",
    is_loopback=False,
    is_wireless=False,
    is_tunnel=False,
    link_mbps=1000,
    is_full_duplex=True,
    mtu=1500,
    idle_before_mbps=0.0,
    t_ms=tuple(range(0, 10_001, 100)),
    cpu_process_pct=(9.0,) * 101,
    cpu_core_pct=(20.0,) * 101,
)


def a_sample(  # noqa: PLR0913 - what the tests vary
    mbps: float,
    number: int = 0,
    *,
    server: str = "203.0.113.1",
    kind: MetricClass = MetricClass.CAPACITY_DOMESTIC,
    port: Instrument | None = PORT,
    hours: float = 4,
) -> Sample:
    """Return a sample of ten seconds at a rate, `number` times so many hours after the first."""
    moments = tuple(range(0, 10_001, 100))
    counts = Counts(moments, tuple(round(ms * mbps * 125) for ms in moments))
    if port is not None:
        packets = tuple(total // 1448 for total in counts.payload_bytes)
        crossed = tuple(b + 66 * p for b, p in zip(counts.payload_bytes, packets, strict=True))
        port = replace(port, nic_bytes=crossed, nic_packets=packets)
    order = Order(
        direction=Direction.DOWN,
        server=SpeedServer(backend=SpeedBackend.HTTP_MULTI, url=f"http://{server}/"),
    )
    transfer = Transfer(
        direction=Direction.DOWN,
        counts=counts,
        client=counts,
        counted_at=CountedAt.RECEIVER,
        connections=4,
        server_ip=server,
        server_port=80,
        local_ip="10.0.9.9",
    )
    begun = (BEGIN + timedelta(hours=number * hours)).isoformat()
    return Sample(
        backend=SpeedBackend.HTTP_MULTI,
        backend_version=1,
        metric_class=kind,
        order=order,
        started_at=begun,
        ended_at=begun,
        tool="test",
        vantage="here",
        transfer=transfer,
        instrument=port,
    )
