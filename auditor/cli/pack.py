"""`audit pack`: one signed file of a finished run."""

from pathlib import Path

import click

from auditor.canonical import sha256
from auditor.cli import signing
from auditor.cli.keeping import keep
from auditor.cli.kept_packs import keep_pack
from auditor.cli.options import (
    FILE,
    FOLDER,
    content_of,
    language_option,
    no_store_option,
    store_option,
)
from auditor.cli.page import echo
from auditor.cli.signer import Signer, key_option
from auditor.cli.working import working
from auditor.language import _, current
from auditor.pack import keys, packing, publishing, secret


@click.command(
    "pack",
    help=_("Seal a finished run in one signed file."),
    epilog=_(
        "Example: audit pack audit-runs/20261121T080000Z-centre --key audit-key.pem. The run folder"
        " is not touched. The same run and key always give the same file. A run that is damaged, or"
        " whose verdicts do not follow from its observations, is refused. With --dossier also a"
        " public copy, in which names, addresses and weaknesses are hidden. With --tsa the address"
        " named there, and nothing else, is asked for a time-stamp."
    ),
)
@click.argument("run", metavar=_("RUN"), type=FOLDER)
@key_option(_(signing.KEY_WORDS))
@click.option(
    "--certificates", "chain_file", type=FILE,
    help=_("certificates to carry along, the key's first (PEM; default: those on the token)"),
)  # fmt: skip
@click.option("--tsa", metavar="URL", help=_("time-stamp authority to ask (RFC 3161)"))
@signing.authority_option
@click.option("--out", type=FILE, help=_("the pack (default: beside RUN, ending in .auditpack)"))
@click.option("--dossier", is_flag=True, help=_("make the public copy for the dossier as well"))
@click.option(
    "--secret",
    "secret_file",
    type=FILE,
    help=_("secret of the public copy (default: beside the pack; made if it is missing)"),
)
@store_option
@no_store_option(_("do not enter the pack in `audit history`"))
@language_option
def command(  # noqa: PLR0913 - one parameter per option
    run: Path,
    *,
    signer: Signer,
    chain_file: Path | None,
    tsa: str | None,
    tsa_ca: Path | None,
    out: Path | None,
    secret_file: Path | None,
    dossier: bool,
    store: str,
    no_store: bool,
) -> None:
    """Seal a finished run in one signed file."""
    if secret_file and not dossier:
        raise click.UsageError(_("--secret is for --dossier"))
    key = signer.key()
    file = out or run.resolve().with_name(run.resolve().name + packing.SUFFIX)
    chain = signing.chain_of(chain_file, key)
    with working(_("Sealing")):
        content = packing.pack(run, key, chain)
    if tsa:
        content = signing.stamped(content, str(file), key, tsa, tsa_ca)
    history = None if no_store else store
    keep_pack(file, content, history)
    echo(_("Pack: {file} ({n} bytes)", file=file, n=len(content)))
    echo(_("SHA-256 of the pack: {digest}", digest=sha256(content)))
    echo(_("Signed by: {key}", key=keys.fingerprint(key.public_key())))
    if dossier:
        _publish(file, content, key, secret_file, history)


def _publish(
    full: Path, content: bytes, key: keys.SigningKey, given: Path | None, history: str | None
) -> None:
    stem = full.name.removesuffix(packing.SUFFIX)
    secret_file = given or full.with_name(stem + secret.SUFFIX)
    if secret_file.exists():
        kept = secret.load(content_of(secret_file), str(secret_file))
    else:
        kept = secret.new()
        keep(secret_file, secret.written(kept))
    file = full.with_name(stem + publishing.SUFFIX)
    with working(_("Making the public copy")):
        copy = publishing.publish(content, key, kept, current())
    keep_pack(file, copy, history)
    echo(_("Public copy: {file} ({n} bytes)", file=file, n=len(copy)))
    echo(_("SHA-256 of the public copy: {digest}", digest=sha256(copy)))
    echo(_("Secret, to be kept with the full pack and never given away: {file}",
                 file=secret_file))  # fmt: skip
