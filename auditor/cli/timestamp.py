"""`audit timestamp`: a time-stamp for a pack that has none, or a newer one."""

from pathlib import Path

import click

from auditor.canonical import sha256
from auditor.cli import signing
from auditor.cli.kept_packs import keep_pack
from auditor.cli.options import (
    FILE,
    content_of,
    language_option,
    no_store_option,
    put,
    store_option,
)
from auditor.cli.page import echo
from auditor.cli.signer import Signer, key_option
from auditor.language import _
from auditor.pack import packing, stamping


@click.command(
    "timestamp",
    help=_("Attach a time-stamp (RFC 3161) to a pack."),
    epilog=_(
        "Example: audit timestamp run.auditpack --key audit-key.pem --tsa http://tsa.example.vn/."
        " Without a network: --request run.tsq writes the question, any machine may send it (curl),"
        " and --response run.tsr attaches the answer. The key signs what is attached."
    ),
)
@click.argument("pack", metavar=_("PACK"), type=FILE)
@key_option(_(signing.KEY_WORDS))
@click.option("--tsa", metavar="URL", help=_("time-stamp authority to ask (RFC 3161)"))
@click.option("--request", type=FILE, help=_("only write the question here"))
@click.option("--response", type=FILE, help=_("attach this answer, got elsewhere"))
@signing.authority_option
@store_option
@no_store_option(_("do not enter the pack in `audit history`"))
@language_option
def command(  # noqa: PLR0913 - one parameter per option
    pack: Path,
    *,
    signer: Signer,
    tsa: str | None,
    request: Path | None,
    response: Path | None,
    tsa_ca: Path | None,
    store: str,
    no_store: bool,
) -> None:
    """Attach a time-stamp to a pack."""
    if sum(map(bool, (tsa, request, response))) != 1:
        raise click.UsageError(_("give one of --tsa, --request and --response"))
    content = content_of(pack)
    key = signer.key()
    if request:
        envelope = packing.envelope_of(content, str(pack), key.public_key())
        put(stamping.request(envelope), request)
        return
    if response:
        answer = content_of(response)
        content = signing.with_response(content, answer, str(response), key, tsa_ca)
    else:
        content = signing.stamped(content, str(pack), key, str(tsa), tsa_ca)
    keep_pack(pack, content, None if no_store else store, replace=True)
    echo(_("SHA-256 of the pack: {digest}", digest=sha256(content)))
