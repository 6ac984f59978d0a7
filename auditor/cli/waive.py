"""`audit waive`: enter in the ledger an exception that somebody else approved, until a last day."""

import re
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from auditor import atomic, profile, saying, site, waivers
from auditor.canonical import sha256
from auditor.cli.entered import entry
from auditor.cli.options import (
    FILE,
    content_of,
    format_option,
    language_option,
    profile_option,
    put_json,
)
from auditor.cli.page import put_lines
from auditor.effective import day_of
from auditor.errors import BadInput, CannotPerform, Problem
from auditor.language import _
from auditor.model import Waiver, WaiverDocument
from auditor.waivers import LoadedLedger, as_json

_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


@click.command(
    "waive",
    help=_("Enter an approved exception in the ledger, with a last day."),
    epilog=_(
        "Example: audit waive --ledger waivers.json --indicator 2.9 --reason “…” --applicant"
        " “Nguyễn Văn Mẫu” --approver “Lò Thị Mẫu” --document-number 15/QĐ-SKHCN --document"
        " van-ban/15-qd.pdf --until 2027-06-30. Name the ledger in the site file (`waivers:"
        " waivers.json`) or by `audit run --waivers`. No verdict is changed: the report says beside"
        " it that an exception is in force."
    ),
)
@click.option("--ledger", type=FILE, required=True, help=_("the ledger; made if it is not there"))
@click.option("--indicator", required=True, help=_("the indicator, such as 2.9"))
@click.option("--system", default="", help=_("one information system only"))
@click.option("--reason", required=True, help=_("why, and what is done in its place"))
@click.option("--applicant", required=True, help=_("full name of who asked for it"))
@click.option("--approver", required=True, help=_("full name of who approved it: another person"))
@click.option("--document-number", "number", required=True, help=_("number of the approval"))
@click.option("--document", type=FILE, required=True, help=_("its file; the digest is recorded"))
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="YYYY-MM-DD",
    help=_("last day on which it counts"),
)  # fmt: skip
@click.option(
    "--site", "site_file", type=FILE, help=_("the site file, to check the system against")
)
@format_option("text", "json")
@profile_option
@language_option
def command(  # noqa: PLR0913 - one argument per option
    *,
    ledger: Path,
    indicator: str,
    system: str,
    reason: str,
    applicant: str,
    approver: str,
    number: str,
    document: Path,
    until: datetime,
    site_file: Path | None,
    form: str,
    profile_name: str,
) -> None:
    """Enter an approved exception in the ledger, with a last day."""
    today = day_of(datetime.now(UTC))
    if until.date() < today:
        raise BadInput(Problem("--until", _("is over already"), _("Give a last day to come.")))
    criteria = profile.load(profile_name).profile
    centre = site.load(site_file, criteria) if site_file else None
    old = waivers.read(ledger) if ledger.exists() else None
    waiver = Waiver(
        indicator=indicator,
        system=system,
        reason=_said("--reason", reason),
        applicant=_said("--applicant", applicant),
        approver=_said("--approver", approver),
        document=WaiverDocument(
            number=_said("--document-number", number),
            file=document.as_posix(),
            sha256=sha256(content_of(document, _("Check the path."))),
        ),
        recorded_on=today,
        until=until.date(),
        previous=old.head if old else "",
    )
    systems = frozenset(item.id for item in centre.site.information_systems) if centre else None
    problems = [
        *((field[0], problem, remedy) for field, problem, remedy in waivers.refusals(waiver)),
        *waivers.misplaced(waiver, criteria, systems),
    ]
    if problems:
        raise BadInput(*(Problem(f"--{name}", why, remedy) for name, why, remedy in problems))
    content = waivers.with_one_more(old, waiver)
    written = waivers.parse(content, str(ledger))  # as a run will read it
    try:
        atomic.write(ledger, content)
    except OSError as error:
        why = saying.system(error)
        raise CannotPerform(_("{place}: {error}", place=ledger, error=why)) from error
    _tell(ledger, written, waiver, form)


def _said(option: str, text: str) -> str:
    """Return a text on one line. Raises `BadInput` for what steers a terminal."""
    if _ODD.search(text.strip()):
        remedy = _("Write plain text on one line.")
        raise BadInput(Problem(option, _("holds a line break or a control character"), remedy))
    return " ".join(text.split())


def _tell(path: Path, ledger: LoadedLedger, waiver: Waiver, form: str) -> None:
    n, fields = len(ledger.entries), asdict(waiver)
    if form == "json":
        put_json({"entry": as_json(waiver), "ledger": str(path), "entries": n, "head": ledger.head})
        return
    document = fields.pop("document")
    put_lines(
        (
            *entry({**fields, **document}),
            _("Written to {path}", path=path),
            _("Entries: {n}. Digest of the last: {head}", n=n, head=ledger.head),
            _(
                "The verdict stays as it is; reports say beside it that an exception is in force."
                " After {day} the finding is open again, and every run says so.",
                day=f"{waiver.until:%d/%m/%Y}",
            ),
        )
    )
