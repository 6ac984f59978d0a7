"""The reports of a pack, made again from its record."""

import re
from collections.abc import Mapping

from auditor import __version__, catalogue
from auditor.canonical import sha256
from auditor.language import CODES, Language, _
from auditor.model import AuditRecord, NotMeasured
from auditor.outcome import as_data
from auditor.pack.container import Fault
from auditor.pack.forms import DOSSIER
from auditor.pack.source import Files
from auditor.runfolder import EVIDENCE, RECORD
from auditor.telling import tell

_REPORTS = ("html", "pdf")
_LANGUAGE = re.compile(rb'<html lang="([a-z]{2})"')
_MAKER = re.compile(rb"/Creator\(([^)]{1,40})\)")

Found = tuple[tuple[Fault, ...], tuple[str, ...]]
"""What is wrong, and what could not be compared."""


def compare(record: AuditRecord, files: Files) -> Found:
    """Make each report again with the version that made it, and compare the bytes."""
    there = [name for name in _REPORTS if f"report.{name}" in files]
    if record.tool_version != __version__:
        note = _("The reports were made by version {old} and were not compared; this is {new}.",
                 old=record.tool_version, new=__version__)  # fmt: skip
        return (), (note,) if there else ()
    faults: list[Fault] = []
    notes: list[str] = []
    language = _language(files)
    for name in there:
        tell(_("Making the reports again"))
        path = f"report.{name}"
        made = _made(name, record, files, language)
        if isinstance(made, NotMeasured):
            faults.append(Fault(path, _("cannot be made from the record ({problem})",
                                        problem=made.detail)))  # fmt: skip
        elif sha256(made) == files.digest(path):
            continue
        elif _maker(made) != (theirs := _maker(files[path])):
            notes.append(_("{file} was made by {old} and was not compared; here is {new}.",
                           file=path, old=theirs, new=_maker(made)))  # fmt: skip
        else:
            faults.append(Fault(path, _("not the report that follows from the record")))
    return tuple(faults), tuple(notes)


def _made(name: str, record: AuditRecord, files: Files, language: Language) -> bytes | NotMeasured:
    """Make one report as a run does, with its evidence; that of a public copy has none."""

    def evidence(digest: str) -> bytes | None:
        return files.get(f"{EVIDENCE}/{digest}")

    given = None if DOSSIER in files else evidence
    digest = files.digest(RECORD)
    return as_data(lambda: catalogue.render(name, record, language, given, record_sha256=digest))


def _language(files: Mapping[str, bytes]) -> Language:
    """Return the language of the run, which its page names; both reports are in the same."""
    found = _LANGUAGE.search(files.get("report.html", b"")[:200])
    code = found[1].decode() if found else ""
    return Language(code if code in CODES else CODES[0])


def _maker(content: bytes) -> str:
    """Return the program that set a PDF, whose bytes are its own; nothing for a page."""
    found = _MAKER.search(content) if content.startswith(b"%PDF-") else None
    return found[1].decode("ascii", "replace") if found else ""
