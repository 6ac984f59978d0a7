"""Sentences about samples of the Internet line, for the terminal."""

from collections.abc import Iterator, Sequence
from typing import Any

from auditor.internet.causes import CAUSES
from auditor.internet.rows import server_of
from auditor.internet.sample import Sample, derive
from auditor.internet.transfer import Order
from auditor.internet.vocabulary import Direction
from auditor.language import _, current
from auditor.model import Internet

_MB = 1_000_000
_EXAMPLE_MBPS = 100


def begun(order: Order) -> str:
    """Say what is being measured now."""
    way = _("download") if order.direction is Direction.DOWN else _("upload")
    server = order.server
    return _(
        "{backend} {server} IPv{version}: {way} …",
        backend=server.backend,
        server=server.url or server.name,
        version=order.ip_version,
        way=way,
    )


def ended(sample: Sample) -> str:
    """Say what came of it."""
    derived = derive(sample)
    if derived.rates is None:
        why = current().pick(CAUSES[derived.cause]) if derived.cause else ""
        detail = sample.missed.detail if sample.missed else ""
        return f"{why} ({_printable(detail)})" if detail else why
    parts = [
        _(
            "{whole} Mbit/s over all, {steady} after the warm-up",
            whole=_one(derived.rates.mbps_whole),
            steady=_one(derived.rates.mbps_steady),
        )
    ]
    if derived.idle:
        parts.append(_("round trip {ms} ms", ms=_one(derived.idle.p50_ms)))
    if derived.loaded:
        parts.append(_("under load {ms} ms", ms=_one(derived.loaded.p50_ms)))
    if derived.flags:
        parts.append(", ".join(derived.flags))
    return "; ".join(parts) + f" [{_printable(server_of(sample))}]"


def volume(wanted: Internet) -> str:
    """Say how much data a run may move, before it does."""
    transfers = wanted.samples * len(wanted.ip_versions) * len(wanted.servers) * 2
    each_mb = (wanted.warmup_s + wanted.window_s) * _EXAMPLE_MBPS / 8
    return _(
        "Transfers of at most {seconds} s each: {count}; about {total} MB on a line of {mbps}"
        " Mbit/s, never more than {most} MB.",
        count=transfers,
        seconds=f"{wanted.warmup_s + wanted.window_s:g}",
        total=round(transfers * each_mb),
        mbps=_EXAMPLE_MBPS,
        most=round(wanted.max_bytes / _MB),
    )


def table(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield one line for each series."""
    for name in dict.fromkeys(row["series"] for row in rows):
        row = next(row for row in rows if row["series"] == name)
        if row["series_mean_mbps"] is None:
            yield _("{name}: no usable sample", name=_printable(name))
            continue
        yield _(
            "{name}: samples {n}, median {median}, mean {mean}, p10 {p10}, p90 {p90} Mbit/s",
            name=_printable(name),
            n=row["series_n"],
            median=_one(row["series_median_mbps"]),
            mean=_one(row["series_mean_mbps"]),
            p10=_one(row["series_p10_mbps"]),
            p90=_one(row["series_p90_mbps"]),
        )


def ceiling(rows: Sequence[dict[str, Any]]) -> str:
    """Say up to which rate this machine can measure, from samples on loopback."""
    rates = [row["mbps_steady"] for row in rows if row["mbps_steady"]]
    if not rates:
        return _("This machine could not measure itself.")
    return _(
        "On this machine the instrument itself reaches {mbps} Mbit/s (loopback, no TLS, server on"
        " the same machine).",
        mbps=round(min(rates)),
    )


def _one(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _printable(text: str) -> str:
    """Keep control characters from outside away from the terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
