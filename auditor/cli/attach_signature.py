"""`audit attach-signature`: a document that was signed elsewhere comes into its run's pack."""

from pathlib import Path

import click

from auditor.canonical import sha256
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
from auditor.cli.signed_words import told
from auditor.cli.signer import Signer, key_option
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.pack import attaching
from auditor.pack.container import read
from auditor.signed_papers import examine

_ENDING = "-da-ky"


@click.command(
    "attach-signature",
    help=_("Put a document that was signed elsewhere into the run's pack, and verify it."),
    epilog=_(
        "Example: audit attach-signature run.auditpack bao-cao.signed.pdf --key audit-key.pem"
        " writes run-da-ky.auditpack, sealed anew by the same key. The document must carry the"
        " digest of the run's record on every page, and a valid signature over the whole file."
        " Whether its text was edited before signing is for people to read."
    ),
)
@click.argument("pack", metavar=_("PACK"), type=FILE)
@click.argument("document", metavar=_("SIGNED_PDF"), type=FILE)
@key_option(_("the key that sealed the pack"))
@click.option(
    "--document-ca",
    "trust_folder",
    type=FOLDER,
    help=_("certificates of authorities that you trust"),
)
@click.option("--out", type=FILE, help=_("the new pack (default: PACK, ending in -da-ky)"))
@store_option
@no_store_option(_("do not enter the pack in `audit history`"))
@language_option
def command(  # noqa: PLR0913 - one parameter per option
    *,
    pack: Path,
    document: Path,
    signer: Signer,
    trust_folder: Path | None,
    out: Path | None,
    store: str,
    no_store: bool,
) -> None:
    """Put a document that was signed elsewhere into the run's pack, and verify it."""
    content, paper = content_of(pack), content_of(document)
    key = signer.key()
    made = attaching.attached(content, str(pack), paper, document.name, key)
    files = read(made).files
    found = examine(paper, attaching.record_of(files), trust_folder)
    if found.problems:
        remedy = _("Sign the document that `audit dossier` drafted from this run.")
        raise BadInput(*(Problem(str(document), problem, remedy) for problem in found.problems))
    target = out or pack.with_name(f"{pack.stem}{_ENDING}{pack.suffix}")
    keep_pack(target, made, None if no_store else store)
    (name,) = set(files) - set(read(content).files)
    echo(_("Attached: {name}", name=name))
    if found.signed is not None:
        for line in told(found.signed):
            echo(line)
    echo(_("Pack: {file} ({n} bytes)", file=target, n=len(made)))
    echo(_("SHA-256 of the pack: {digest}", digest=sha256(made)))
