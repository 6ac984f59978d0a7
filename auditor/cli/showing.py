"""A record as it is shown: in a format of `auditor.reports`, fitted to the terminal."""

import os
import sys
from pathlib import Path

from auditor import catalogue
from auditor.canonical import sha256
from auditor.cli.options import PLAIN_WIDTH
from auditor.cli.page import width
from auditor.evidence import EvidenceFolder
from auditor.language import current
from auditor.model import AuditRecord
from auditor.runfolder import EVIDENCE, RECORD


def colour() -> bool:
    """Tell whether standard output wants colour (https://no-color.org)."""
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def shown(record: AuditRecord, form: str, folder: Path | None = None) -> bytes:
    """Render a record; text fits the terminal that will show it. `folder` holds its evidence."""
    if form != "text":
        evidence = EvidenceFolder(folder / EVIDENCE).read if folder else None
        digest = sha256((folder / RECORD).read_bytes()) if folder else ""
        return catalogue.render(form, record, current(), evidence, record_sha256=digest)
    fitting = width() if sys.stdout.isatty() else PLAIN_WIDTH
    return catalogue.render(form, record, current(), width=fitting, colour=colour())
