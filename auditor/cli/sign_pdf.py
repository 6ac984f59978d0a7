"""`audit sign-pdf`: a person's own signature under a PDF (PAdES)."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from auditor import atomic, pdf_signing, saying
from auditor.cli.options import FILE, content_of, language_option
from auditor.cli.signed_words import found_in, told
from auditor.errors import BadInput, CannotPerform, Problem
from auditor.language import _

PASSPHRASE = "AUDIT_SIGN_PASSPHRASE"  # noqa: S105 - the name of a variable, no passphrase
_SUFFIX = ".signed.pdf"


@click.command(
    "sign-pdf",
    help=_("Sign a PDF with a key from a PKCS#12 file (PAdES)."),
    epilog=_(
        "Example: audit sign-pdf ho-so/bao-cao.pdf --pkcs12 khoa.p12 writes"
        " ho-so/bao-cao.signed.pdf; the file itself is not touched. The passphrase is asked for, or"
        " read from AUDIT_SIGN_PASSPHRASE. Nothing is drawn on the pages. Where your key lies on a"
        " token, sign with the program of your certificate authority."
    ),
)
@click.argument("file", metavar=_("FILE"), type=FILE)
@click.option("--pkcs12", type=FILE, required=True, help=_("key and certificate, .p12 or .pfx"))
@click.option("--out", type=FILE, help=_("the signed file (default: FILE, ending in .signed.pdf)"))
@language_option
def command(file: Path, pkcs12: Path, out: Path | None) -> None:
    """Sign a PDF with a key from a PKCS#12 file."""
    content, key = content_of(file), content_of(pkcs12)
    signer = pdf_signing.from_pkcs12(key, str(pkcs12), _passphrase(pkcs12), datetime.now(UTC))
    made = pdf_signing.signed(content, str(file), signer)
    target = out or file.with_suffix(_SUFFIX)
    found = found_in(made, str(target))
    if found.is_valid is not True:
        for line in told(found):
            click.echo(line, err=True)
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
    click.echo(_("Signed: {file}", file=target))
    for line in told(found):
        click.echo(line)


def _passphrase(file: Path) -> str:
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        problem = _("there is no terminal to ask for the passphrase")
        raise BadInput(Problem(str(file), problem, _("Set AUDIT_SIGN_PASSPHRASE.")))
    question = _("Passphrase of {file}", file=file)
    return str(click.prompt(question, hide_input=True, default="", show_default=False, err=True))
