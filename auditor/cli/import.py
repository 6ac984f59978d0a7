"""`audit import`: what was carried by hand: outputs of the collector, records of other runs."""  # noqa: N999 - named after the command

import json
import re
from pathlib import Path
from typing import NamedTuple

import click

from auditor import atomic, profile, record_reader, saying, site
from auditor.canonical import sha256
from auditor.cli.options import FILE, language_option, profile_option
from auditor.cli.page import echo
from auditor.collection import parse
from auditor.errors import BadInput, CannotMeasure, CannotPerform, Problem
from auditor.language import _

FOLDER, RUNS = "facts", "other-runs"
"""Where outputs of the collector, and records of other runs, are kept beside the site file."""

_LARGEST = 64 * 1024 * 1024


@click.command(
    "import",
    help=_(
        "Take in what the collector printed on machines that cannot be reached, and the record.json"
        " of runs from other zones."
    ),
    epilog=_("Example: audit import may-chu-1.txt may-chu-2.txt --site centre.yaml"),
)
@click.argument("files", metavar=_("FILE..."), nargs=-1, required=True, type=FILE)
@click.option("--site", "site_file", type=FILE, required=True, help=_("the centre's site file"))
@profile_option
@language_option
def command(files: tuple[Path, ...], site_file: Path, profile_name: str) -> None:
    """Take in what the collector printed elsewhere, and records of runs from other zones."""
    centre = site.load(site_file, profile.load(profile_name).profile)
    contents = [(file, _read(file)) for file in files]
    taken = [  # all of them, before anything is written
        _run(file, content, centre.site.centre.name)
        if content.startswith(b"{")
        else _output(file, content)
        for file, content in contents
    ]
    known = {target.url for target in centre.site.targets} | set(centre.site.network.other_runs)
    fresh = [item for item in taken if item.place not in known]
    for item in taken:
        _keep(centre.folder / item.relative, item.content)
    if not fresh:
        echo(_("All of them are in {file} already.", file=site_file))
        return
    echo(_("Copied. Add to {file}:", file=site_file), err=True)
    targets = [item.line for item in fresh if item.relative.startswith(FOLDER)]
    runs = [item.line for item in fresh if item.relative.startswith(RUNS)]
    lines = (["targets:", *targets] if targets else []) + (
        ["network:", "  other_runs:", *runs] if runs else []
    )
    click.echo("\n".join(lines))


class _Taken(NamedTuple):
    """A file to keep at `relative`; `place` is how the site file names it, on `line`."""

    relative: str
    content: bytes
    place: str
    line: str


def _run(file: Path, content: bytes, centre: str) -> _Taken:
    """Take in a run's record of the same centre. Raises `BadInput` for any other."""
    record = record_reader.parse(content, str(file))
    if record["site"]["centre"] != centre:
        raise BadInput(
            Problem(
                str(file),
                _("a run of another centre: {name}", name=record["site"]["centre"]),
                _("Only runs of the same centre can be compared."),
            )
        )
    relative = f"{RUNS}/{sha256(content)[:8]}.json"
    return _Taken(relative, content, relative, f"    - {json.dumps(relative)}")


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
    except OSError as error:
        raise BadInput(
            Problem(str(file), saying.system(error), _("Check the path and its permissions."))
        ) from error
    if len(content) > _LARGEST:
        raise BadInput(Problem(str(file), _("larger than 64 MiB"), _again()))
    return content


def _again() -> str:
    return _("Run the collector there again, and copy all of its output.")


def _output(file: Path, content: bytes) -> _Taken:
    """Take in a machine's output. Raises `BadInput` for a cut or foreign file."""
    try:
        collection = parse(content)
    except CannotMeasure as error:
        raise BadInput(
            Problem(
                str(file), _("no output of the collector ({detail})", detail=error.detail), _again()
            )
        ) from error
    if not collection.is_complete:
        raise BadInput(Problem(str(file), _("cut short: its end is missing"), _again()))
    spoken = collection.header.get("hostname", "") or file.stem
    name = re.sub(r"[^a-z0-9]+", "-", spoken.lower()).strip("-") or "host"
    relative = f"{FOLDER}/{name}-{sha256(content)[:8]}.txt"
    line = f"  - {{name: {json.dumps(name)}, url: {json.dumps(f'facts:{relative}')}}}"
    return _Taken(relative, content, f"facts:{relative}", line)


def _keep(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)  # it holds inventories of machines
        atomic.write(path, content)
        path.chmod(0o600)
    except OSError as error:
        raise CannotPerform(
            _("{place}: {error}", place=path, error=saying.system(error))
        ) from error
