"""`audit attest`: a named person confirms a document, or declares that an item does not apply."""

import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from auditor import atomic, ledger, paper_rules, profile, saying, site, yamlfile
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
from auditor.errors import BadInput, CannotPerform, Problem
from auditor.language import _, current
from auditor.model import Attestation, Profile, Statement
from auditor.site import LoadedSite


@click.command(
    "attest",
    help=_("Record a named person's confirmation of a document, or that an item does not apply."),
    epilog=_(
        'Example: audit attest 2.15 --site centre.yaml --file van-ban/phuong-an.pdf --statement "…"'
        ' --by "Nguyễn Văn Mẫu" --position "Giám đốc" --until 2027-06-30. It counts for exactly'
        " these bytes until that day."
    ),
)
@click.argument("subject", metavar=_("INDICATOR|CHECK|KIND"))
@click.option("--site", "site_file", type=FILE, required=True, help=_("the centre's site file"))
@click.option("--file", type=FILE, required=True, help=_("the document, or the signed statement"))
@click.option("--statement", required=True, help=_("what the person states"))
@click.option("--by", required=True, help=_("full name of who states it"))
@click.option("--position", required=True, help=_("position of who states it"))
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="YYYY-MM-DD",
    help=_("last day on which it counts"),
)  # fmt: skip
@click.option(
    "--not-applicable", is_flag=True, help=_("declare that an item marked “nếu có” does not apply")
)
@format_option("text", "json")
@profile_option
@language_option
def command(  # noqa: PLR0913 - one argument per option
    *,
    subject: str,
    site_file: Path,
    file: Path,
    statement: str,
    by: str,
    position: str,
    until: datetime,
    not_applicable: bool,
    form: str,
    profile_name: str,
) -> None:
    """Record a named person's confirmation of a document, or that an item does not apply."""
    criteria = profile.load(profile_name).profile
    centre = site.load(site_file, criteria)
    today = datetime.now(UTC).astimezone(ZoneInfo(centre.site.timezone)).date()
    if until.date() < today:
        raise BadInput(Problem("--until", _("is over already"), _("Give a last day to come.")))
    digest = sha256(content_of(file, _("Check the path.")))
    word = Attestation(
        subject=subject,
        file=_named(file, centre, is_document=not not_applicable),
        sha256=digest,
        statement=statement,
        by=by,
        position=position,
        on=today,
        until=until.date(),
        states=Statement.NOT_APPLICABLE if not_applicable else None,
    )
    path = _record(word, site_file, criteria)
    counts = _counts_for(word, centre, criteria)
    if form == "json":
        put_json({"entry": _plain(word), "ledger": str(path), "counts_for": counts})
        return
    stated = _("not applicable") if not_applicable else ""
    put_lines(
        (
            *entry({**asdict(word), "states": stated}),
            _("Written to {path}", path=path),
            *_meaning(word, counts),
        )
    )


def _meaning(word: Attestation, counts: list[str]) -> tuple[str, str]:
    """Say for what the word counts, and until when."""
    what = (
        _(
            "From the next `audit run` on, these are not applicable: {items}.",
            items=", ".join(counts),
        )
        if word.states
        else _(
            "From the next `audit run` on, this document counts as confirmed for: {items}.",
            items=", ".join(counts),
        )
    )
    until = _(
        "After {day}, or once a byte of the file changes, it counts no more; reports say so.",
        day=f"{word.until:%d/%m/%Y}",
    )
    return what, until


def _named(file: Path, centre: LoadedSite, *, is_document: bool) -> str:
    """Return a file as the site file names it. Raises `BadInput` for an unlisted document."""
    for paper in centre.site.documents:
        if paper.exists and (centre.folder / paper.file).resolve() == file.resolve():
            return paper.file
    if is_document:
        raise BadInput(
            Problem(
                str(file),
                _("is not among the documents of the site file"),
                _("Add it to `documents` with its kind first; measured items take no word."),
            )
        )
    return Path(os.path.relpath(file.resolve(), centre.folder)).as_posix()


def _plain(word: Attestation) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(word).items() if value is not None}


def _record(word: Attestation, site_file: Path, criteria: Profile) -> Path:
    """Add to the ledger what a site with it would accept; otherwise write nothing. Raises."""
    path = ledger.beside(site_file)
    try:
        content = ledger.added(path, _plain(word))
        whole = ledger.join(yamlfile.read(site_file), yamlfile.parse(content, str(path)))
        site.from_document(whole, path.parent, criteria)
        atomic.write(path, content)
    except OSError as error:
        raise CannotPerform(
            _("{place}: {error}", place=path, error=saying.system(error))
        ) from error
    return path


def _counts_for(word: Attestation, centre: LoadedSite, criteria: Profile) -> list[str]:
    """Name the indicators that the word bears on, as a person knows them."""
    kinds = {paper.kind for paper in centre.site.documents if paper.file == word.file}
    ids = (
        {word.subject.partition("/")[0]}
        if word.states is not None
        else {subject for kind in kinds for subject in paper_rules.subjects_of(kind, criteria)}
    )
    return [
        f"{item.id} {current().pick(item.name)}" for item in criteria.indicators if item.id in ids
    ]
