"""PDF/A-2b for the dossier, set by Typst with the shipped fonts only."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib.resources import files
from typing import Any

import typst

from auditor.language import Language
from auditor.model import AuditRecord

from .brief import brief
from .compose import compose
from .glyphs import FONTS, drawable

MEDIA = "application/pdf"
SUFFIX = ".pdf"


def render(record: AuditRecord, language: Language) -> bytes:
    """Return the document, dated as the record is. All data goes in as JSON, never as markup.

    Raises `typst.TypstError` if the template is broken.
    """
    template = (files(__package__) / "templates" / "report.typ").read_bytes()
    data = json.dumps(
        _drawable(asdict(brief(compose(record, language), language))), ensure_ascii=False
    )
    return typst.compile(
        template,
        sys_inputs={"report": data},
        format="pdf",
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[FONTS]),
        ignore_system_fonts=True,
        pdf_standards="a-2b",
        timestamp=int(record.finished_at.timestamp()),
    )


def _drawable(part: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    if isinstance(part, str):
        return drawable(part)
    if isinstance(part, Mapping):
        return {key: _drawable(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_drawable(value) for value in part]
    return part
