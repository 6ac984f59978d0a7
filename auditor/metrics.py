"""How things stand, as Prometheus reads it: text for node_exporter's textfile collector.

Labels are the centre, indicators, kinds, channels and probes: their number is bounded, and none
names a machine. The text comes from the library `prometheus-client` (extra `metrics`).
"""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from sqlalchemy import Engine, func, select

from auditor import document_checks, forecast, runfolder
from auditor.errors import AuditorError, CannotPerform
from auditor.language import _
from auditor.model import VIETNAM, Verdict
from auditor.schedule import known
from auditor.schedule.due import missed
from auditor.store import alerts, altered, jobs, reading
from auditor.store.reading import Link
from auditor.store.tables import sample

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Gauge


def library() -> ModuleType:
    """Return `prometheus_client`. Raises `CannotPerform` where the extra is not installed."""
    try:
        import prometheus_client  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise CannotPerform(
            _("metrics need a library. Install it: pip install 'centre-audit[metrics]'")
        ) from error
    return prometheus_client


def text(engine: Engine, now: datetime) -> bytes:
    """Return the metrics of a store. Raises `CannotPerform` without the library."""
    written: bytes = library().generate_latest(registry(engine, now))
    return written


def registry(engine: Engine, now: datetime) -> "CollectorRegistry":
    """Return the metrics of a store for the library to write. Raises `CannotPerform`."""
    prometheus = library()
    registry: CollectorRegistry = prometheus.CollectorRegistry()

    def gauge(name: str, told: str, *labels: str) -> "Gauge":
        made: Gauge = prometheus.Gauge(f"audit_{name}", told, labels, registry=registry)
        return made

    chain = gauge("chain_ok", "1 if the chain of kept runs is whole, else 0.")
    chain.set(not reading.verify(engine))
    runs = gauge("runs", "Runs that were kept, by centre.", "centre")
    last = gauge("last_run_timestamp_seconds", "When the newest kept run began.", "centre")
    verdict = gauge(
        "indicator_verdict",
        "1 at the verdict of the newest run on each indicator, 0 at the others.",
        *("centre", "indicator", "verdict"),
    )
    lapse = gauge(
        "next_lapse_timestamp_seconds",
        "End of the earliest last day that the newest run knows, by kind of what lapses.",
        *("centre", "kind"),
    )
    links = reading.links(engine)
    newest = {link.centre: link for link in links}
    found = reading.verdicts(engine, [link.position for link in newest.values()])
    for centre, count in Counter(link.centre for link in links).items():
        link = newest[centre]
        runs.labels(centre).set(count)
        last.labels(centre).set(altered.moment(link.started_at, "run.started_at").timestamp())
        for indicator, current in found[link.position].items():
            for word in Verdict:
                verdict.labels(centre, indicator, word.value).set(word.value == current)
        for kind, moment in _lapses(link).items():
            lapse.labels(centre, kind).set(moment.timestamp())
    samples = gauge("samples", "Samples of repeated measurements that were kept.", "probe")
    for probe, count in _samples(engine).items():
        samples.labels(probe).set(count)
    failed = gauge("undelivered_alerts", "Alerts that did not reach a channel.", "channel")
    for channel, count in alerts.undelivered(engine):
        failed.labels(channel).set(count)
    missed_jobs = gauge("missed_jobs", "Scheduled jobs that went wrong, by centre.", "centre")
    history = jobs.history(engine)
    for plan in known.plans(history, now):
        mine = [line for line in history if line.centre == plan.centre]
        missed_jobs.labels(plan.centre).set(len(missed(plan, mine, now)))
    return registry


def _lapses(link: Link) -> dict[str, datetime]:
    """Return the earliest end of each kind; nothing where the run's folder is gone."""
    law = document_checks.load().level_transition
    try:
        found = forecast.of_record(runfolder.load(Path(link.folder)).record, law)
    except AuditorError:
        return {}  # files are the user's; the absent series says so
    ends: dict[str, datetime] = {}
    for item in found:
        end = datetime.combine(item.day + timedelta(days=1), time(), tzinfo=VIETNAM)
        ends.setdefault(item.kind.value, end.astimezone(UTC))
    return ends


def _samples(engine: Engine) -> dict[str, int]:
    number = func.count().label("number")
    query = select(sample.c.probe, number).group_by(sample.c.probe).order_by(sample.c.probe)
    with engine.begin() as connection:
        return {row.probe: row.number for row in connection.execute(query)}
