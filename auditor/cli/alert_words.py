"""What the commands say about alerts, and the one function that sends them."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from auditor.alerts import sending
from auditor.alerts.occasions import Centre
from auditor.alerts.sending import Outcome, Told
from auditor.cli.exceptions import ledger_of
from auditor.cli.page import echo
from auditor.language import N_, _
from auditor.model import ExitCode, Profile
from auditor.site import LoadedSite
from auditor.transports.alert_failure import NotDelivered, Trouble

REMEDIES = {
    Trouble.ADDRESS: N_("the address cannot be used ({detail}). Correct what `url_from` leads to"),
    Trouble.CERTIFICATE: N_(
        "the certificate of the server does not hold ({detail}). Name its authority in `ca_file`"
        " (webhook) or SSL_CERT_FILE and REQUESTS_CA_BUNDLE, or let the server's operator mend it"
    ),
    Trouble.TIMEOUT: N_("no answer in time. Try again later, or ask the server's operator"),
    Trouble.UNREACHABLE: N_(
        "the server cannot be reached ({detail}). Check address, network, firewall and proxy"
    ),
    Trouble.REDIRECT: N_(
        "the server sends us elsewhere ({detail}), and a secret is not carried along. Write the"
        " new address"
    ),
    Trouble.REFUSED: N_(
        "the server refused it ({detail}). Check token, recipient and rights in the address"
    ),
    Trouble.LIBRARY: N_("a library is missing. Install it: {detail}"),
    Trouble.SECRET: N_("a secret cannot be used: {detail}. Put it where the site file says"),
}


def centre_of(loaded: LoadedSite, profile: Profile) -> Centre:
    """Return what alerts need of a site file. Raises `BadInput`."""
    ledger = ledger_of(loaded, profile, None)
    return Centre(loaded.site, profile, ledger.entries if ledger else ())


def tell_due(
    engine: Engine, loaded: LoadedSite, profile: Profile, clock: Callable[[], datetime]
) -> int:
    """Send what is due, say on standard error what became of it, and return the exit code.

    `audit alert due`, `audit run` and `audit schedule run-due` all come here.
    """
    told = sending.send_due(engine, centre_of(loaded, profile), loaded.folder, clock)
    for line in _lines(told):
        echo(line, err=True)
    is_failed = any(outcome.failure for outcome in told.outcomes)
    return ExitCode.NOT_PERFORMED if is_failed else ExitCode.MET


def _lines(told: Told) -> list[str]:
    return [
        *map(said, told.outcomes),
        *(
            _("{channel}: alerts held back for now: {n}", channel=channel, n=n)
            for channel, n in told.held
        ),
    ]


def said(outcome: Outcome) -> str:
    """Say what a channel did."""
    if outcome.failure is None:
        return _("{channel}: alerts sent: {n}", channel=outcome.channel, n=outcome.alerts)
    why = remedy(outcome.failure)
    return _("{channel}: alerts NOT sent: {n}; {why}", channel=outcome.channel,
             n=outcome.alerts, why=why)  # fmt: skip


def remedy(failure: NotDelivered) -> str:
    """Say why a message did not arrive and what to do."""
    return _(REMEDIES[failure.trouble], detail=failure.detail or "–")
