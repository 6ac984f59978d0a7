"""`audit documents` and `audit explain document`: what papers are, say, and lack."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text as Cell

from auditor import profile, site
from auditor.cli.options import (
    FILE,
    FOLDER,
    PLAIN_WIDTH,
    format_option,
    language_option,
    profile_option,
    put_json,
)
from auditor.cli.page import echo
from auditor.cli.showing import colour
from auditor.documents.attested import confirmation, words_on
from auditor.documents.keeping import as_json
from auditor.documents.remarks import remarks
from auditor.documents.said import Item, Said
from auditor.documents.signed import STATES, SignatureState
from auditor.errors import BadInput, CannotMeasure, Problem
from auditor.language import _, current
from auditor.model import Document, Profile, Site
from auditor.site import LoadedSite
from auditor.transports.doc import said_in
from auditor.transports.folder import documents_in
from auditor.transports.verifying import verify


@dataclass(frozen=True, slots=True)
class Paper:
    """One file: its name as it is shown, the site's entry (or an empty one), what became of it."""

    shown: str
    document: Document
    said: Said | CannotMeasure
    signature: SignatureState


@click.command(
    "documents",
    help=_("Read the documents of a folder: what each is, what it says, what is lacking."),
    epilog=_("Examples: `audit documents van-ban`; `audit documents van-ban --site centre.yaml`."),
)
@click.argument("folder", type=FOLDER)
@click.option(
    "--site", "site_file", type=FILE, help=_("hold them against the documents of a site file")
)
@profile_option
@format_option("text", "json")
@language_option
def command(folder: Path, site_file: Path | None, profile_name: str, form: str) -> None:
    """Read the documents of a folder."""
    criteria = profile.load(profile_name).profile
    centre = site.load(site_file, criteria) if site_file else site.default()
    if not folder.is_dir():
        raise BadInput(Problem(str(folder), _("no such folder"), _("Check the path.")))
    papers = _read(_documents(folder.resolve(), centre), centre)
    needs = _needs(criteria, papers, centre.site)
    if form == "json":
        put_json({"documents": [_as_json(paper) for paper in papers], "needs": needs})
        return
    width = None if sys.stdout.isatty() else PLAIN_WIDTH
    console = Console(width=width, no_color=not colour(), highlight=False, markup=False)
    console.print(_table(criteria, papers))
    for line in (*_remarks(papers), *_lacks(criteria, needs)):
        console.print(Cell(line))


def _documents(folder: Path, centre: LoadedSite) -> list[tuple[str, Document]]:
    """Return every document of the folder, with the site's own entry where it has one."""
    named = {
        (centre.folder / document.file).resolve(): document
        for document in centre.site.documents
        if document.exists
    }
    try:
        files = documents_in(folder, ".")
    except CannotMeasure as failure:
        raise BadInput(
            Problem(str(folder), failure.detail, _("Choose a smaller folder."))
        ) from failure
    return [
        (
            _printable(file),
            named.get((folder / file).resolve())
            or Document(kind="", file=os.path.relpath(folder / file, centre.folder)),
        )
        for file in files
    ]


def _printable(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name)


def _read(documents: list[tuple[str, Document]], centre: LoadedSite) -> list[Paper]:
    """Read them side by side, each in a process of its own; tell how far, on a terminal."""
    named = centre.site.trust_folder
    trusted = centre.folder / named if named else None

    def one(entry: tuple[str, Document]) -> Paper:
        shown, document = entry
        path = centre.folder / document.file
        try:
            said = said_in(path, document, centre.site)
        except CannotMeasure as failure:
            return Paper(shown, document, failure, SignatureState.NOT_VERIFIED)
        return Paper(shown, document, said, _signature(path, trusted))

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar, ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(one, documents)
        return list(bar.track(done, len(documents), description=_("Reading")))


def _signature(path: Path, trusted: Path | None) -> SignatureState:
    try:
        return verify(path, trusted).state
    except CannotMeasure:  # the word for it says so, and the probe `document_signature` tells why
        return SignatureState.NOT_VERIFIED


def _needs(criteria: Profile, papers: list[Paper], about: Site) -> list[dict[str, object]]:
    """Say for each kind that an indicator asks for which files are of it, and who confirmed."""
    found: dict[str, list[str]] = {}
    confirmed: dict[str, list[str]] = {}
    today = datetime.now(UTC).astimezone(ZoneInfo(about.timezone)).date()
    for paper in papers:
        said, document = paper.said, paper.document
        if isinstance(said, CannotMeasure):
            continue
        found.setdefault(said.kind, []).append(paper.shown)
        words = words_on(document, said.sha256, about, today)
        _word, holds, _last = confirmation(document, said.sha256, words)
        if document.kind and holds:
            confirmed.setdefault(said.kind, []).append(paper.shown)
    return [
        {
            "indicator": indicator.id,
            "kind": need.kind,
            "optional": need.optional or indicator.optional,
            "found": found.get(need.kind, []),
            "confirmed": confirmed.get(need.kind, []),
        }
        for indicator in criteria.indicators
        for need in indicator.documents
    ]


def _table(criteria: Profile, papers: list[Paper]) -> Table:
    table = Table(show_lines=False)
    for title in (
        *(_("File"), _("Kind (proposed by its words)"), _("Number"), _("Day"), _("Issuer")),
        *(_("Signer"), _("Draft"), _("Digital signature")),
    ):
        table.add_column(title, overflow="fold")
    for paper in papers:
        said = paper.said
        if isinstance(said, CannotMeasure):
            table.add_row(Cell(paper.shown), Cell(_("could not be opened")))
            continue
        name = criteria.document_kinds.get(said.kind)
        cells = (
            paper.shown,
            current().pick(name) if name else _("not recognised"),
            *(said.number, said.issued_on, said.issuer, said.signer),
            _("yes") if said.is_draft else "",
            current().pick(STATES[paper.signature]),
        )
        table.add_row(*map(Cell, cells))
    return table


def _remarks(papers: list[Paper]) -> Iterator[str]:
    today = datetime.now(UTC).date()
    pick = current().pick
    for paper in papers:
        said = paper.said
        if isinstance(said, CannotMeasure):
            yield f"{paper.shown}: {said.detail}"
            continue
        lacking = [pick(item.title) for item in said.items if item.was_found is False]
        bare = [pick(item.title) for item in said.items if item.is_bare]
        for told in remarks(said, today):
            yield f"{paper.shown}: {pick(told)}"
        if lacking:
            yield _("{file}: not found: {items}", file=paper.shown, items="; ".join(lacking))
        if bare:
            yield _("{file}: only a heading: {items}", file=paper.shown, items="; ".join(bare))


def _lacks(criteria: Profile, needs: list[dict[str, object]]) -> Iterator[str]:
    """Yield what is lacking, kind by kind, with the indicators that ask for it."""
    yield ""
    yield _("Lacking (a recognised kind is a proposal until a person names and confirms the file):")
    asking: dict[str, list[str]] = {}
    files: dict[str, object] = {}
    for need in needs:
        if not need["confirmed"] and not need["optional"]:
            kind = str(need["kind"])
            asking.setdefault(kind, []).append(str(need["indicator"]))
            files[kind] = need["found"]
    for kind, indicators in asking.items():
        name = current().pick(criteria.document_kinds[kind])
        line = f"  {', '.join(indicators)}: {name} ({kind})"
        found = files[kind]
        if isinstance(found, list) and found:
            line += " – " + _("found, not confirmed: {files}", files=", ".join(found))
        yield line


def _as_json(paper: Paper) -> dict[str, object]:
    said = paper.said
    if isinstance(said, CannotMeasure):
        return {"file": paper.shown, "failure": said.failure.value, "detail": said.detail}
    return {
        "file": paper.shown,
        "declared_kind": paper.document.kind or None,
        "signature": paper.signature.value,
        **as_json(said),
    }


def explain_document(file: Path, profile_name: str, form: str) -> None:
    """Print everything that was found in one file. Raises `BadInput`."""
    criteria = profile.load(profile_name).profile
    try:
        said = said_in(file, Document(kind="", file=file.name), site.default().site)
    except CannotMeasure as failure:
        raise BadInput(Problem(str(file), failure.detail, _("Check the path."))) from failure
    if form == "json":
        put_json(as_json(said))
        return
    for line in _lines(criteria, file, said):
        echo(line)


def _lines(criteria: Profile, file: Path, said: Said) -> Iterator[str]:
    name = criteria.document_kinds.get(said.kind)
    yield f"{file}  [{said.sha256}]"
    yield _("Kind (proposed by its words): {kind}", kind=current().pick(name) if name else "–")
    if not said.is_complete:
        yield _("Not every page was read as characters: what is missing here may be there.")
    for told in remarks(said, datetime.now(UTC).date()):
        yield f"! {current().pick(told)}"
    for quote in said.quotes:
        sure = "" if quote.confidence == 1 else f", {quote.confidence:.0%}"
        yield f"{quote.field}: " + _(
            "page {page}{sure}: “{text}”", page=quote.page, sure=sure, text=quote.text
        )
    for number, item in enumerate(said.items, 1):
        yield f"{number:>2}. {current().pick(item.title)}: {_state(item)}"


def _state(item: Item) -> str:
    if item.is_bare:
        return _("only a heading, nothing below it")
    words = {True: _("there"), False: _("NOT FOUND"), None: _("not seen; not all was read")}
    return words[item.was_found]
