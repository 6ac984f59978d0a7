"""`audit pack`: one signed file of a finished run."""

from pathlib import Path

import click

from auditor.canonical import sha256
from auditor.cli import signing
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
        " whose verdicts do not follow from its observations, is refused. With --tsa the address"
        " named there, and nothing else, is asked for a time-stamp."
    ),
)
@click.argument("run", metavar=_("RUN"), type=FOLDER)
@signing.key_option
@click.option(
    "--certificates", "chain_file", type=FILE,
    help=_("certificates of the key to carry along, its own first (PEM)"),
)  # fmt: skip
@click.option("--tsa", metavar="URL", help=_("time-stamp authority to ask (RFC 3161)"))
@signing.authority_option
@click.option("--out", type=FILE, help=_("the pack (default: beside RUN, ending in .auditpack)"))
@language_option
def command(  # noqa: PLR0913 - one parameter per option
    run: Path,
    *,
    key_file: Path,
    chain_file: Path | None,
    tsa: str | None,
    tsa_ca: Path | None,
    out: Path | None,
) -> None:
    """Seal a finished run in one signed file."""
    key = signing.key_of(key_file)
    file = out or run.resolve().with_name(run.resolve().name + packing.SUFFIX)
    pack = packing.pack(run, key, signing.chain_of(chain_file, key))
    if tsa:
        pack = signing.stamped(pack, str(file), key, tsa, tsa_ca)
    if file.exists() and signing.content(file) != pack:
        remedy = _("Choose another --out.")
        raise BadInput(Problem(str(file), _("holds something else already"), remedy))
    signing.write(file, pack)
    click.echo(_("Pack: {file} ({n} bytes)", file=file, n=len(pack)))
    click.echo(_("SHA-256 of the pack: {digest}", digest=sha256(pack)))
    click.echo(_("Signed by: {key}", key=keys.fingerprint(key.public_key())))
