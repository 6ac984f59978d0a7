"""What types cannot say about a site's alerts."""

import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path

from auditor.language import CODES, _
from auditor.model import Site
from auditor.model.alerts import AlertChannel, ChannelKind, QuietHours
from auditor.named_files import trouble
from auditor.target_rules import misplaced_secret

Refusal = tuple[tuple[str | int, ...], str, str]
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_CLOCK = re.compile(r"\d\d:\d\d")
MOST_A_DAY = 100


def refusals(site: Site, folder: Path) -> Iterator[Refusal]:
    """Yield what is wrong; paths are from the site's root, files relative to `folder`."""
    rules = site.alerts
    names = [channel.name for channel in rules.channels]
    for index, channel in enumerate(rules.channels):
        path = ("alerts", "channels", index)
        if not _NAME.fullmatch(channel.name) or names.index(channel.name) != index:
            yield (
                (*path, "name"),
                _("repeated name, or none of a-z, digits and hyphens"),
                _("Give each channel its own short name, such as mail-it."),
            )
        for field, problem, remedy in _channel(channel, folder):
            yield (*path, field), problem, remedy
    if rules.language not in CODES:
        yield (
            ("alerts", "language"),
            _("unknown language"),
            _("Use one of: {words}.", words=", ".join(CODES)),
        )
    if rules.most_a_day not in range(1, MOST_A_DAY + 1):
        yield (
            ("alerts", "most_a_day"),
            _("no number of messages"),
            _("Write a whole number from 1 to {most}.", most=MOST_A_DAY),
        )
    if rules.quiet is not None:
        yield from _quiet(rules.quiet)


def _quiet(quiet: QuietHours) -> Iterator[Refusal]:
    for field in ("start", "end"):
        if not _is_clock(getattr(quiet, field)):
            yield (
                ("alerts", "quiet", field),
                _("no time of the day"),
                _('Write it like "21:00".'),
            )
    if quiet.start == quiet.end:
        yield (
            ("alerts", "quiet", "end"),
            _("the same as the start"),
            _("Leave `quiet` out if alerts may come at any hour."),
        )


def _is_clock(text: str) -> bool:
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return _CLOCK.fullmatch(text) is not None


def _channel(channel: AlertChannel, folder: Path) -> Iterator[tuple[str, str, str]]:
    if bad := misplaced_secret(channel.url_from or "-"):
        told = _("Write env:NAME, keyring:SERVICE/USER or file:PATH; never the address itself.")
        yield "url_from", bad[0], told
    if bad := misplaced_secret(channel.passphrase_from):
        yield "passphrase_from", *bad
    if channel.kind is ChannelKind.WEBHOOK:
        remedy = _("Make a key with `audit keygen`; the receiver gets its public half.")
        if bad := trouble(folder / channel.key_file, remedy):
            yield "key_file", *bad
    remedy = _("Name the certificate (PEM) of the authority that signed the server's.")
    if channel.ca_file and (bad := trouble(folder / channel.ca_file, remedy)):
        yield "ca_file", *bad
    for field in ("key_file", "passphrase_from", "ca_file"):
        if channel.kind is ChannelKind.SERVICE and getattr(channel, field):
            yield (
                field,
                _("has a meaning for a webhook only"),
                _("Remove it, or write kind: webhook."),
            )
