"""Lets long words of the page break after their signs, and keeps short ones with hyphens whole."""

import re

from markupsafe import Markup, escape

from .joined import joined

WHOLE = 18
"""Characters of a word that stands on one line, in narrow columns and on a phone too."""

_WAYS = tuple(
    map(re.compile, (r"[^/]*/+|[^/]+", r"[^_/.:=&?]*[_/.:=&?]+|[^_/.:=&?]+", r"-?[^-]+|-+"))
)
"""What a word consists of: parts of a path, then of a key, then what hyphens join."""

_BREAKABLE = re.compile(rf"\S*-\S*|\S*[_/.]\S*|\S{{{WHOLE + 1},}}")


def soft(text: str) -> Markup:
    """Return the text with places to break paths and keys; nothing is added to what is copied."""
    shown = joined(text)
    told, place = [], 0
    for found in _BREAKABLE.finditer(shown):
        told += [escape(shown[place : found.start()]), _word(found[0])]
        place = found.end()
    return Markup().join((*told, escape(shown[place:])))


def _word(word: str) -> Markup:
    return Markup("<wbr>").join(map(_piece, _pieces(word)))


def _pieces(word: str) -> list[str]:
    """Return what a line may end with; what still is too long in one way is parted in the next."""
    pieces = [word]
    for way in _WAYS:
        pieces = [
            part
            for piece in pieces
            for part in ([piece] if len(piece) <= WHOLE else way.findall(piece))
        ]
    return pieces


def _piece(piece: str) -> Markup:
    """Keep a piece whole: a line would end after a hyphen, also after those of an option."""
    if "-" in piece and len(piece) <= WHOLE:
        return Markup('<span class="whole">{}</span>').format(piece)
    return escape(piece)
