"""A sample: one transfer with its instrument, or why there is none; and what follows from it."""

from dataclasses import dataclass

from auditor.internet.causes import Cause, NoSample
from auditor.internet.flags import Flag
from auditor.internet.instrument import Instrument, foreign_share, reservations
from auditor.internet.latency import Latency, latency_of, rpm
from auditor.internet.rates import Rates, rates_of
from auditor.internet.transfer import Order, Transfer
from auditor.internet.vocabulary import MetricClass, Status
from auditor.model import SpeedBackend


@dataclass(frozen=True, slots=True)
class Missed:
    """Why a sample has no value, and what it moved all the same. Texts from outside are data."""

    cause: Cause
    detail: str
    http_status: int | None = None
    retry_after_s: int | None = None
    payload_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen, and nothing computed. Exactly one of `transfer` and `missed` is set.

    Times are RFC 3339 in UTC with milliseconds, by this machine's clock.
    """

    backend: SpeedBackend
    backend_version: int
    metric_class: MetricClass
    order: Order
    started_at: str
    ended_at: str
    tool: str
    vantage: str
    transfer: Transfer | None = None
    missed: Missed | None = None
    instrument: Instrument | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from a sample; anyone can compute it again.

    `bufferbloat_ms` is the loaded less the idle median round trip; `rpm` round trips per minute
    under load; `foreign_share` the part of the port's traffic that was not this transfer.
    """

    status: Status
    cause: Cause | None
    flags: tuple[Flag, ...]
    rates: Rates | None = None
    idle: Latency | None = None
    loaded: Latency | None = None
    bufferbloat_ms: float | None = None
    rpm: float | None = None
    foreign_share: float | None = None
    loss_ratio: float | None = None
    retrans_ratio: float | None = None


def derive(sample: Sample) -> Derived:
    """Compute everything from the raw counts. Pure."""
    transfer = sample.transfer
    if transfer is None:
        return Derived(Status.FAILED, sample.missed.cause if sample.missed else None, ())
    warmup_s = sample.order.warmup_s
    try:
        rates = rates_of(transfer.counts, warmup_s)
    except NoSample as error:
        cut = Flag.BUDGET_REACHED in transfer.flags and error.cause is Cause.ABORTED_EARLY
        cause = Cause.BUDGET_REACHED if cut else error.cause
        return Derived(Status.FAILED, cause, tuple(sorted(transfer.flags)))
    flags = reservations(transfer, rates, sample.instrument, warmup_s)
    idle, loaded = latency_of(transfer.rtt_idle_ms), latency_of(transfer.rtt_loaded_ms)
    share = foreign_share(transfer, sample.instrument, warmup_s) if sample.instrument else None
    sent, again = transfer.tcp.bytes_sent, transfer.tcp.bytes_retrans
    return Derived(
        status=Status.OK_FLAGGED if flags else Status.OK,
        cause=None,
        flags=tuple(sorted(flags)),
        rates=rates,
        idle=idle,
        loaded=loaded,
        bufferbloat_ms=round(loaded.p50_ms - idle.p50_ms, 3) if idle and loaded else None,
        rpm=rpm(loaded) if loaded else None,
        foreign_share=None if share is None else round(share, 4),
        loss_ratio=_ratio(transfer),
        retrans_ratio=round(again / sent, 6) if sent and again is not None else None,
    )


def _ratio(transfer: Transfer) -> float | None:
    """Return the part of packets that did not come; None where nobody counted them."""
    loss = transfer.loss
    if loss is None or loss.sent <= 0:
        return None
    return round(max(0.0, 1 - loss.received / loss.sent), 6)
