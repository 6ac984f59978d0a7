"""Send one message to each channel that has something due, and write down what became of it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from auditor.alerts import deciding, occasions
from auditor.alerts.deciding import Plan, Rules
from auditor.alerts.message import PAYLOAD_TYPE, Message, message
from auditor.alerts.occasions import Centre
from auditor.errors import BadInput, CannotMeasure
from auditor.model.alerts import AlertChannel, ChannelKind
from auditor.pack import keys, seal
from auditor.store import alerts
from auditor.transports import alert_services, alert_webhook
from auditor.transports.alert_failure import NotDelivered, Trouble
from auditor.transports.secrets import looked_up

PASSPHRASE = "AUDIT_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable, no passphrase
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one channel did with so many alerts. No `failure`: they were sent."""

    channel: str
    alerts: int
    failure: NotDelivered | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What was sent or failed, by channel, and how many alerts each channel holds back."""

    outcomes: tuple[Outcome, ...]
    held: tuple[tuple[str, int], ...]


def rules_of(centre: Centre) -> Rules:
    """Return the rules of a site with its time zone."""
    return Rules(centre.site.alerts, ZoneInfo(centre.site.timezone))


def foreseen(engine: Engine, centre: Centre, now: datetime) -> Plan:
    """Return what would be sent and held now; nothing is written or sent."""
    kept = alerts.kept(engine, centre.site.centre.id)
    facts = occasions.facts(engine, centre, kept, now)
    _news, plan = deciding.alerts_of(facts, kept, rules_of(centre), now)
    return plan


def send_due(engine: Engine, centre: Centre, folder: Path, clock: Clock) -> Told:
    """Note what is new and send what is due. `folder` holds the site file.

    Raises `SQLAlchemyError` when the store does not answer. A crash between sending and writing
    down makes the next call send it again; nothing is lost.
    """
    now, rules, site = clock(), rules_of(centre), centre.site.centre.id
    kept = alerts.kept(engine, site)
    facts = occasions.facts(engine, centre, kept, now)
    plan = alerts.settle(engine, site, facts, rules, now)
    outcomes = []
    for channel in centre.site.alerts.channels:
        batch = plan.send.get(channel.name, ())
        if not batch:
            continue
        failure = attempt(channel, folder, message(batch, site, rules.own, rules.zone, now), now)
        if failure is None:
            alerts.sent(engine, channel.name, batch, clock())
        else:
            said = f"{failure.trouble.value} {failure.detail}".strip()
            alerts.failed(engine, channel.name, batch, clock(), error=said, asked=failure.asked)
        outcomes.append(Outcome(channel.name, len(batch), failure))
    held = tuple((name, len(batch)) for name, batch in plan.held.items())
    return Told(tuple(outcomes), held)


def attempt(
    channel: AlertChannel, folder: Path, letter: Message, now: datetime
) -> NotDelivered | None:
    """Send a message by a channel; return what went wrong, if anything did."""
    try:
        url = _secret(channel.url_from)
        if channel.kind is ChannelKind.SERVICE:
            alert_services.send(url, letter.title, letter.body)
        else:
            ca_file = folder / channel.ca_file if channel.ca_file else None
            alert_webhook.post(url, _signed(channel, folder, letter), ca_file, now)
    except NotDelivered as failure:
        return failure
    return None


def _signed(channel: AlertChannel, folder: Path, letter: Message) -> bytes:
    passphrase = (
        _secret(channel.passphrase_from)
        if channel.passphrase_from
        else os.environ.get(PASSPHRASE, "")
    )
    try:
        content = (folder / channel.key_file).read_bytes()
        key = keys.load_private(content, channel.key_file, passphrase)
    except (OSError, BadInput) as error:
        raise NotDelivered(Trouble.SECRET, f"{channel.key_file} ({type(error).__name__})") from None
    return seal.seal(letter.payload, key, PAYLOAD_TYPE)


def _secret(reference: str) -> str:
    try:
        return looked_up(reference, None).reveal()
    except CannotMeasure as error:
        told = error.detail.removeprefix("auth: password_from ")
        raise NotDelivered(Trouble.SECRET, told) from None
