"""`audit sign-pdf`: a person's own signature under a PDF (PAdES)."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from auditor import atomic, pdf_signing, saying
from auditor.cli.options import FILE, content_of, language_option
from auditor.cli.page import echo
from auditor.cli.signed_words import found_in, told
from auditor.cli.signer import Signer, token_option
from auditor.errors import BadInput, CannotPerform, Problem
from auditor.language import _

PASSPHRASE = "AUDIT_SIGN_PASSPHRASE"  # noqa: S105 - the name of a variable, no passphrase
_SUFFIX = ".signed.pdf"


@click.command(
    "sign-pdf",
    help=_("Sign a PDF with a key from a PKCS#12 file or on a token (PAdES)."),
    epilog=_(
        "Example: audit sign-pdf ho-so/bao-cao.pdf --pkcs12 khoa.p12 writes"
        " ho-so/bao-cao.signed.pdf; the file itself is not touched. The passphrase is asked for, or"
        " read from AUDIT_SIGN_PASSPHRASE. Nothing is drawn on the pages. With --token the key"
        " signs on the token, which must hold its certificate; its PIN is asked for once, or read"
        " from AUDIT_TOKEN_PIN."
    ),
)
@click.argument("file", metavar=_("FILE"), type=FILE)
@click.option("--pkcs12", type=FILE, help=_("key and certificate, .p12 or .pfx"))
@token_option
@click.option("--out", type=FILE, help=_("the signed file (default: FILE, ending in .signed.pdf)"))
@language_option
def command(*, file: Path, pkcs12: Path | None, signer: Signer, out: Path | None) -> None:
    """Sign a PDF with a key from a PKCS#12 file or on a token."""
    if bool(pkcs12) == bool(signer):
        raise click.UsageError(_("give one of --pkcs12 and --token"))
    content, now = content_of(file), datetime.now(UTC)
    if pkcs12:
        key, secret = content_of(pkcs12), _passphrase(pkcs12)
        by = pdf_signing.from_pkcs12(key, str(pkcs12), secret, now)
        made = pdf_signing.signed(content, str(file), by)
    else:
        made = _on_token(content, str(file), signer, now)
    target = out or file.with_suffix(_SUFFIX)
    found = found_in(made, str(target))
    if found.is_valid is not True:
        for line in told(found):
            echo(line, err=True)
        raise CannotPerform(
            _("{file}: the signature made does not hold; nothing is written", file=file)
        )
    if target.exists():
        problem = _("exists already")
        raise BadInput(Problem(str(target), problem, _("Choose another --out.")))
    try:
        atomic.write(target, made, is_private=True)
    except OSError as error:
        remedy = _("Choose another --out.")
        raise BadInput(Problem(str(target), saying.system(error), remedy)) from error
    echo(_("Signed: {file}", file=target))
    for line in told(found):
        echo(line)


def _on_token(content: bytes, name: str, signer: Signer, now: datetime) -> bytes:
    from auditor.transports.token import told as complaints  # noqa: PLC0415 - with a token only

    by = pdf_signing.from_token(signer.on_token(), now)
    with complaints():
        return pdf_signing.signed(content, name, by)


def _passphrase(file: Path) -> str:
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        problem = _("there is no terminal to ask for the passphrase")
        raise BadInput(Problem(str(file), problem, _("Set AUDIT_SIGN_PASSPHRASE.")))
    question = _("Passphrase of {file}", file=file)
    return str(click.prompt(question, hide_input=True, default="", show_default=False, err=True))
