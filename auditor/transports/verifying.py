"""Verify the signatures of a document in a process of its own, as documents are read."""

import os
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from auditor.canonical import dumps
from auditor.documents.limits import DEFAULT
from auditor.documents.signed import SignedFile
from auditor.errors import CannotMeasure
from auditor.model import Failure
from auditor.transports.files import opened
from auditor.transports.reading import confined

_VERIFIER = "auditor.transports.reader.signatures"
_LIMITS = replace(DEFAULT, seconds=30.0, grace_s=5.0)
"""No honest file takes a tenth of it; several hostile ones must fit into one measurement."""

_ANSWER: TypeAdapter[SignedFile] = TypeAdapter(SignedFile)


def verify(path: Path, trust_folder: Path | None) -> SignedFile:
    """Verify a file, which is opened for reading only. Raises `CannotMeasure`.

    `trust_folder` holds the certificates that chains may lead to; without it no chain is known.
    """
    limits = dumps(asdict(_LIMITS)).decode()
    folder = str(trust_folder) if trust_folder else ""
    with opened(path) as file:
        if os.fstat(file.fileno()).st_size > _LIMITS.size_bytes:
            raise CannotMeasure(
                Failure.COMMAND_FAILED, f"{path}: larger than {_LIMITS.size_bytes} bytes"
            )
        answer = confined(_VERIFIER, (limits, folder, datetime.now(UTC).isoformat()), file, _LIMITS)
    try:
        return _ANSWER.validate_json(answer)
    except ValidationError as error:
        raise CannotMeasure(Failure.UNPARSABLE, f"{path}: {error.error_count()}") from error
