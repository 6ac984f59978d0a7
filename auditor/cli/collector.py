"""`audit collector`: the script that reads a machine, to be carried there by hand."""

from pathlib import Path

import click

from auditor import DEFAULT_PROFILE, profile, scripts, site
from auditor.cli.options import FILE, language_option, out_option, put
from auditor.cli.products import catalogue_with
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.logins import PLATFORMS
from auditor.model import Site, Target


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
@click.option(
    "--target",
    help=_("the machine's name in the site file: it is asked what `hpc`, `remote_work` say of it"),
)
@out_option
@language_option
def command(platform: str, site_file: Path | None, target: str | None, out: Path | None) -> None:
    """Write the script that reads a machine."""
    centre, machine = _named(site_file, target)
    put(scripts.script(catalogue_with(site_file), platform, centre, machine), out)


def _named(site_file: Path | None, name: str | None) -> tuple[Site | None, Target | None]:
    """Return the site and the machine of that name. Raises `BadInput` where there is none."""
    if name is None:
        return None, None
    centre = site.load(site_file, profile.load(DEFAULT_PROFILE).profile).site if site_file else None
    named = {target.name: target for target in centre.targets} if centre else {}
    if name not in named:
        remedy = _("Use a name of `targets` in the site file, and name that file with --site.")
        raise BadInput(Problem(name, _("no such target"), remedy))
    return centre, named[name]
