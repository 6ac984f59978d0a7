"""A document as PDF/A-2b."""

from dataclasses import asdict

from ..typeset import typeset
from .paper import Paper
from .source import Source
from .stamp import qr_svg


def pdf(paper: Paper, source: Source) -> bytes:
    """Return the document, dated as the record is."""
    data = {**asdict(paper), "qr": qr_svg(paper.stamp.address), "centre": source.centre}
    return typeset("dossier.typ", "paper", data, source.record.finished_at)
