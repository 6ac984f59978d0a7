"""`audit collector`: the script that reads a machine, to be carried there by hand."""

import importlib
from pathlib import Path

import click

from auditor.cli.options import language_option, out_option, put
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
@out_option
@language_option
def command(platform: str, out: Path | None) -> None:
    """Write the script that reads a machine."""
    put(importlib.import_module("auditor.collecting").script(platform), out)
