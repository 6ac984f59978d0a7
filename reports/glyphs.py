"""Which characters the shipped fonts can draw. PDF/A forbids a missing glyph."""

import struct
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

from .clean import code_point

FONTS = Path(str(files(__package__) / "fonts"))
"""Where the fonts lie, for programs that read them from disk."""

_WINDOWS_BMP = (3, 1)
_RANGES = 4


def drawable(text: str) -> str:
    r"""Return `text` with every character that a shipped face lacks written as `\u4e2d`."""
    known = _coverage()
    return "".join(char if ord(char) in known else code_point(char) for char in text)


@cache
def _coverage() -> frozenset[int]:
    """Return what all faces have, since a text may be set in any of them."""
    faces = (frozenset(_characters(font.read_bytes())) for font in sorted(FONTS.glob("*.ttf")))
    return frozenset.intersection(*faces)


def _characters(font: bytes) -> Iterator[int]:
    """Yield the code points of a TrueType font (OpenType specification, `cmap` format 4)."""
    at = _character_map(font)
    _format, _length, _language, doubled = struct.unpack_from(">4H", font, at)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", font, at + 16 + 2 * doubled)
    offsets_at = at + 16 + 3 * doubled
    offsets = struct.unpack_from(f">{count}H", font, offsets_at)
    for place, (start, end, delta, offset) in enumerate(
        zip(starts, ends, deltas, offsets, strict=True)
    ):
        for point in range(start, end + 1):
            glyph = point
            if offset:
                glyph_at = offsets_at + 2 * place + offset + 2 * (point - start)
                (glyph,) = struct.unpack_from(">H", font, glyph_at)
            if glyph and (glyph + delta) & 0xFFFF:
                yield point


def _character_map(font: bytes) -> int:
    """Return where the table for Unicode begins. Raises `ValueError` if the font has none."""
    (tables,) = struct.unpack_from(">H", font, 4)
    for entry in range(tables):
        name, _checksum, cmap, _length = struct.unpack_from(">4s3I", font, 12 + 16 * entry)
        if name != b"cmap":
            continue
        (maps,) = struct.unpack_from(">H", font, cmap + 2)
        for record in range(maps):
            platform, encoding, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * record)
            (form,) = struct.unpack_from(">H", font, cmap + offset)
            if (platform, encoding) == _WINDOWS_BMP and form == _RANGES:
                return int(cmap + offset)
    message = "a shipped font has no Windows Unicode character map of format 4"
    raise ValueError(message)
