"""`audit measure`: one measurement alone, without judging anything."""

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from auditor import catalogue, profile, site
from auditor.canonical import dumps
from auditor.cli import speed_words
from auditor.cli.options import FILE, format_option, language_option, profile_option
from auditor.cli.page import echo
from auditor.errors import BadInput, CannotMeasure, CannotPerform, Problem
from auditor.internet.rows import rows_of
from auditor.internet.sample import Sample
from auditor.internet.series import FIRST, record_of
from auditor.internet.transfer import Order
from auditor.language import _, current
from auditor.model import Internet, Measured, ServiceConsent, SpeedBackend, SpeedServer
from auditor.phrases import FAILURES
from auditor.scope import Gate
from auditor.site import LoadedSite
from auditor.transports import Context
from auditor.transports.net import GatedNetwork
from auditor.transports.speed import backend_of
from auditor.transports.speed.own import own_server

PROBE = "internet_quality"
_CALIBRATION_S = 4.0


@click.group(
    "measure",
    help=_("Measure one thing alone."),
    epilog=_("Example: audit measure internet --calibrate"),
)
@language_option
def command() -> None:
    """Hold the things that can be measured alone."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the options ask for; None and "": as the site file says."""

    backend: str
    server: str
    ca_file: str
    samples: int | None
    seconds: float | None
    ip_version: str
    yes: bool


@command.command(
    "internet",
    help=_("Measure the Internet line: rate, round trips, jitter, and what capped them."),
    epilog=_(
        "Example: audit measure internet --site centre.yaml --backend http-multi --server"
        " https://do-toc-do.example.vn/. The server must lie in the scope of the site file;"
        " without one only this machine can be reached."
    ),
)
@click.option("--site", "site_file", type=FILE, help=_("the centre's site file"))
@click.option(
    "--backend",
    type=click.Choice([str(item) for item in SpeedBackend]),
    help=_("way of measuring"),
)
@click.option("--server", default="", help=_("URL of the server"))
@click.option("--ca", "ca_file", default="", help=_("certificate of the server's authority (PEM)"))
@click.option("--samples", type=click.IntRange(1, 100), help=_("pairs of samples"))
@click.option(
    "--seconds", type=click.FloatRange(2, 60), help=_("length of a sample after its warm-up")
)
@click.option("--ip-version", type=click.Choice(["4", "6"]), help=_("IP version"))
@click.option("--yes", is_flag=True, help=_("agree to the terms of the public service"))
@click.option("--calibrate", is_flag=True, help=_("measure this instrument on loopback instead"))
@format_option("text", "json")
@profile_option
@language_option
def internet(  # noqa: PLR0913 - one parameter for each option
    *,
    site_file: Path | None,
    backend: str | None,
    server: str,
    ca_file: str,
    samples: int | None,
    seconds: float | None,
    ip_version: str | None,
    yes: bool,
    calibrate: bool,
    form: str,
    profile_name: str,
) -> None:
    """Measure the Internet line alone."""
    wish = _Wish(backend or "", server, ca_file, samples, seconds, ip_version or "", yes)
    if calibrate:
        _calibrate(wish, form)
        return
    centre = (
        site.load(site_file, profile.load(profile_name).profile) if site_file else site.default()
    )
    wanted = _agreed(_wanted(centre.site.internet, wish), wish)
    _put(_measured(centre, wanted, form), form)


class _Telling(GatedNetwork):
    """A network that says what it does, and remembers the samples."""

    def __init__(self, context: Context, tell: Callable[[str], None]) -> None:
        """Say every step with `tell`."""
        super().__init__(context)
        self._tell = tell
        self.samples: list[Sample] = []

    def sample_speed(self, order: Order) -> Sample:
        """Measure, and say what came of it."""
        self._tell(speed_words.begun(order))
        sample = super().sample_speed(order)
        self._tell(f"  {speed_words.ended(sample)}")
        self.samples.append(sample)
        return sample


def _wanted(given: Internet | None, wish: _Wish) -> Internet:
    """Return the site's section as the options change it. Raises `BadInput`."""
    wanted = given or Internet(servers=())
    servers = wanted.servers
    if wish.backend:
        servers = tuple(item for item in servers if item.backend == wish.backend)
    if wish.server or (wish.backend and not servers):
        kind = SpeedBackend(wish.backend or SpeedBackend.HTTP_MULTI)
        servers = (SpeedServer(backend=kind, url=wish.server, ca_file=wish.ca_file),)
    if not servers:
        raise BadInput(
            Problem(
                "--server",
                _("names no server"),
                _("Give --server URL, or --site with an internet section, or --calibrate."),
            )
        )
    return replace(
        wanted,
        servers=servers,
        samples=wish.samples or max(1, wanted.samples),
        window_s=wish.seconds or wanted.window_s,
        ip_versions=(int(wish.ip_version),) if wish.ip_version else wanted.ip_versions,
    )


def _agreed(wanted: Internet, wish: _Wish) -> Internet:
    """Show the volume and the terms of public services, and ask. Raises `CannotPerform`."""
    echo(speed_words.volume(wanted), err=True)
    consents = list(wanted.consents)
    for kind in dict.fromkeys(each.backend for each in wanted.servers if each.is_public):
        terms = _terms(kind)
        if terms is None:
            continue
        echo(f"{kind}: {current().pick(terms.text)}\n{terms.url}", err=True)
        if any(consent.backend == kind for consent in consents):
            continue
        asked = sys.stdin.isatty() and not wish.yes
        if not wish.yes and not (asked and click.confirm(_("Do you agree?"), err=True)):
            raise CannotPerform(_("Nobody agreed to the terms of {name}", name=kind))
        today = datetime.now(UTC).date()
        consents.append(ServiceConsent(backend=kind, by="audit measure", position="", on=today))
    return replace(wanted, consents=tuple(consents))


def _terms(kind: SpeedBackend) -> Any:  # noqa: ANN401 - Terms or None
    from auditor.internet.causes import NoSample  # noqa: PLC0415 - only here

    try:
        return backend_of(kind).terms
    except NoSample as error:
        raise CannotPerform(str(error.detail)) from error


def _measured(centre: LoadedSite, wanted: Internet, form: str) -> dict[str, Any]:
    """Measure as the site says; Ctrl-C shows what there is. Raises `CannotPerform`."""
    chosen = replace(centre.site, internet=wanted)
    gate = Gate(chosen.scope, chosen.timezone)
    context = Context(chosen, centre.folder, gate, lambda _request, _content: "")
    network = _Telling(context, lambda text: echo(text, err=True))
    try:
        seen = catalogue.probes()[PROBE].measure(network)
    except KeyboardInterrupt:
        rows = rows_of(network.samples, chosen.timezone)
        _put(_told(Measured(rows=rows), network.samples), form)
        raise
    except CannotMeasure as error:
        cause = current().pick(FAILURES[error.failure])
        raise CannotPerform(_("{place}: {error}", place=cause, error=error.detail)) from error
    return _told(seen, network.samples)


def _told(seen: Measured, samples: Sequence[Sample]) -> dict[str, Any]:
    return {
        "rows": [dict(row) for row in seen.rows],
        "limitations": [current().pick(text) for text in seen.limitations],
        "records": [record_of(sample, FIRST) for sample in samples],
    }


def _calibrate(wish: _Wish, form: str) -> None:
    """Measure against our own server on this machine: how fast the instrument itself is."""
    centre = site.default()
    with ExitStack() as stack:
        try:
            url = stack.enter_context(own_server())
        except CannotMeasure as error:
            raise CannotPerform(error.detail) from error
        server = SpeedServer(backend=SpeedBackend.HTTP_MULTI, url=url)
        wanted = Internet(
            servers=(server,),
            samples=wish.samples or 1,
            window_s=wish.seconds or _CALIBRATION_S,
            warmup_s=1.0,
            pause_s=0.0,
            max_bytes=10**13,
        )
        seen = _measured(centre, wanted, form)
    if form == "json":
        _put(seen, form)
    else:
        echo(speed_words.ceiling(seen["rows"]))


def _put(seen: dict[str, Any], form: str) -> None:
    if form == "json":
        click.echo(dumps(seen, indent=1).decode(), nl=False)
        return
    for line in speed_words.table(seen["rows"]):
        echo(line)
    for text in seen["limitations"]:
        echo(f"- {text}")
