"""`audit challenge`: what an appraiser gives to a centre before it measures."""

from datetime import UTC, datetime
from pathlib import Path

import click

from auditor import atomic, saying
from auditor.cli.options import FILE, language_option
from auditor.cli.page import echo
from auditor.cli.signer import Signer, key_option
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.pack import challenge


@click.command(
    "challenge",
    help=_("Make a challenge, by which a run proves that it is no older than the question."),
    epilog=_(
        "Example: audit challenge --issuer “Sở Khoa học và Công nghệ” --out thach-thuc.json writes"
        " thach-thuc.pub.json, which goes to the centre for `audit run --challenge`, and"
        " thach-thuc.json with the nonce, which you keep to yourself until the pack is there."
    ),
)
@click.option("--out", type=FILE, required=True, help=_("your own copy, with the nonce"))
@click.option("--issuer", required=True, help=_("who issues it"))
@key_option(_("sign it with this key of `audit keygen`"), is_needed=False)
@language_option
def command(out: Path, issuer: str, signer: Signer) -> None:
    """Make a challenge."""
    public = out.with_suffix(f".pub{out.suffix}")
    for path in (out, public):
        if path.exists():
            remedy = _("Choose another --out; no challenge is overwritten.")
            raise BadInput(Problem(str(path), _("exists already"), remedy))
    key = signer.key() if signer else None
    own, given = challenge.create(" ".join(issuer.split()), datetime.now(UTC), key)
    challenge.parse(own, "--issuer")
    try:
        atomic.write(out, own, is_private=True)
        atomic.write(public, given)
    except OSError as error:
        remedy = _("Choose another --out.")
        raise BadInput(Problem(str(out), saying.system(error), remedy)) from error
    loaded = challenge.parse(given, str(public))
    echo(_("For the centre: {file}", file=public))
    echo(_("For you alone, until the pack is there: {file}", file=out))
    echo(_("Digest of the nonce: {digest}", digest=loaded.challenge.nonce_sha256))
