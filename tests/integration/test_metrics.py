"""Metrics for Prometheus, read back by its own parser."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from alert_receivers import an_occasion
from prometheus_client.parser import text_string_to_metric_families

from auditor import metrics, metrics_served, runfolder
from auditor.alerts.deciding import Rules
from auditor.alerts.occasion import Facts
from auditor.errors import CannotPerform
from auditor.model import AlertChannel, AlertRules, Text
from auditor.store import alerts, keeping, opening, samples

if TYPE_CHECKING:
    from tests.integration.conftest import Program

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
HOSTILE = 'Trung tâm "x"\\\n# HELP y'
Samples = dict[tuple[str, tuple[str, ...]], float]


def parsed(content: str) -> Samples:
    """Return every sample by its name and its labels' values; each family has a help text."""
    found: Samples = {}
    for family in text_string_to_metric_families(content):
        assert family.documentation.endswith(".")
        for item in family.samples:
            found[item.name, tuple(item.labels[name] for name in sorted(item.labels))] = item.value
    return found


@pytest.fixture
def url(tmp_path: Path, small_run: Path) -> str:
    """Return a store with two runs of one centre, one of another, a sample and a failed alert."""
    record = runfolder.load(small_run).record
    address = f"sqlite:///{tmp_path}/store.sqlite"
    channels = (AlertChannel(name="mail", url_from="env:X"),)
    rules = Rules(AlertRules(channels=channels), UTC)  # type: ignore[arg-type]  # any zone will do
    with opening.opened(address) as engine:
        for number, centre in enumerate(("A", "A", HOSTILE)):
            run = replace(record, run_id=f"run-{number}", centre=centre)
            keeping.keep_run(engine, run, small_run, NOW)
        origin = samples.Origin("thu", record.site_sha256, small_run)
        samples.keep_samples(engine, record.observations, origin, NOW)
        fact = Facts((an_occasion(Text(vi="x", en="x")),), frozenset())
        plan = alerts.settle(engine, "thu", fact, rules, NOW)
        alerts.failed(engine, "mail", plan.send["mail"], NOW, error="refused", asked=None)
    return address


def test_what_is_written_is_read_back(url: str, small_run: Path, audit: Program) -> None:
    """Verdicts as states, runs, times, samples, chain and alerts, by Prometheus' own parser."""
    target = audit.folder / "audit.prom"
    target.write_text("old", "utf-8")
    assert audit("metrics", "--store", url, "--output", target).out == ""
    assert [path.name for path in audit.folder.glob("*audit.prom*")] == ["audit.prom"]
    found = parsed(target.read_text("utf-8"))
    record = runfolder.load(small_run).record
    assert found["audit_runs", ("A",)] == 2
    assert found["audit_runs", (HOSTILE,)] == 1
    assert found["audit_indicator_verdict", ("A", "1", "met")] == 1
    assert found["audit_indicator_verdict", ("A", "1", "not_met")] == 0
    assert found["audit_chain_ok", ()] == 1
    assert found["audit_undelivered_alerts", ("mail",)] == 1
    began = found["audit_last_run_timestamp_seconds", ("A",)]
    assert abs(began - record.started_at.timestamp()) < 0.001
    counted = [value for (name, _labels), value in found.items() if name == "audit_samples"]
    assert sum(counted) == len(record.observations)
    host = next(
        str(value)
        for item in record.observations
        for row in getattr(item.result, "rows", ())
        for column, value in row.items()
        if column == "hostname"
    )
    assert host not in target.read_text("utf-8").split()


def test_a_broken_chain_is_zero(url: str) -> None:
    """What `audit history --verify` finds, Prometheus sees."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.execute("UPDATE run SET centre = 'B' WHERE position = 1")
        connection.commit()
    with opening.opened(url) as engine:
        assert parsed(metrics.text(engine, NOW).decode())["audit_chain_ok", ()] == 0


def fetched(port: int) -> str:
    """Ask as Prometheus does."""
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        assert answer.status == HTTPStatus.OK
        return str(answer.read().decode())


def test_the_agent_answers_prometheus(url: str) -> None:
    """The same as `audit metrics`, read anew each time; and that the store is gone."""
    with metrics_served.served(url, (metrics_served.HERE, 0), lambda: NOW) as port:
        found = parsed(fetched(port))
        assert found["audit_store_up", ()] == 1
        assert found["audit_runs", ("A",)] == 2
        with opening.opened(url) as engine:
            written = parsed(metrics.text(engine, NOW).decode())
        assert {key: value for key, value in found.items() if key[0] != "audit_store_up"} == written
        store = Path(url.removeprefix("sqlite:///"))
        store.rename(store.with_suffix(".away"))
        store.mkdir()
        assert parsed(fetched(port)) == {("audit_store_up", ()): 0}
        taken = metrics_served.served(url, (metrics_served.HERE, port), lambda: NOW)
        with pytest.raises(CannotPerform, match=str(port)), taken:
            pytest.fail("two listen there")
    with pytest.raises(OSError, match="refused"):
        fetched(port)


@pytest.mark.parametrize("place", ["x", ":9", "70000", "1.2.3.4:"])
def test_an_address_that_is_none_is_refused(place: str, audit: Program) -> None:
    """In one sentence, before anything is begun."""
    (audit.folder / "centre.yaml").write_text(
        "schema: urn:audit:site:v1\ncentre: {id: mau, name: Mẫu}\n", "utf-8"
    )
    done = audit("agent", "centre.yaml", "--metrics", place)
    assert done.code == 2
    assert place in done.err
