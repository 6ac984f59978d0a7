"""`audit forecast`: what will lapse in the next days, from a run, a pack or a site file."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import click

from auditor import document_checks, forecast, profile, runfolder, saying, site
from auditor.cli.exceptions import ledger_of
from auditor.cli.options import (
    FILE,
    format_option,
    language_option,
    out_option,
    profile_option,
    put_json,
)
from auditor.cli.page import echo, put_lines
from auditor.effective import day_of
from auditor.errors import BadInput, Problem
from auditor.forecast import Lapse, LapseKind
from auditor.language import _, current
from auditor.model import ExitCode
from auditor.pack.verifying import verify

FARTHEST_DAYS = 36_500


def _days(_context: click.Context, _option: click.Parameter, value: str) -> tuple[int, ...]:
    """Read `30,60,90`."""
    words = value.split(",")
    if not all(word.strip().isdecimal() for word in words):
        raise click.BadParameter(_("write whole numbers of days with commas, such as 30,60,90"))
    days = sorted({int(word) for word in words})
    if days[-1] > FARTHEST_DAYS:
        raise click.BadParameter(_("at most {n} days", n=FARTHEST_DAYS))
    return tuple(days)


@click.command(
    "forecast",
    help=_("Say what will lapse: exceptions, confirmations, certificates, documents, reviews."),
    epilog=_(
        "Examples: `audit forecast audit-runs/20261121T080000Z-centre`; `audit forecast"
        " run.auditpack --days 30,60,90`; `audit forecast --site centre.yaml`. The exit code is 0"
        " whatever will lapse; 12 for a pack that does not verify."
    ),
)
@click.argument("source", metavar=_("RUN|PACK"), required=False, type=click.Path(path_type=Path))
@click.option("--site", "site_file", type=FILE, help=_("what this site file alone says"))
@click.option("--days", default="30,60,90", show_default=True, callback=_days, metavar="N,N,…",
              help=_("how far to look, in steps"))  # fmt: skip
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD",
              help=_("the day to look from (default: today in Viet Nam)"))  # fmt: skip
@profile_option
@format_option("text", "json")
@out_option
@language_option
def command(  # noqa: PLR0913 - one argument per option
    *,
    source: Path | None,
    site_file: Path | None,
    days: tuple[int, ...],
    on: datetime | None,
    profile_name: str,
    form: str,
    out: Path | None,
) -> int:
    """Say what will lapse."""
    if (source is None) == (site_file is None):
        raise click.UsageError(_("give a run, a pack or --site, and one of them only"))
    day = on.date() if on else day_of(datetime.now(UTC))
    lapses = _of_site(site_file, profile_name) if site_file else _of_run(source or Path())
    if lapses is None:
        return ExitCode.PACK_INVALID
    if form == "json":
        put_json(_as_json(lapses, day, days), out)
    else:
        put_lines(_page(lapses, day, days), out)
    return ExitCode.MET


def _of_site(file: Path, profile_name: str) -> tuple[Lapse, ...]:
    criteria = profile.load(profile_name).profile
    centre = site.load(file, criteria)
    ledger = ledger_of(centre, criteria, None)
    law = document_checks.load().level_transition
    return forecast.of_site(centre.site, criteria, ledger.entries if ledger else (), law)


def _of_run(source: Path) -> tuple[Lapse, ...] | None:
    """Read a run folder, or a pack after verifying it; None for a pack with faults."""
    law = document_checks.load().level_transition
    if source.is_dir():
        return forecast.of_record(runfolder.load(source).record, law)
    try:
        found = verify(source.read_bytes())
    except OSError as error:
        remedy = _("Give the folder of a finished run, or a pack.")
        raise BadInput(Problem(str(source), saying.system(error), remedy)) from error
    if found.record is None or found.faults:
        echo(_("{pack} does not verify: see `audit verify`.", pack=source), err=True)
        return None
    return forecast.of_record(found.record, law)


def _as_json(lapses: tuple[Lapse, ...], day: date, days: tuple[int, ...]) -> dict[str, object]:
    return {
        "schema": "urn:audit:forecast:v1",
        "on": day.isoformat(),
        "days": list(days),
        "lapses": [
            {
                "day": lapse.day.isoformat(),
                "days_left": (lapse.day - day).days,
                "kind": lapse.kind.value,
                "what": {"vi": lapse.vi, "en": lapse.en},
                "information_system": lapse.system or None,
                "source": lapse.source,
            }
            for lapse in lapses
            if (lapse.day - day).days <= days[-1]
        ],
        "later": sum((lapse.day - day).days > days[-1] for lapse in lapses),
    }


def _page(lapses: tuple[Lapse, ...], day: date, days: tuple[int, ...]) -> Iterator[str]:
    """Lay out what is over, then what will be, step by step."""
    words, first = _words(), f"{day:%d/%m/%Y}"
    yield _("What will lapse, seen from {day}", day=first)
    low: int | None = None
    for high in (-1, *days):
        part = [
            lapse
            for lapse in lapses
            if (low is None or low < (lapse.day - day).days) and (lapse.day - day).days <= high
        ]
        yield ""
        yield _step(None if low is None else high, len(part))
        for lapse in part:
            days_left = (lapse.day - day).days
            left = _left(days_left)
            what = current().pick(lapse.what)
            yield f"  {lapse.day:%d/%m/%Y}  {left:>13}  {words[lapse.kind]:<24}  {what}"
        low = high
    later = sum((lapse.day - day).days > days[-1] for lapse in lapses)
    yield ""
    yield _("Later: {n}. What has no date in the record is not here.", n=later)


def _step(days: int | None, n: int) -> str:
    """Say how many lapse in a step; None for those that are over."""
    if days is None:
        return _("Over already: {n}", n=n)
    if days == 1:
        return _("Within 1 day: {n}", n=n)
    return _("Within {days} days: {n}", days=days, n=n)


def _left(days: int) -> str:
    """Say in how many days, or how many days ago."""
    if abs(days) == 1:
        return _("1 day ago") if days < 0 else _("1 day")
    return _("{n} days ago", n=-days) if days < 0 else _("{n} days", n=days)


def _words() -> dict[LapseKind, str]:
    return {
        LapseKind.WAIVER: _("exception"),
        LapseKind.ATTESTATION: _("confirmation"),
        LapseKind.AUTHORISATION: _("authorisation letter"),
        LapseKind.CERTIFICATE: _("certificate"),
        LapseKind.DOCUMENT: _("document or contract"),
        LapseKind.REVIEW: _("review of a document"),
        LapseKind.UPDATE: _("update of data"),
        LapseKind.LAW: _("transition of the law"),
    }
