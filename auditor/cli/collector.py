"""`audit collector`: the script that reads a machine, to be carried there by hand."""

from pathlib import Path

import click

from auditor import recognition
from auditor.cli.options import FILE, language_option, out_option, put
from auditor.cli.products import catalogue_with
from auditor.language import _
from auditor.logins import PLATFORMS


@click.command(
    "collector",
    help=_("Write the script that reads a machine, for machines that cannot be reached."),
    epilog=_(
        "Example: audit collector posix --out doc-may.sh; on the machine:"
        " `sudo sh doc-may.sh > may-chu-1.txt`; back here:"
        " `audit import may-chu-1.txt --site centre.yaml`."
    ),
)
@click.argument("platform", type=click.Choice(PLATFORMS))
@click.option("--site", "site_file", type=FILE, help=_("a site file with products of its own"))
@out_option
@language_option
def command(platform: str, site_file: Path | None, out: Path | None) -> None:
    """Write the script that reads a machine."""
    put(recognition.script(catalogue_with(site_file), platform), out)
