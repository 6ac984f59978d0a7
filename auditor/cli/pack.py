"""`audit pack`: one signed file of a finished run."""

from pathlib import Path

import click

from auditor import atomic, saying
from auditor.canonical import sha256
from auditor.cli.keygen import asked
from auditor.cli.options import FILE, FOLDER, language_option
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.pack import keys, packing


@click.command(
    "pack",
    help=_("Seal a finished run in one signed file."),
    epilog=_(
        "Example: audit pack audit-runs/20261121T080000Z-centre --key audit-key.pem. The run folder"
        " is not touched. The same run and key always give the same file. A run that is damaged, or"
        " whose verdicts do not follow from its observations, is refused."
    ),
)
@click.argument("run", metavar=_("RUN"), type=FOLDER)
@click.option("--key", "key_file", type=FILE, required=True, help=_("the private key that signs"))
@click.option("--out", type=FILE, help=_("the pack (default: beside RUN, ending in .auditpack)"))
@language_option
def command(run: Path, key_file: Path, out: Path | None) -> None:
    """Seal a finished run in one signed file."""
    key = private_key(key_file)
    content = packing.pack(run, key)
    file = out or run.resolve().with_name(run.resolve().name + packing.SUFFIX)
    remedy = _("Choose another --out.")
    try:
        if file.exists() and file.read_bytes() != content:
            raise BadInput(Problem(str(file), _("holds something else already"), remedy))
        atomic.write(file, content, is_private=True)  # it holds an inventory of machines
    except OSError as error:
        raise BadInput(Problem(str(file), saying.system(error), remedy)) from error
    click.echo(_("Pack: {file} ({n} bytes)", file=file, n=len(content)))
    click.echo(_("SHA-256 of the pack: {digest}", digest=sha256(content)))
    click.echo(_("Signed by: {key}", key=keys.fingerprint(key.public_key())))


def private_key(file: Path) -> keys.PrivateKey:
    """Read a private key, asking for its passphrase if it wants one. Raises `BadInput`."""
    try:
        content = file.read_bytes()
    except OSError as error:
        remedy = _("Make one with `audit keygen`.")
        raise BadInput(Problem(str(file), saying.system(error), remedy)) from error
    return keys.load_private(content, str(file), asked(content, file))
