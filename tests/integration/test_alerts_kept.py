"""What the store keeps of alerts: no crash and no rival loses one, and each is claimed once."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import alert_receivers
import database_servers as servers
import pytest
from alert_receivers import an_occasion
from builders import a_check, a_profile, an_indicator

from auditor.alerts import message, sending
from auditor.alerts.deciding import ABANDONED
from auditor.alerts.occasion import Facts
from auditor.alerts.occasions import Centre
from auditor.model import (
    AlertChannel,
    AlertKind,
    AlertRules,
    ChannelKind,
    DeliveryState,
    Site,
    Text,
)
from auditor.model import Centre as Institution
from auditor.model.schedule import Event
from auditor.store import alerts, jobs, opening
from auditor.transports.alert_failure import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from alert_receivers import Inbox
    from sqlalchemy import Engine

    from tests.integration.conftest import Program

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    """Run the receivers."""
    with alert_receivers.receiving(tmp_path_factory.mktemp("inbox")) as running:
        yield running


@pytest.fixture
def keyed(tmp_path: Path, inbox: Inbox) -> Path:
    """Return a folder with the centre's key and the receivers' authority."""
    return alert_receivers.keyed_folder(tmp_path, inbox)


def a_centre(folder: Path, inbox: Inbox, path: str) -> Centre:
    """Return a site with one webhook at a path of the receiver."""
    secret = folder / "hook.url"
    secret.write_text(f"https://localhost:{inbox.good}{path}", "utf-8")
    secret.chmod(0o600)
    channel = AlertChannel(
        name="hook",
        url_from=f"file:{secret}",
        kind=ChannelKind.WEBHOOK,
        key_file="khoa.pem",
        ca_file="root.pem",
    )
    institution = Institution(id="thu", name="Trung tâm thử")
    site = Site(schema="x", centre=institution, alerts=AlertRules(channels=(channel,)))
    return Centre(site, a_profile(an_indicator(a_check())))


def state_of(engine: Engine) -> list[DeliveryState]:
    """Return what became of each alert."""
    return [line.state for item in alerts.kept(engine) for line in item.deliveries.values()]


def test_a_failure_is_kept_told_and_tried_again(audit: Program, keyed: Path, inbox: Inbox) -> None:
    """After the patience that the receiver asked for, not before; a broken chain is told."""
    url = f"sqlite:///{keyed}/store.sqlite"
    centre = a_centre(keyed, inbox, "/429")
    fact = Facts((an_occasion(Text(vi="x", en="x")),), frozenset())
    with opening.opened(url) as engine:
        alerts.settle(engine, "thu", fact, sending.rules_of(centre), NOW - ABANDONED)
        told = sending.send_due(engine, centre, keyed, lambda: NOW)
        assert [item.failure and item.failure.trouble for item in told.outcomes] == [
            Trouble.REFUSED
        ]
        assert state_of(engine) == [DeliveryState.FAILED]
    warned = audit("history", "--store", url, "--lang", "en")
    assert "did not reach the channel hook: 1" in warned.err
    centre = a_centre(keyed, inbox, "/hook")
    with opening.opened(url) as engine:
        early = sending.send_due(engine, centre, keyed, lambda: NOW + timedelta(minutes=90))
        assert early.held == (("hook", 1),)
        sending.send_due(engine, centre, keyed, lambda: NOW + timedelta(hours=2))
        assert state_of(engine) == [DeliveryState.SENT]
    assert [path for _host, path, _body in inbox.posts] == ["/429", "/hook"]


def test_who_dies_between_sending_and_writing_sends_it_again(keyed: Path, inbox: Inbox) -> None:
    """Killed after the claim was written: the next one sends it, so it is twice and never lost."""
    centre = a_centre(keyed, inbox, "/hook")
    fact = Facts((an_occasion(Text(vi="x", en="x")),), frozenset())
    url = f"sqlite:///{keyed}/store.sqlite"
    with opening.opened(url) as engine:
        plan = alerts.settle(engine, "thu", fact, sending.rules_of(centre), NOW)
        batch = plan.send["hook"]
        letter = message.message(batch, "thu", AlertRules(), ZoneInfo("UTC"), NOW)
        (channel,) = centre.site.alerts.channels
        assert sending.attempt(channel, keyed, letter, NOW) is None
        assert state_of(engine) == [DeliveryState.SENDING]
        sending.send_due(engine, centre, keyed, lambda: NOW + timedelta(minutes=1))
        assert len(inbox.posts) == 1
        sending.send_due(engine, centre, keyed, lambda: NOW + ABANDONED)
        assert state_of(engine) == [DeliveryState.SENT]
    assert len(inbox.posts) == 2


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_of_many_at_once_one_sends(
    where: str, tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight processes on one store find the same facts: each alert is claimed by one of them."""
    centre = a_centre(tmp_path, inbox, "/hook")
    facts = Facts(
        tuple(an_occasion(Text(vi=key, en=key), key) for key in "abc"), frozenset(AlertKind)
    )
    with _store(where, tmp_path, monkeypatch) as url:

        def one(_number: int) -> int:
            with opening.opened(url) as engine:
                plan = alerts.settle(engine, "thu", facts, sending.rules_of(centre), NOW)
            return len(plan.send.get("hook", ()))

        with opening.opened(url) as engine, ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(one, range(8))) == [*[0] * 7, 3]
            first = alerts.kept(engine)
            alerts.sent(engine, "hook", first, NOW)
            cured = Facts((), frozenset(AlertKind))
            alerts.settle(engine, "thu", cured, sending.rules_of(centre), NOW)
            back = alerts.kept(engine)
    expected = [replace(item, cured_at=NOW, deliveries=back[0].deliveries) for item in first]
    assert list(back) == expected
    assert back[0].deliveries["hook"].state is DeliveryState.SENT


@contextmanager
def _store(where: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if where == "sqlite":
        yield f"sqlite:///{folder}/store.sqlite"
        return
    if lacking := servers.missing():
        pytest.skip(f"needs the Debian packages {lacking}")
    with servers.postgresql(folder / "pg") as server:
        monkeypatch.setenv(opening.PASSWORD_VARIABLE, servers.PASSWORD)
        yield servers.store(server)


@pytest.mark.timeout(300)  # several commands, each with its start
def test_a_scheduled_job_that_failed_is_told_by_the_next_run_due(
    audit: Program, keyed: Path, inbox: Inbox
) -> None:
    """Once, by its kind and its time, until it was done; the job's own name is not sent."""
    secret = keyed / "hook.url"
    secret.write_text(f"https://localhost:{inbox.good}/hook", "utf-8")
    secret.chmod(0o600)
    site = keyed / "site.yaml"
    site.write_text(
        f"""\
schema: urn:audit:site:v1
centre: {{id: thu, name: Trung tâm thử}}
schedule: {{jobs: [{{id: may-chu-bi-mat, kind: full, days: [mon], at: ["03:00"]}}]}}
alerts:
  channels:
    - {{name: hook, kind: webhook, url_from: "file:{secret}",
       key_file: khoa.pem, ca_file: root.pem}}
""",
        "utf-8",
    )
    url = f"sqlite:///{keyed}/store.sqlite"
    assert audit("schedule", "run-due", site, "--store", url).code == 0
    with opening.opened(url) as engine:
        (watched,) = jobs.history(engine)
        slot = datetime.now(UTC) - timedelta(hours=1)
        tried = replace(watched, event=Event.ATTEMPT, slot=slot, at=slot, reason="")
        assert jobs.add(engine, tried)
        jobs.close(engine, replace(tried, ended_at=slot, exit_code=1))
    for _again in range(2):
        assert audit("schedule", "run-due", site, "--store", url).code == 0
    ((_host, path, body),) = inbox.posts
    assert path == "/hook"
    payload = base64.b64decode(json.loads(body)["payload"])
    (told,) = json.loads(payload)["alerts"]
    assert (told["kind"], told["subject"]) == ("schedule", "full")
    assert told["text"]["en"].startswith("The yearly audit, planned for ")
    assert b"may-chu-bi-mat" not in payload
    counted = audit("metrics", "--store", url).out
    assert 'audit_missed_jobs{centre="thu"} 1.0' in counted.splitlines()
