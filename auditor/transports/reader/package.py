"""Office Open XML files are zip archives: unpacked once here, counted, before anybody parses."""

import io
import re
import zipfile
import zlib

from auditor.documents.text import ReadingFault
from auditor.transports.reader.draft import Draft, Stopped

_CHUNK = 2**20
_PROPERTIES = "docProps/app.xml"
_APPLICATION = re.compile(rb"<Application>([^<]{1,200})<")
_MARKS = ("<!DOCTYPE", "<!ENTITY")
_ENCODINGS = ("ascii", "utf-16-le", "utf-16-be")
_DECLARATIONS = tuple(mark.encode(encoding) for mark in _MARKS for encoding in _ENCODINGS)


def names(content: bytes) -> frozenset[str]:
    """Return the names of the parts; none if the archive is broken."""
    try:
        return frozenset(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return frozenset()


def producer(content: bytes) -> str:
    """Return what wrote a checked package, as it says itself (ECMA-376 Part 1, 15.2.12.3)."""
    if _PROPERTIES not in names(content):
        return ""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = _APPLICATION.search(archive.read(_PROPERTIES))
    return found[1].decode(errors="replace") if found else ""


def check(content: bytes, draft: Draft) -> None:
    """Unpack every part once and throw it away. Raises `Stopped`.

    Declared sizes can lie, so the bytes are counted. A declaration of a document type is refused:
    ECMA-376 Part 2 (OPC), 8.1.4 forbids it, and entities are how small XML becomes huge.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
        left = draft.limits.unpacked_bytes
        if len(parts) > draft.limits.parts or sum(part.file_size for part in parts) > left:
            raise Stopped(ReadingFault.BOMB)
        if any(part.flag_bits & 1 for part in parts):
            raise Stopped(ReadingFault.ENCRYPTED)
        for part in parts:
            left = _unpack(archive, part, left)
            draft.in_time()
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError) as error:
        raise Stopped(ReadingFault.BROKEN) from error
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        draft.faults.add(ReadingFault.MACROS)


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    is_xml = part.filename.lower().endswith((".xml", ".rels"))
    before = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            left -= len(chunk)
            seen = before + chunk
            if left < 0 or (is_xml and any(mark in seen for mark in _DECLARATIONS)):
                raise Stopped(ReadingFault.BOMB)
            before = chunk[-32:]
    return left
