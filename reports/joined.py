"""Keeps a number and its unit on one line, in formats that break lines by themselves."""

import re

UNITS = (
    *("%", "m²", "Mb/s", "Gb/s", "Mbit/s", "Gbit/s", "ms", "s", "h", "bytes", "byte"),
    *("KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", "°C"),
)
_GAP = re.compile(rf"(?<=\d) (?=(?:{'|'.join(map(re.escape, UNITS))})(?![\w/]))")


def joined(text: str) -> str:
    """Return the text with no-break spaces between numbers and units."""
    return _GAP.sub("\N{NO-BREAK SPACE}", text)
