"""`audit keygen`: a key that signs evidence packs."""

import os
from pathlib import Path

import click

from auditor.cli.options import FILE, language_option
from auditor.cli.page import echo
from auditor.cli.signer import PASSPHRASE, Signer, must_be_askable, token_option
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.pack import keys


@click.command(
    "keygen",
    help=_("Make a key that signs evidence packs."),
    epilog=_(
        "Example: audit keygen --out khoa.pem writes khoa.pem, which is yours alone, and"
        " khoa.pub.pem, which the appraiser gets by another way than the packs. The passphrase is"
        " asked for, or read from AUDIT_KEY_PASSPHRASE. With --token no key is made: the public"
        " half of one that lies on a token is written."
    ),
)
@click.option(
    "--out", type=FILE, default=Path("audit-key.pem"), show_default=True,
    help=_("file of the private key; the public key is written beside it"),
)  # fmt: skip
@click.option(
    "--kind", type=click.Choice([kind.value for kind in keys.Kind]), default="ed25519",
    show_default=True, help=_("kind of key"),
)  # fmt: skip
@click.option("--no-passphrase", is_flag=True, help=_("leave the private key unencrypted"))
@token_option
@language_option
def command(*, out: Path, kind: str, no_passphrase: bool, signer: Signer) -> None:
    """Make a key that signs evidence packs."""
    public = out.with_suffix(".pub.pem")
    if signer:
        if no_passphrase:
            raise click.UsageError(_("--no-passphrase does not go with --token"))
        shown = signer.key().public_key()
        keys.write_public(shown, public)
        _told(public, shown)
        return
    passphrase = "" if no_passphrase else _chosen(out)
    key = keys.generate(keys.Kind(kind))
    keys.write(key, out, public, passphrase)
    if no_passphrase:
        echo(
            _(
                "Warning: {file} has no passphrase. Whoever copies it can sign in your name.",
                file=out,
            ),
            err=True,
        )
    echo(_("Private key: {file} (keep it to yourself)", file=out))
    _told(public, key.public_key())


def _told(public: Path, key: keys.PublicKey) -> None:
    echo(_("Public key: {file} (give it to the appraiser)", file=public))
    echo(_("Fingerprint: {key}", key=keys.fingerprint(key)))


def _chosen(out: Path) -> str:
    """Return a new passphrase from the environment or the terminal. Raises `BadInput`."""
    given = os.environ.get(PASSPHRASE)
    if given is None:
        must_be_askable(out)
        given = click.prompt(
            _("New passphrase"), hide_input=True, confirmation_prompt=_("Once more"), err=True
        )
    if len(given) < keys.SHORTEST_PASSPHRASE:
        problem = _("the passphrase is shorter than {n} letters", n=keys.SHORTEST_PASSPHRASE)
        remedy = _("Choose a longer one, or say --no-passphrase.")
        raise BadInput(Problem(str(out), problem, remedy))
    return given
