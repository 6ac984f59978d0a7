"""`audit dossier`: the documents of a finished run, drafted for people to complete and sign."""

from collections.abc import Mapping
from pathlib import Path

import click

from auditor import catalogue, runfolder, yamlfile
from auditor.canonical import sha256
from auditor.cli.keeping import keep_all
from auditor.cli.options import FILE, FOLDER, content_of, language_option
from auditor.cli.page import echo
from auditor.cli.working import working
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.model import Centre, Site
from auditor.pack import publishing
from auditor.pack.container import read
from auditor.pack.verifying import Depth, verify
from auditor.site_rules import SCHEMA

SUFFIX, PUBLIC = "-ho-so", "-cong-khai"


@click.command(
    "dossier",
    help=_("Draft the documents of the dossier from a finished run, in Vietnamese."),
    epilog=_(
        "Example: audit dossier audit-runs/20261121T080000Z-centre --out ho-so --pack"
        " 20261121T080000Z-centre.auditpack. PDF/A for reading, DOCX and XLSX for editing. Number,"
        " date and signatures stay blank. Files that you have edited are never overwritten. The"
        " file whose name ends in -han-che holds addresses: it is not for the dossier. In place of"
        " RUN a public copy (`audit pack --dossier`): the documents then say that they are public"
        " ones, and hold nothing that the copy hides."
    ),
)
@click.argument("run", metavar=_("RUN"), type=click.Path(path_type=Path))
@click.option("--out", type=FOLDER, help=_("folder of the documents (default: beside RUN)"))
@click.option(
    "--pack", "pack_file", type=FILE, help=_("the run's pack, whose digest is told on every page")
)
@language_option
def command(run: Path, out: Path | None, pack_file: Path | None) -> None:
    """Draft the documents of the dossier from a finished run, or from a public copy."""
    if run.is_file():
        if pack_file:
            raise click.UsageError(_("--pack goes with a run folder: a public copy is a pack"))
        name = f"{run.resolve().name.removesuffix(publishing.SUFFIX)}{SUFFIX}{PUBLIC}"
    else:
        name = run.resolve().name + SUFFIX
    with working(_("Making the documents")):
        files = _of_public_copy(run) if run.is_file() else _of_run(run, pack_file)
    folder = out or run.resolve().with_name(name)
    keep_all(folder, files, parents=True)
    for file in files:
        echo(str(folder / file))
    echo(_("Drafts: complete number, date and signatures; nothing here is signed."))


def _of_run(run: Path, pack_file: Path | None) -> Mapping[str, bytes]:
    record = runfolder.load(run).record
    site = yamlfile.build(yamlfile.read(run / runfolder.SITE), Site)
    digest = sha256((run / runfolder.RECORD).read_bytes())
    pack_digest = _of_same_run(pack_file, digest) if pack_file else ""
    return catalogue.dossier(record, site, record_sha256=digest, pack_sha256=pack_digest)


def _of_public_copy(file: Path) -> Mapping[str, bytes]:
    """Draft from what a public copy holds, and from nothing else. Raises `BadInput`."""
    content = content_of(file)
    remedy = _("Make a public copy with `audit pack --dossier`.")
    found = verify(content, depth=Depth(evidence=False))
    if found.faults or found.record is None:
        told = (Problem(str(file), f"{f.file}: {f.problem}", remedy) for f in found.faults)
        raise BadInput(*told)
    if found.record.public_copy is None:
        told_so = _("a full pack: documents made from it are no public ones")
        raise BadInput(Problem(str(file), told_so, _("Give the run folder, or its public copy.")))
    site = Site(schema=SCHEMA, centre=Centre(id=PUBLIC.strip("-"), name=found.record.centre))
    digest = sha256(read(content).files[runfolder.RECORD])
    return catalogue.dossier(found.record, site, record_sha256=digest, pack_sha256=sha256(content))


def _of_same_run(file: Path, record_sha256: str) -> str:
    """Return the digest of a pack that is intact and of this run. Raises `BadInput`."""
    content = content_of(file)
    remedy = _("Make one of this run with `audit pack`.")
    if faults := verify(content, depth=Depth(evidence=False)).faults:
        raise BadInput(*(Problem(str(file), f"{f.file}: {f.problem}", remedy) for f in faults))
    if sha256(read(content).files[runfolder.RECORD]) != record_sha256:
        raise BadInput(Problem(str(file), _("a pack of another run"), remedy))
    return sha256(content)
