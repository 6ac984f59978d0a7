"""`audit keygen`: a key that signs evidence packs."""

import os
import sys
from pathlib import Path

import click

from auditor.cli.options import FILE, content_of, language_option
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.pack import keys

PASSPHRASE = "AUDIT_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable, no passphrase


@click.command(
    "keygen",
    help=_("Make a key that signs evidence packs."),
    epilog=_(
        "Example: audit keygen --out khoa.pem writes khoa.pem, which is yours alone, and"
        " khoa.pub.pem, which the appraiser gets by another way than the packs. The passphrase is"
        " asked for, or read from AUDIT_KEY_PASSPHRASE."
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
@language_option
def command(*, out: Path, kind: str, no_passphrase: bool) -> None:
    """Make a key that signs evidence packs."""
    public = out.with_suffix(".pub.pem")
    passphrase = "" if no_passphrase else _chosen(out)
    key = keys.generate(keys.Kind(kind))
    keys.write(key, out, public, passphrase)
    if no_passphrase:
        click.echo(
            _(
                "Warning: {file} has no passphrase. Whoever copies it can sign in your name.",
                file=out,
            ),
            err=True,
        )
    click.echo(_("Private key: {file} (keep it to yourself)", file=out))
    click.echo(_("Public key: {file} (give it to the appraiser)", file=public))
    click.echo(_("Fingerprint: {key}", key=keys.fingerprint(key.public_key())))


def _chosen(out: Path) -> str:
    """Return a new passphrase from the environment or the terminal. Raises `BadInput`."""
    given = os.environ.get(PASSPHRASE)
    if given is None:
        _must_be_askable(out)
        given = click.prompt(
            _("New passphrase"), hide_input=True, confirmation_prompt=_("Once more"), err=True
        )
    if len(given) < keys.SHORTEST_PASSPHRASE:
        problem = _("the passphrase is shorter than {n} letters", n=keys.SHORTEST_PASSPHRASE)
        remedy = _("Choose a longer one, or say --no-passphrase.")
        raise BadInput(Problem(str(out), problem, remedy))
    return given


def signing_key(file: Path) -> keys.PrivateKey:
    """Read a private key, asking for its passphrase. Raises `BadInput`."""
    content = content_of(file, _("Make one with `audit keygen`."))
    return keys.load_private(content, str(file), _asked(content, file))


def _asked(content: bytes, name: Path) -> str:
    """Return the passphrase of a key that wants one, from the environment or the terminal."""
    if not keys.is_encrypted(content):
        return ""
    given = os.environ.get(PASSPHRASE)
    if given is None:
        _must_be_askable(name)
        question = _("Passphrase of {file}", file=name)
        given = str(click.prompt(question, hide_input=True, err=True))
    return given


def _must_be_askable(file: Path) -> None:
    """Refuse to wait for a person where there is none."""
    if not sys.stdin.isatty():
        problem = _("there is no terminal to ask for the passphrase")
        raise BadInput(Problem(str(file), problem, _("Set AUDIT_KEY_PASSPHRASE.")))
