"""`audit dossier`: the documents of a finished run, drafted for people to complete and sign."""

from pathlib import Path

import click

from auditor import catalogue, runfolder, yamlfile
from auditor.canonical import sha256
from auditor.cli.keeping import keep_all
from auditor.cli.options import FILE, FOLDER, content_of, language_option
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.model import Site
from auditor.pack.container import read
from auditor.pack.verifying import Depth, verify

SUFFIX = "-ho-so"


@click.command(
    "dossier",
    help=_("Draft the documents of the dossier from a finished run, in Vietnamese."),
    epilog=_(
        "Example: audit dossier audit-runs/20261121T080000Z-centre --out ho-so --pack"
        " 20261121T080000Z-centre.auditpack. PDF/A for reading, DOCX and XLSX for editing. Number,"
        " date and signatures stay blank. Files that you have edited are never overwritten. The"
        " file whose name ends in -han-che holds addresses: it is not for the dossier."
    ),
)
@click.argument("run", metavar=_("RUN"), type=FOLDER)
@click.option("--out", type=FOLDER, help=_("folder of the documents (default: beside RUN)"))
@click.option(
    "--pack", "pack_file", type=FILE, help=_("the run's pack, whose digest is told on every page")
)
@language_option
def command(run: Path, out: Path | None, pack_file: Path | None) -> None:
    """Draft the documents of the dossier from a finished run."""
    record = runfolder.load(run).record
    site = yamlfile.build(yamlfile.read(run / runfolder.SITE), Site)
    digest = sha256((run / runfolder.RECORD).read_bytes())
    pack_digest = _of_same_run(pack_file, digest) if pack_file else ""
    files = catalogue.dossier(record, site, record_sha256=digest, pack_sha256=pack_digest)
    folder = out or run.resolve().with_name(run.resolve().name + SUFFIX)
    keep_all(folder, files, parents=True)
    for name in files:
        click.echo(str(folder / name))
    click.echo(_("Drafts: complete number, date and signatures; nothing here is signed."))


def _of_same_run(file: Path, record_sha256: str) -> str:
    """Return the digest of a pack that is intact and of this run. Raises `BadInput`."""
    content = content_of(file)
    remedy = _("Make one of this run with `audit pack`.")
    if faults := verify(content, depth=Depth(evidence=False)).faults:
        raise BadInput(*(Problem(str(file), f"{f.file}: {f.problem}", remedy) for f in faults))
    if sha256(read(content).files[runfolder.RECORD]) != record_sha256:
        raise BadInput(Problem(str(file), _("a pack of another run"), remedy))
    return sha256(content)
