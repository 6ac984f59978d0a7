"""Samples as the rows that criteria read, each with the statistics of the series it belongs to."""

from collections.abc import Iterable, Mapping, Sequence

from auditor.internet.flags import has_capping, is_usable
from auditor.internet.sample import Derived, Sample, derive
from auditor.internet.slots import time_slot
from auditor.internet.summary import Summary, summarise
from auditor.model import Row, Value


def rows_of(samples: Sequence[Sample], timezone: str) -> tuple[Row, ...]:
    """Return one row for each sample, in order of time."""
    seen = [(sample, derive(sample)) for sample in sorted(samples, key=lambda s: s.started_at)]
    single = [_row(sample, derived, timezone) for sample, derived in seen]
    return tuple({**row, **_series(row, single)} for row in single)


def server_of(sample: Sample) -> str:
    """Return what a sample's server is called: its URL or, where the service chose, its id."""
    chosen = sample.transfer.server_id or sample.transfer.server_ip if sample.transfer else ""
    return sample.order.server.url or chosen


def _row(sample: Sample, derived: Derived, timezone: str) -> dict[str, Value]:
    transfer, port, missed = sample.transfer, sample.instrument, sample.missed
    rates, idle, loaded = derived.rates, derived.idle, derived.loaded
    series = f"{sample.backend} {sample.order.server.url} IPv{sample.order.ip_version}"
    return {
        "started_at": sample.started_at,
        "time_slot": time_slot(sample.started_at, timezone) or None,
        "series": f"{series} {sample.order.direction} {sample.metric_class}",
        "backend": str(sample.backend),
        "server": server_of(sample) or None,
        "server_ip": transfer.server_ip if transfer else None,
        "server_country": (transfer.server_country if transfer else "")
        or sample.order.server.country
        or None,
        "metric_class": str(sample.metric_class),
        "is_capacity": sample.metric_class.is_capacity,
        "direction": str(sample.order.direction),
        "ip_version": sample.order.ip_version,
        "connections": transfer.connections if transfer else None,
        "status": str(derived.status),
        "cause": str(derived.cause) if derived.cause else None,
        "detail": missed.detail if missed else None,
        "mbps_whole": rates.mbps_whole if rates else None,
        "mbps_steady": rates.mbps_steady if rates else None,
        "payload_bytes": rates.payload_bytes if rates else None,
        "duration_ms": rates.duration_ms if rates else None,
        "slice_cov_pct": rates.cov_pct if rates else None,
        "counted_at": str(transfer.counted_at) if transfer else None,
        "rtt_idle_p50_ms": idle.p50_ms if idle else None,
        "rtt_loaded_p50_ms": loaded.p50_ms if loaded else None,
        "bufferbloat_ms": derived.bufferbloat_ms,
        "rpm": derived.rpm,
        "jitter_ipdv_ms": idle.ipdv_mean_abs_ms if idle else None,
        "jitter_pdv_p95_ms": idle.pdv_p95_ms if idle else None,
        "jitter_rfc3550_rtt_ms": idle.jitter_rfc3550_rtt_ms if idle else None,
        "loss_ratio": derived.loss_ratio,
        "loss_method": transfer.loss.method if transfer and transfer.loss else None,
        "tcp_retrans_ratio": derived.retrans_ratio,
        "interface": port.interface if port else None,
        "nic_link_mbps": port.link_mbps if port else None,
        "is_wireless": port.is_wireless if port else None,
        "foreign_share": derived.foreign_share,
        "flags": tuple(str(flag) for flag in derived.flags),
        "is_usable": rates is not None and is_usable(derived.flags),
        "is_capped": has_capping(derived.flags),
    }


def _series(row: Mapping[str, Value], rows: Iterable[Mapping[str, Value]]) -> dict[str, Value]:
    """Return the statistics of the usable samples of a row's series.

    The sample speed is the whole-transfer one, so that the mean is Pd or Pu of QCVN 34.
    """
    alike = [other for other in rows if other["series"] == row["series"] and other["is_usable"]]
    speeds = [other["mbps_whole"] for other in alike]
    summary = summarise([speed for speed in speeds if isinstance(speed, float)])
    clear = [other for other in alike if not other["is_capped"]]
    return {
        "series_n": len(alike),
        "series_slots": _slots(alike),
        "series_clear_n": len(clear),
        "series_clear_slots": _slots(clear),
        **_figures(summary),
    }


def _slots(rows: Iterable[Mapping[str, Value]]) -> int:
    return len({row["time_slot"] for row in rows} - {None})


def _figures(summary: Summary | None) -> dict[str, Value]:
    """Name the figures; all unknown where there is no usable sample."""
    names = ("min", "p10", "median", "mean", "p90", "max", "median_low", "median_high")
    return {
        f"series_{name}_mbps": getattr(summary, name) if summary is not None else None
        for name in names
    }
