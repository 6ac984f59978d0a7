"""Digital signatures of a file, verified by pyHanko without any network.

Those of PDF files are verified; packages of OOXML and ODF are only asked whether they hold one.
"""

import json
import logging
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import x509  # type: ignore[import-untyped]  # ships no types
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import extract_contents

from auditor import anchors
from auditor.canonical import dumps, sha256
from auditor.documents.limits import Limits
from auditor.documents.signed import Signature, SignatureFault, SignedFile
from auditor.transports.reader import sandbox
from auditor.transports.reader.pdf_signature import MALFORMED, Verifier

_HEADER_WITHIN = 1024
_MOST = 64
"""Signatures that are counted in a package; nobody signs more often."""

logging.getLogger("pyhanko").addHandler(logging.NullHandler())
logging.getLogger("pyhanko_certvalidator").addHandler(logging.NullHandler())


def main(limits: str, folder: str, now: str) -> None:
    """Verify what stands on standard input; `folder` holds certificates, or is empty."""
    bounds = Limits(**json.loads(limits))
    sandbox.enter(bounds, "")
    with open(0, "rb", closefd=False) as given:
        content = given.read(bounds.size_bytes)
    trusted = [path.read_bytes() for path in anchors.files(Path(folder))] if folder else []
    answer = dumps(asdict(read(content, trusted, datetime.fromisoformat(now))))
    while answer:
        answer = answer[os.write(1, answer) :]


def read(content: bytes, certificates: Iterable[bytes], now: datetime) -> SignedFile:
    """Verify the signatures of a file; chains are built to `certificates` (PEM or DER) only.

    Nothing is fetched: revocation is known only from what the file itself holds.
    """
    digest = sha256(content)
    if b"%PDF-" in content[:_HEADER_WITHIN]:
        roots = tuple(each for one in certificates for each in load_certs_from_pemder_data(one))
        return _pdf(content, digest, roots, now)
    if content.startswith(b"PK"):
        return _package(content, digest)
    return SignedFile(sha256=digest)


def _package(content: bytes, digest: str) -> SignedFile:
    """Look for the signature parts of OOXML (ECMA-376-2) or ODF (1.2 part 3)."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, *MALFORMED):
        return SignedFile(sha256=digest, faults=(SignatureFault.UNREADABLE,))
    parts = [
        name
        for name in names
        if (name.startswith("_xmlsignatures/") and name.endswith(".xml"))
        or name == "META-INF/documentsignatures.xml"
    ]
    unverified = Signature(faults=(SignatureFault.UNSUPPORTED,))
    return SignedFile(sha256=digest, signatures=(unverified,) * min(len(parts), _MOST))


def _pdf(
    content: bytes, digest: str, roots: tuple[x509.Certificate, ...], now: datetime
) -> SignedFile:
    try:
        reader = PdfFileReader(BytesIO(content), strict=False)
        if reader.encrypted:
            reader.decrypt("")
        fields = tuple(_signed_fields(reader))
        faults = tuple(_removed(reader, {_value(field) for _name, field in fields}))
    except MALFORMED:
        return SignedFile(sha256=digest, faults=(SignatureFault.UNREADABLE,))
    one = Verifier(content, reader, roots, now)
    found = sorted((one.verified(name, field) for name, field in fields), key=lambda pair: pair[0])
    return SignedFile(
        sha256=digest, signatures=tuple(signature for _revision, signature in found), faults=faults
    )


def _signed_fields(reader: Any) -> Iterator[tuple[str, generic.DictionaryObject]]:  # noqa: ANN401 - a reader or one of its revisions
    """Yield the fields that hold a person's signature; timestamps of the document are none."""
    for name, value, field in enumerate_sig_fields(reader, filled_status=True):
        signature = value.get_object()
        if (
            not isinstance(signature, generic.DictionaryObject)
            or signature.get("/Type") != "/DocTimeStamp"
        ):
            yield name, field.get_object()


def _value(field: generic.DictionaryObject) -> bytes:
    """Return a signature's value, or nothing where there is none."""
    try:
        return bytes(extract_contents(field["/V"]))
    except (PdfError, KeyError):
        return b""


def _removed(reader: PdfFileReader, present: set[bytes]) -> Iterator[SignatureFault]:
    """Look into every earlier revision for a signature that is there no more, or another now."""
    for revision in range(reader.xrefs.total_revisions - 1):
        earlier = reader.get_historical_resolver(revision)
        if {_value(field) for _name, field in _signed_fields(earlier)} - present:
            yield SignatureFault.REMOVED
            return
