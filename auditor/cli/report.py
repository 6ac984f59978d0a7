"""`audit report`: a finished run in another format."""

import sys
from pathlib import Path

import click

from auditor import catalogue, runfolder
from auditor.cli.options import FOLDER, format_option, language_option, out_option, put, shown
from auditor.language import _


@click.command(
    "report",
    help=_("Show a finished run in another format."),
    epilog=_(
        "Example: audit report audit-runs/20261121T080000Z-centre --format pdf --out report.pdf"
    ),
)
@click.argument("run", metavar=_("RUN"), type=FOLDER)
@format_option(*catalogue.FORMATS)
@out_option
@language_option
def command(run: Path, form: str, out: Path | None) -> None:
    """Show a finished run in another format."""
    if form == "pdf" and out is None and sys.stdout.isatty():
        raise click.UsageError(_("a PDF is no text for a terminal; add --out report.pdf"))
    put(shown(runfolder.load(run).record, form, run), out)
