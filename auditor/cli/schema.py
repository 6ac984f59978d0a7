"""`audit schema`: the JSON Schema of a file, for editors and other programs."""

from importlib import resources
from pathlib import Path

import click

from auditor.cli.options import language_option, out_option, put
from auditor.language import _


@click.command(
    "schema",
    help=_("Print the JSON Schema of profiles, sites or records."),
    epilog=_(
        "Example: audit schema site --out site.schema.json, then put"
        " `# yaml-language-server: $schema=site.schema.json` on the first line of centre.yaml."
    ),
)
@click.argument("name", type=click.Choice(["profile", "site", "record"]))
@out_option
@language_option
def command(name: str, out: Path | None) -> None:
    """Print the JSON Schema of profiles, sites or records."""
    put((resources.files("auditor.schemas") / f"{name}.v1.json").read_bytes(), out)
