"""`audit alert`: test the channels, send what is due, list what was told."""

from datetime import UTC, datetime
from pathlib import Path

import click

from auditor import profile, site
from auditor.alerts import sending
from auditor.alerts.message import trial
from auditor.alerts.occasion import Delivery, Kept
from auditor.cli.alert_words import centre_of, remedy, tell_due
from auditor.cli.options import (
    FILE,
    format_option,
    language_option,
    printable,
    profile_option,
    put_json,
    store_option,
)
from auditor.cli.page import echo
from auditor.cli.store import opened
from auditor.errors import BadInput, Problem
from auditor.language import _, current
from auditor.model import ExitCode
from auditor.model.alerts import DeliveryState
from auditor.moments import moment
from auditor.site import LoadedSite
from auditor.store import alerts


@click.group(
    "alert",
    help=_("Tell people what became worse, will lapse or was not done."),
    epilog=_("Example: audit alert due centre.yaml --dry-run"),
)
@language_option
def command() -> None:
    """Hold the three commands."""


site_argument = click.argument("site_file", metavar=_("SITE"), type=FILE)


@command.command(
    "test",
    help=_("Send a message marked as a test by each channel of the site file."),
    epilog=_("Example: audit alert test centre.yaml. Exit code 1 when a channel failed."),
)
@site_argument
@profile_option
@language_option
def test(*, site_file: Path, profile_name: str) -> int:
    """Send a test by each channel."""
    loaded = _loaded(site_file, profile_name)
    rules, now, failed = loaded.site.alerts, datetime.now(UTC), False
    letter = trial(loaded.site.centre.id, rules, now)
    for channel in rules.channels:
        failure = sending.attempt(channel, loaded.folder, letter, now)
        failed = failed or failure is not None
        told = _("accepted") if failure is None else remedy(failure)
        echo(f"{channel.name}: {told}")
    return ExitCode.NOT_PERFORMED if failed else ExitCode.MET


@command.command(
    "due",
    help=_("Find out what is to be told, and send what is due."),
    epilog=_(
        "Examples: `audit alert due centre.yaml`; `audit alert due centre.yaml --dry-run` shows it"
        " and neither sends nor writes. Exit code 1 when a channel failed: it is tried again later."
    ),
)
@site_argument
@profile_option
@store_option
@click.option("--dry-run", is_flag=True, help=_("show what would be sent; send nothing"))
@language_option
def due(*, site_file: Path, profile_name: str, store: str, dry_run: bool) -> int:
    """Send what is due."""
    loaded = _loaded(site_file, profile_name)
    criteria = profile.load(profile_name).profile
    with opened(store) as engine:
        if not dry_run:
            return tell_due(engine, loaded, criteria, lambda: datetime.now(UTC))
        plan = sending.foreseen(engine, centre_of(loaded, criteria), datetime.now(UTC))
    for title, part in ((_("to be sent now"), plan.send), (_("held back"), plan.held)):
        for channel, batch in part.items():
            echo(f"{channel}: {title}")
            for item in batch:
                echo(f"  {printable(current().pick(item.occasion.text))}")
    if not (plan.send or plan.held):
        echo(_("Nothing is to be told."))
    return ExitCode.MET


@command.command(
    "list",
    help=_("List what was told, is held back or did not arrive."),
    epilog=_("Example: audit alert list --newest 50."),
)
@store_option
@click.option(
    "--newest", type=click.IntRange(min=1), default=20, show_default=True,
    help=_("how many alerts to list"),
)  # fmt: skip
@format_option("text", "json")
@language_option
def listed(*, store: str, newest: int, form: str) -> int:
    """List what was told."""
    with opened(store) as engine:
        found = alerts.kept(engine)[-newest:]
    if form == "json":
        put_json([_alert_v1(item) for item in found])
        return ExitCode.MET
    words = _state_words()
    for item in found:
        over = _(" (over since {at})", at=moment(item.cured_at)[:16]) if item.cured_at else ""
        text = printable(current().pick(item.occasion.text))
        echo(f"{item.number:>5}  {moment(item.noted_at)[:16]}Z  {item.occasion.site}{over}")
        echo(f"{'':>7}{text}")
        for channel, line in item.deliveries.items():
            at = f" {moment(line.at)[:16]}Z" if line.at else ""
            why = f" ({printable(line.error)})" if line.error else ""
            echo(f"{'':>9}{channel}: {words[line.state]}{at}{why}")
    if not found:
        echo(_("Nothing was told yet."))
    return ExitCode.MET


def _loaded(file: Path, profile_name: str) -> LoadedSite:
    loaded = site.load(file, profile.load(profile_name).profile)
    if not loaded.site.alerts.channels:
        remedy_ = _("Add `alerts:` with at least one channel; docs/guide.md has an example.")
        raise BadInput(Problem(str(file), _("names nobody to be told"), remedy_, field="alerts"))
    return loaded


def _state_words() -> dict[DeliveryState, str]:
    return {
        DeliveryState.HELD: _("held back"),
        DeliveryState.SENDING: _("on its way, or interrupted"),
        DeliveryState.SENT: _("sent"),
        DeliveryState.FAILED: _("NOT sent"),
        DeliveryState.REPLACED: _("replaced by a later alert"),
    }


def _alert_v1(item: Kept) -> dict[str, object]:
    occasion = item.occasion
    return {
        "number": item.number,
        "site": occasion.site,
        "kind": occasion.kind.value,
        "subject": occasion.subject,
        "severity": occasion.severity.value,
        "text": {"vi": occasion.text.vi, "en": occasion.text.en},
        "since": moment(occasion.since),
        "noted_at": moment(item.noted_at),
        "over_since": moment(item.cured_at) if item.cured_at else None,
        "deliveries": {name: _delivery_v1(line) for name, line in item.deliveries.items()},
    }


def _delivery_v1(line: Delivery) -> dict[str, object]:
    return {
        "state": line.state.value,
        "attempts": line.attempts,
        "at": moment(line.at) if line.at else None,
        "wait_until": moment(line.wait_until) if line.wait_until else None,
        "error": line.error,
    }
