"""One message for everything that is due in a channel: text for people, JSON for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from auditor.alerts import wording
from auditor.alerts.occasion import Kept
from auditor.canonical import rfc8785
from auditor.language import N_
from auditor.model import Text
from auditor.model.alerts import AlertRules, Severity
from auditor.moments import moment

SCHEMA = "urn:audit:alerts:v1"
PAYLOAD_TYPE = "application/vnd.audit.alerts+json"
MOST_LINES = 20
"""A message names so many; the others are counted, and stand in `audit alert list`."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: one line of title and plain text, or the same as canonical JSON."""

    title: str
    body: str
    payload: bytes


def message(
    batch: Sequence[Kept], site: str, rules: AlertRules, zone: ZoneInfo, now: datetime
) -> Message:
    """Write what is due, the urgent and the oldest first."""
    order = sorted(
        batch,
        key=lambda item: (
            item.occasion.severity is not Severity.URGENT,
            item.noted_at,
            item.number,
        ),
    )
    speak = wording.language(rules.language)
    lines = [f"• {speak.pick(_text(item, zone))}" for item in order[:MOST_LINES]]
    if left := len(order) - MOST_LINES:
        lines += [speak(N_("… and {n} more: `audit alert list`."), n=left)] if left > 0 else []
    title = wording.both(N_("audit: alerts for {site}: {n}"), n=len(order), site=site)
    return Message(
        title=speak.pick(title),
        body="\n".join(lines),
        payload=_payload(site, now, [_alert_v1(item, zone) for item in order], is_test=False),
    )


def trial(site: str, rules: AlertRules, now: datetime) -> Message:
    """Write what `audit alert test` sends: marked as a test, about nothing."""
    title = wording.both(N_("audit: TEST for {site}"), site=site)
    body = wording.both(N_("This is a test of the alerts of {site}. Nothing is to be done."),
                        site=site)  # fmt: skip
    speak = wording.language(rules.language)
    return Message(speak.pick(title), speak.pick(body), _payload(site, now, [], is_test=True))


def _payload(site: str, now: datetime, alerts: list[dict[str, object]], *, is_test: bool) -> bytes:
    return rfc8785(
        {"schema": SCHEMA, "site": site, "at": moment(now), "is_test": is_test, "alerts": alerts}
    )


def _alert_v1(item: Kept, zone: ZoneInfo) -> dict[str, object]:
    text = _text(item, zone)
    return {
        "number": item.number,
        "kind": item.occasion.kind.value,
        "subject": item.occasion.subject,
        "severity": item.occasion.severity.value,
        "text": {"vi": text.vi, "en": text.en},
        "since": moment(item.occasion.since),
        "run_id": item.occasion.run_id,
        "over_since": moment(item.cured_at) if item.cured_at else None,
    }


def _text(item: Kept, zone: ZoneInfo) -> Text:
    if item.cured_at is None:
        return item.occasion.text
    return wording.over(item.occasion.text, item.cured_at, zone)
