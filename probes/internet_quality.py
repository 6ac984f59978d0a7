"""The Internet line."""

import time
from collections.abc import Iterator
from dataclasses import replace

from auditor.errors import CannotMeasure
from auditor.internet.remarks import FAILURES, remarks
from auditor.internet.rows import rows_of
from auditor.internet.sample import Sample
from auditor.internet.transfer import Order
from auditor.internet.vocabulary import Direction
from auditor.model import (
    Effect,
    Failure,
    Hides,
    Internet,
    Measured,
    Repeats,
    SpeedBackend,
    SpeedServer,
    Subject,
    Text,
)
from auditor.probing import Column, Network, probe

_LONGEST_S = 720.0
_LEAST_BYTES = 5_000_000
_BEFORE_ORDER = tuple(SpeedBackend)

_COLUMNS = (
    Column(
        "started_at", str, "When the sample began, by this machine's clock", hides=Hides.NOTHING
    ),
    Column("time_slot", str, "Day and four hours, by the centre's time zone", hides=Hides.NOTHING),
    Column("series", str, "Samples of one series, and no others, are averaged", hides=Hides.HOST),
    Column("backend", str, "Way of measuring", hides=Hides.NOTHING),
    Column("server", str, "Server, as the site file or the service names it", hides=Hides.HOST),
    Column("server_ip", str, "Its address", hides=Hides.ADDRESS),
    Column(
        "server_country", str, "Where it stands, as it or the site file says", hides=Hides.NOTHING
    ),
    Column(
        "metric_class", str, "Kind of quantity; classes are never compared", hides=Hides.NOTHING
    ),
    Column("is_capacity", bool, "Whether slow samples of this class can show a slow line"),
    Column("direction", str, "down or up, as this machine sees it", hides=Hides.NOTHING),
    Column("ip_version", int, "4 or 6"),
    Column("connections", int, "TCP connections at once"),
    Column("status", str, "ok, ok_flagged or failed", hides=Hides.NOTHING),
    Column("cause", str, "Why there is no value", hides=Hides.NOTHING),
    Column("detail", str, "What was seen then; comes from outside", hides=Hides.TEXT),
    Column("mbps_whole", float, "All payload over all time, 10^6 bit/s (QCVN 34 sample speed)"),
    Column("mbps_steady", float, "Payload rate after the warm-up, 10^6 bit/s"),
    Column("payload_bytes", int, "TCP payload"),
    Column("duration_ms", int, "From the first request to the last byte counted"),
    Column("slice_cov_pct", float, "Standard deviation over mean of 500 ms slices"),
    Column(
        "counted_at", str, "Who counted: receiver, acked, answered or client", hides=Hides.NOTHING
    ),
    Column("rtt_idle_p50_ms", float, "Median round trip without load"),
    Column("rtt_loaded_p50_ms", float, "Median round trip under this load"),
    Column("bufferbloat_ms", float, "Loaded less idle median"),
    Column("rpm", float, "Round trips per minute under load"),
    Column("jitter_ipdv_ms", float, "Idle: mean of |d(i) - d(i-1)|, RFC 5481"),
    Column("jitter_pdv_p95_ms", float, "Idle: 95th percentile of d(i) - min d, RFC 5481"),
    Column("jitter_rfc3550_rtt_ms", float, "Idle: RFC 3550 smoothing, on round trips"),
    Column("loss_ratio", float, "Packets that did not come; null: nobody counted"),
    Column("loss_method", str, "How packets were counted", hides=Hides.NOTHING),
    Column("tcp_retrans_ratio", float, "Bytes sent again over bytes sent; no packet loss"),
    Column("interface", str, "Port that the connections used", hides=Hides.TEXT),
    Column("nic_link_mbps", int, "Its link speed"),
    Column("is_wireless", bool, "Whether it is Wi-Fi"),
    Column("foreign_share", float, "Part of the port's traffic that was not this sample"),
    Column("flags", tuple, "Reservations", hides=Hides.NOTHING),
    Column("is_usable", bool, "Whether it proves at least that the line reached its rate"),
    Column("is_capped", bool, "Whether the line may be faster"),
    Column("series_n", int, "Usable samples of the series"),
    Column("series_slots", int, "Different time slots of them"),
    Column("series_clear_n", int, "Usable samples that nothing known capped"),
    Column("series_clear_slots", int, "Different time slots of them"),
    Column("series_min_mbps", float, "Least usable mbps_whole of the series"),
    Column("series_p10_mbps", float, "10th percentile, nearest rank"),
    Column("series_median_mbps", float, "Median"),
    Column("series_mean_mbps", float, "Mean: Pd or Pu as QCVN 34 defines it"),
    Column("series_p90_mbps", float, "90th percentile, nearest rank"),
    Column("series_max_mbps", float, "Most: reached at least once"),
    Column("series_median_low_mbps", float, "Lower end of the median's 95 % interval"),
    Column("series_median_high_mbps", float, "Upper end; order statistics, exact binomial"),
)


@probe(
    *_COLUMNS,
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    timeout_s=_LONGEST_S + 120,
    asked_by="internet",
    repeats=Repeats(
        alike=("series",),
        at="started_at",
        value="mbps_whole",
        counts="is_usable",
        needed="min_speed_samples",
        slots="min_time_slots",
        unit=Text(vi="Mb/s", en="Mb/s"),
        visit={"internet.samples": 1, "internet.series": ""},
    ),
)
def internet_quality(network: Network) -> Measured:
    """Rate, round trips, jitter and reservations of the Internet line, sample by sample.

    Each run adds the samples that the site file asks for to those of its series. A sample at or
    above a rate proves that the line reached it; one below proves nothing by itself. A server
    with a private address proves nothing either way. Port and load of the measuring machine are
    read on Linux; elsewhere only in part, and the rows say so.
    """
    wanted = network.site.internet
    if wanted is None:
        raise CannotMeasure(Failure.NOT_AUTHORISED, "the site file has no internet section")
    earlier, left_out = network.earlier_samples()
    fresh = tuple(_sampled(network, wanted))
    samples = (*earlier, *fresh)
    rows = rows_of(samples, network.site.timezone)
    if not any(row["mbps_whole"] for row in rows):
        raise _nothing(samples)
    return Measured(
        rows=rows, limitations=(*left_out, *_cut(wanted, fresh), *remarks(samples, rows))
    )


def _sampled(network: Network, wanted: Internet) -> Iterator[Sample]:
    """Take samples one after the other while time, bytes and the services' patience last."""
    end = time.monotonic() + _LONGEST_S
    left = wanted.max_bytes
    refused: set[SpeedBackend | tuple[SpeedServer, int]] = set()
    moved = False
    for order in orders(wanted):
        server = (order.server, order.ip_version)
        if order.server.backend in refused or server in refused:
            continue
        if left < _LEAST_BYTES or network.is_over(end):
            return
        if moved:
            network.rest(wanted.pause_s)
        sample = network.sample_speed(replace(order, max_bytes=left))
        moved = sample.transfer is not None
        left -= _moved(sample)
        if sample.missed and sample.missed.cause.stops_backend:
            refused.add(order.server.backend)
        elif sample.missed and sample.missed.cause.stops_server:
            refused.add(server)
        yield sample


def _moved(sample: Sample) -> int:
    """Return the bytes that a sample cost, also one without a value."""
    if sample.transfer is not None:
        return sample.transfer.client.payload_bytes[-1]
    return sample.missed.payload_bytes if sample.missed else 0


def orders(wanted: Internet) -> Iterator[Order]:
    """Return every transfer of a run: each server down and up, by rank of the backends."""
    servers = sorted(wanted.servers, key=lambda server: _BEFORE_ORDER.index(server.backend))
    for _number in range(wanted.samples):
        for version in wanted.ip_versions:
            for server in servers:
                for direction in Direction:
                    yield Order(
                        direction=direction,
                        server=server,
                        ip_version=version,
                        connections=wanted.connections,
                        warmup_s=wanted.warmup_s,
                        window_s=wanted.window_s,
                        max_bytes=wanted.max_bytes,
                    )


def _cut(wanted: Internet, fresh: tuple[Sample, ...]) -> tuple[Text, ...]:
    planned = sum(1 for _order in orders(wanted))
    if len(fresh) >= planned:
        return ()
    return (
        Text(
            vi=f"Lần chạy này chỉ đo {len(fresh)}/{planned} mẫu: hết thời gian, hết hạn mức dữ"
            " liệu, máy chủ không đo được hoặc dịch vụ từ chối đo thêm.",
            en=f"This run took {len(fresh)} of {planned} samples: time or data budget used up, a"
            " server that cannot be used, or a service that refused more.",
        ),
    )


def _nothing(samples: tuple[Sample, ...]) -> CannotMeasure:
    """Say why there is no value at all."""
    missed = [sample.missed for sample in samples if sample.missed]
    if not missed:
        return CannotMeasure(Failure.COMMAND_FAILED, "no sample has a value")
    detail = "; ".join(dict.fromkeys(f"{item.cause}: {item.detail}" for item in missed))
    return CannotMeasure(FAILURES[missed[0].cause], detail[:1000])
