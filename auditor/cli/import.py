"""`audit import`: outputs of the collector that were carried by hand become targets."""  # noqa: N999 - named after the command

import json
import re
from pathlib import Path

import click

from auditor import atomic, profile, saying, site
from auditor.canonical import sha256
from auditor.cli.options import FILE, language_option, profile_option
from auditor.collection import parse
from auditor.errors import BadInput, CannotMeasure, CannotPerform, Problem
from auditor.language import _

FOLDER = "facts"
"""Where carried outputs are kept, beside the site file."""

_LARGEST = 64 * 1024 * 1024


@click.command(
    "import",
    help=_("Take in what the collector printed on machines that cannot be reached."),
    epilog=_("Example: audit import may-chu-1.txt may-chu-2.txt --site centre.yaml"),
)
@click.argument("files", metavar=_("FILE..."), nargs=-1, required=True, type=FILE)
@click.option("--site", "site_file", type=FILE, required=True, help=_("the centre's site file"))
@profile_option
@language_option
def command(files: tuple[Path, ...], site_file: Path, profile_name: str) -> None:
    """Take in what the collector printed on machines that cannot be reached."""
    centre = site.load(site_file, profile.load(profile_name).profile)
    taken = [_checked(file) for file in files]  # all of them, before anything is written
    known = {target.url for target in centre.site.targets}
    lines = []
    for name, content in taken:
        relative = f"{FOLDER}/{name}-{sha256(content)[:8]}.txt"
        _keep(centre.folder / relative, content)
        if (url := f"facts:{relative}") not in known:
            lines.append(f"  - {{name: {json.dumps(name)}, url: {json.dumps(url)}}}")
    if not lines:
        click.echo(_("All of them are targets of {file} already.", file=site_file))
        return
    click.echo(_("Copied. Add to {file}:", file=site_file), err=True)
    click.echo("\n".join(("targets:", *lines)))


def _checked(file: Path) -> tuple[str, bytes]:
    """Return a machine's name and its output. Raises `BadInput` for a cut or foreign file."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
    except OSError as error:
        raise BadInput(
            Problem(str(file), saying.system(error), _("Check the path and its permissions."))
        ) from error
    again = _("Run the collector there again, and copy all of its output.")
    if len(content) > _LARGEST:
        raise BadInput(Problem(str(file), _("larger than 64 MiB"), again))
    try:
        collection = parse(content)
    except CannotMeasure as error:
        raise BadInput(
            Problem(
                str(file), _("no output of the collector ({detail})", detail=error.detail), again
            )
        ) from error
    if not collection.is_complete:
        raise BadInput(Problem(str(file), _("cut short: its end is missing"), again))
    spoken = collection.header.get("hostname", "") or file.stem
    return re.sub(r"[^a-z0-9]+", "-", spoken.lower()).strip("-") or "host", content


def _keep(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)  # it holds inventories of machines
        atomic.write(path, content)
        path.chmod(0o600)
    except OSError as error:
        raise CannotPerform(
            _("{place}: {error}", place=path, error=saying.system(error))
        ) from error
