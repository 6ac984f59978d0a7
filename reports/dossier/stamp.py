"""Which run a document comes from: digests in words, and as an address for the QR code.

The digest of the record is always there: it exists before any pack and stays the same in every
pack of the run. That of a pack joins it when the pack is known.
"""

import io
from urllib.parse import quote

import segno

from auditor.model import AuditRecord

from ..clean import visible
from .paper import Stamp

_SCHEME = "urn:audit:dossier:v1"


def address(run: str, record_sha256: str, pack_sha256: str = "") -> str:
    """Return what a QR code says: the run, the digest of its record, and of a pack if given."""
    said = f"{_SCHEME}?run={quote(run)}&record={record_sha256}"
    return f"{said}&pack={pack_sha256}" if pack_sha256 else said


def stamp(record: AuditRecord, record_sha256: str, pack_sha256: str) -> Stamp:
    """Return the stamp of a run; `pack_sha256` is empty where no pack is given."""
    run = visible(record.run_id)
    lines = [f"Phiên rà soát: {run}", f"SHA-256 của bản ghi (record.json): {record_sha256}"]
    if pack_sha256:
        lines.append(f"SHA-256 của gói minh chứng: {pack_sha256}")
    return Stamp(tuple(lines), address(run, record_sha256, pack_sha256))


def qr(said: str) -> segno.QRCode:
    """Return the QR code of an address, with 15 % of it spare for stains (level M)."""
    return segno.make_qr(said, error="m", boost_error=False)


def qr_svg(said: str) -> str:
    """Return the same as SVG, to be set into a PDF."""
    code = io.BytesIO()
    qr(said).save(code, kind="svg", xmldecl=False, nl=False)
    return code.getvalue().decode()
