"""What can be measured, on what."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from auditor.language import Language
from auditor.model import Subject
from auditor.probing import Probe

if TYPE_CHECKING:  # whoever renders has loaded them
    from collections.abc import Callable, Mapping, Sequence

    from auditor.model import AuditRecord, Site
    from auditor.trend import Course

SCHEMES = MappingProxyType(
    {
        "local": Subject.HOST,
        "facts": Subject.HOST,
        "replay": Subject.HOST,
        "ssh": Subject.HOST,
        "winrm": Subject.HOST,
        "doc": Subject.CENTRE,
        "net": Subject.NETWORK,
        "run": Subject.RUN,
    }
)
"""URL schemes and what stands behind them; `auditor.transports.open_target` opens each."""


@cache
def probes() -> Mapping[str, Probe]:
    """Return all probes by id. A file, its function and the id must be one word."""
    package = importlib.import_module("auditor.probes")
    names = sorted(each.name for each in pkgutil.iter_modules(package.__path__) if not each.ispkg)
    return MappingProxyType({name: probe(name) for name in names})


def probe(name: str) -> Probe:
    """Return one probe that there is, and load no other."""
    candidate = getattr(importlib.import_module(f"auditor.probes.{name}"), name, None)
    if not isinstance(candidate, Probe) or candidate.id != name:
        message = f"probes/{name}.py must define a probe named {name}"
        raise TypeError(message)
    return candidate


FORMATS = ("text", "json", "html", "pdf", "csv", "junit")
"""Report formats of one file; each is a module of `auditor.reports` with a function `render`."""

FOLDERS = ("oscal", "ciso")
"""Formats of several files; each is a module of `auditor.reports` with a function `files`."""


def render(
    name: str,
    record: AuditRecord,
    language: Language,
    evidence: Callable[[str], bytes | None] | None = None,
    *,
    record_sha256: str = "",
    **options: object,
) -> bytes:
    """Show a record in one format. Only the module of that format is imported.

    `evidence` returns the bytes under a digest, None where they are gone or altered; the same
    record, language and evidence give the same bytes. Who has record.json at hand gives its digest,
    which is reckoned else where a format names it.
    """
    module = importlib.import_module(f"auditor.reports.{name}")
    if getattr(module, "SHOWS_EVIDENCE", False):
        options["evidence"] = evidence
    if getattr(module, "NAMES_RECORD", False):
        options["record_sha256"] = record_sha256
    rendered = module.render(record, language, **options)
    return rendered if isinstance(rendered, bytes) else rendered.encode()


def dossier(
    record: AuditRecord, site: Site, *, record_sha256: str, pack_sha256: str = ""
) -> Mapping[str, bytes]:
    """Draft the documents of the recognition dossier; return them by file name."""
    module = importlib.import_module(f"auditor.reports.{_DOSSIER}")
    vietnamese = Language("vi")
    titles = {name: vietnamese(probe.title) for name, probe in probes().items()}
    made: Mapping[str, bytes] = module.make(
        record, site, titles, record_sha256=record_sha256, pack_sha256=pack_sha256
    )
    return made


_DOSSIER = "dossier.making"


def draw_trend(indicator: str, courses: Sequence[Course], language: Language) -> bytes:
    """Draw how the answers to an indicator went, as SVG."""
    module = importlib.import_module(f"auditor.reports.{_TREND}")
    drawn: str = module.draw(indicator, courses, language)
    return drawn.encode()


_TREND = "pictures.trend"


def render_folder(name: str, record: AuditRecord, language: Language) -> Mapping[str, bytes]:
    """Show a record in a format of several files, by their names."""
    module = importlib.import_module(f"auditor.reports.{name}")
    made: Mapping[str, bytes] = module.files(record, language)
    return made
