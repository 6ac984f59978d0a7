"""What a file is, by its content, and which names go with it."""

from enum import StrEnum
from pathlib import PurePath

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Media(StrEnum):
    """Media types that are told apart (IANA)."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    OLE = "application/x-ole-storage"
    ZIP = "application/zip"
    RTF = "application/rtf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TIFF = "image/tiff"
    BMP = "image/bmp"
    WEBP = "image/webp"
    TEXT = "text/plain"
    UNKNOWN = "application/octet-stream"


PICTURES = frozenset({Media.PNG, Media.JPEG, Media.TIFF, Media.BMP, Media.WEBP})

_STARTS = (
    (_OLE, Media.OLE),
    (b"{\\rtf", Media.RTF),
    (b"\x89PNG\r\n\x1a\n", Media.PNG),
    (b"\xff\xd8\xff", Media.JPEG),
    (b"II*\0", Media.TIFF),
    (b"MM\0*", Media.TIFF),
    (b"BM", Media.BMP),
    (b"PK\x03\x04", Media.ZIP),
    (b"PK\x05\x06", Media.ZIP),
)
_SUFFIXES = {
    Media.PDF: {".pdf"},
    Media.DOCX: {".docx", ".docm", ".dotx", ".dotm"},
    Media.XLSX: {".xlsx", ".xlsm", ".xltx"},
    Media.OLE: {".doc", ".xls", ".ppt", ".docx", ".xlsx", ".msg", ".dot", ".docm", ".xlsm"},
    Media.RTF: {".rtf", ".doc"},
    Media.PNG: {".png"},
    Media.JPEG: {".jpg", ".jpeg"},
    Media.TIFF: {".tif", ".tiff"},
    Media.BMP: {".bmp"},
    Media.WEBP: {".webp"},
    Media.TEXT: {".txt", ".csv", ".md", ".log", ".text"},
}
_PDF_WITHIN = 1024
"""ISO 32000-1, Annex H.3: readers accept the header within the first 1024 bytes."""

_SAMPLE = 4096


def recognise(content: bytes, parts: frozenset[str]) -> Media:
    """Say what a file is; `parts` are the names in it if it is an archive."""
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return Media.PDF
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Media.WEBP
    media = next((media for start, media in _STARTS if content.startswith(start)), None)
    if media is Media.ZIP and "[Content_Types].xml" in parts:
        folders = {name.partition("/")[0] for name in parts}
        return Media.DOCX if "word" in folders else Media.XLSX if "xl" in folders else Media.ZIP
    if media is None:
        is_text = content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in content[:_SAMPLE]
        return Media.TEXT if content and is_text else Media.UNKNOWN
    return media


def fits(media: str, name: str) -> bool:
    """Whether a file's name says what its content is; unknown names and contents fit."""
    suffix = PurePath(name).suffix.lower()
    known = any(suffix in suffixes for suffixes in _SUFFIXES.values())
    return not known or media not in set(_SUFFIXES) or suffix in _SUFFIXES[Media(media)]
