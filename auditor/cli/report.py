"""`audit report`: a finished run in another format."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from auditor import catalogue, runfolder
from auditor.cli.keeping import keep_all
from auditor.cli.options import FOLDER, format_option, language_option, put
from auditor.cli.page import echo
from auditor.cli.showing import shown
from auditor.cli.signer import Signer, key_option
from auditor.cli.working import working
from auditor.language import _, current
from auditor.model import AuditRecord
from auditor.pack import keys, oscal_seal

_OSCAL = "oscal"
_PRIMARY = "ar.json"


@click.command(
    "report",
    help=_("Show a finished run in another format."),
    epilog=_(
        "Example: audit report audit-runs/20261121T080000Z-centre --format pdf --out report.pdf."
        " The formats oscal and ciso are folders, written into RUN unless --out names another."
    ),
)
@click.argument("run", metavar=_("RUN"), type=FOLDER)
@format_option(*catalogue.FORMATS, *catalogue.FOLDERS)
@click.option(
    "--out", type=click.Path(path_type=Path),
    help=_("write here: a file, or for oscal and ciso a folder"),
)  # fmt: skip
@key_option(_("sign the OSCAL documents with this key"), is_needed=False)
@click.option("--bom", is_flag=True, help=_("begin CSV so that Excel sees that it is UTF-8"))
@language_option
def command(*, run: Path, form: str, out: Path | None, signer: Signer, bom: bool) -> None:
    """Show a finished run in another format."""
    if signer and form != _OSCAL:
        raise click.UsageError(_("--key and --token go with --format oscal only"))
    if bom and form != "csv":
        raise click.UsageError(_("--bom goes with --format csv only"))
    if form == "pdf" and out is None and sys.stdout.isatty():
        raise click.UsageError(_("a PDF is no text for a terminal; add --out report.pdf"))
    key = signer.key() if signer else None
    with working(_("Reading the run")):
        record = runfolder.load(run).record
    if form in catalogue.FOLDERS:
        folder = out or run / form
        with working(_("Making the report")):
            files = _files(record, form, key)
        keep_all(folder, files)
        echo(_("Written to {folder}", folder=folder))
        if key:
            echo(_("Signed by: {key}", key=keys.fingerprint(key.public_key())))
        return
    with working(_("Making the report")):
        if bom:
            content = catalogue.render(form, record, current(), bom=True)
        else:
            content = shown(record, form, run)
    put(content, out)


def _files(record: AuditRecord, form: str, key: keys.SigningKey | None) -> Mapping[str, bytes]:
    files = catalogue.render_folder(form, record, current())
    return {**files, **oscal_seal.sidecars(files, _PRIMARY, key)} if key else files
