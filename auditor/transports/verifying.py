"""Verify the signatures of a document in a process of its own, as documents are read."""

import re
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from auditor.canonical import dumps, sha256
from auditor.documents.limits import DEFAULT
from auditor.documents.signed import SignedFile
from auditor.errors import CannotMeasure
from auditor.model import Failure
from auditor.transports.files import opened
from auditor.transports.reading import confined

_VERIFIER = "auditor.transports.reader.signatures"
_LIMITS = replace(DEFAULT, seconds=30.0, grace_s=5.0)
"""No honest file takes a tenth of it; several hostile ones must fit into one measurement."""

_ESCAPED_NAME = re.compile(rb"/\w*(?:#[0-9A-Fa-f]{2}\w*)+")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")

_ANSWER: TypeAdapter[SignedFile] = TypeAdapter(SignedFile)


def verify(path: Path, trust_folder: Path | None) -> SignedFile:
    """Verify a file, which is opened for reading only. Raises `CannotMeasure`.

    `trust_folder` holds the certificates that chains may lead to; without it no chain is known.
    """
    limits = dumps(asdict(_LIMITS)).decode()
    folder = str(trust_folder) if trust_folder else ""
    with opened(path) as file:
        content = file.read(_LIMITS.size_bytes + 1)
        if len(content) > _LIMITS.size_bytes:
            raise CannotMeasure(
                Failure.COMMAND_FAILED, f"{path}: larger than {_LIMITS.size_bytes} bytes"
            )
        if not may_be_signed(content):  # most files: a process for each would take long
            return SignedFile(sha256=sha256(content))
        file.seek(0)
        answer = confined(_VERIFIER, (limits, folder, datetime.now(UTC).isoformat()), file, _LIMITS)
    try:
        return _ANSWER.validate_json(answer)
    except ValidationError as error:
        raise CannotMeasure(Failure.UNPARSABLE, f"{path}: {error.error_count()}") from error


def may_be_signed(content: bytes) -> bool:
    """Whether a file's bytes hold what no signature does without, in PDF, OOXML or ODF.

    The byte range of a PDF signature is never compressed (ISO 32000-2, 12.8.1), its name may be
    written with escapes (7.3.5); a package lists the names of its parts in the clear. A PDF file
    without an end may have lost its signature.
    """
    is_cut = b"%PDF-" in content and b"%%EOF" not in content[-1024:]
    if is_cut or b"ByteRange" in content or b"signatures" in content:
        return True
    named = (_ESCAPED_NAME.findall(content)) if b"%PDF-" in content else ()
    return any(
        _ESCAPE.sub(lambda hexed: bytes([int(hexed[1], 16)]), name) == b"/ByteRange"
        for name in named
    )
