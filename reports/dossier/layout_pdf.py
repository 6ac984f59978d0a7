"""A document as PDF/A-2b."""

import io
from dataclasses import asdict

from ..typeset import typeset
from .paper import Paper
from .source import Source
from .stamp import qr


def pdf(paper: Paper, source: Source) -> bytes:
    """Return the document, dated as the record is."""
    code = io.BytesIO()
    qr(paper.stamp.address).save(code, kind="svg", xmldecl=False, nl=False)
    data = {**asdict(paper), "qr": code.getvalue().decode(), "centre": source.centre}
    return typeset("dossier.typ", "paper", data, source.record.finished_at)
