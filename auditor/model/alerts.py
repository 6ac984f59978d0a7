"""Who is to be told what, and when: the site's rules for alerts."""

from enum import StrEnum

from auditor.model.vocabulary import noun


class AlertKind(StrEnum):
    """What an alert may be about."""

    DRIFT = "drift"
    LAPSE = "lapse"
    SCHEDULE = "schedule"
    CHAIN = "chain"


class Severity(StrEnum):
    """How urgent an alert is."""

    WARNING = "warning"
    URGENT = "urgent"


class ChannelKind(StrEnum):
    """How a channel is spoken to: by Apprise, or by one signed POST."""

    SERVICE = "service"
    WEBHOOK = "webhook"


class DeliveryState(StrEnum):
    """What became of an alert in one channel.

    `sending` is written before anything leaves: found later, it is sent again. `replaced` means
    that a later alert about the same thing says more.
    """

    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    REPLACED = "replaced"


@noun
class QuietHours:
    """From `start` until before `end`, HH:MM in the site's time zone, over midnight if need be."""

    start: str
    end: str


@noun
class AlertChannel:
    """One way to tell people.

    `url_from` says where the address is, as it mostly holds a secret: "env:NAME",
    "keyring:SERVICE/USER" or "file:PATH". For a `service` it is an Apprise URL, for a `webhook` one
    with https. A webhook is signed with `key_file` (of `audit keygen`), whose passphrase is where
    `passphrase_from` says; `ca_file` is the authority of the receiver's certificate if it is none
    that the system knows.
    """

    name: str
    url_from: str
    kind: ChannelKind = ChannelKind.SERVICE
    key_file: str = ""
    passphrase_from: str = ""
    ca_file: str = ""


@noun
class AlertRules:
    """How people are told. No channel means: nobody is.

    `language` is "vi" or "en". With `details` an alert names indicators, documents and measurements
    in full, which may hold names of machines; without, only what says nothing about them. What
    falls into the `quiet` hours, or comes after `most_a_day` messages in a channel on one day, is
    held and sent together afterwards.
    """

    channels: tuple[AlertChannel, ...] = ()
    language: str = "vi"
    details: bool = False
    quiet: QuietHours | None = None
    most_a_day: int = 10
