"""Text in an encoding from before Unicode, as a PDF or a text file shows it: TCVN3 and VNI.

Such files put Vietnamese letters where Western European ones belong: "Céng hßa" for "Cộng hòa".
TCVN3 (ABC): TCVN 5712:1993, part VN3, one byte a letter; the tests hold the table against glibc's
TCVN5712-1. Its capitals are the small letters in a font of capitals, named `.Vn…H`.
VNI-Windows: a letter and then a sign for its marks.
"""

import re
import unicodedata
from enum import StrEnum

from auditor.documents.syllables import is_syllable, words


class Encoding(StrEnum):
    """What a text was converted from."""

    TCVN3 = "TCVN3"
    VNI = "VNI"


_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬­®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT, _HAT, _BREVE, _HORN = map(
    chr, (0x300, 0x301, 0x303, 0x309, 0x323, 0x302, 0x306, 0x31B)
)
_VNI_MARKS = {
    **dict(zip("øùûõï", (_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT), strict=True)),
    "â": _HAT,
    **dict(zip("àáåãä", (_HAT + t for t in (_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT)), strict=True)),
    "ê": _BREVE,
    **dict(zip("èéúüë", (_BREVE + t for t in (_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT)), strict=True)),
}
_VNI_LETTERS = {
    "ñ": "đ",
    "ô": "ơ",
    "ö": "ư",
    "î": "ỵ",
    "ì": "ì",
    "í": "í",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
}
_VNI_MARKED = re.compile(f"([aeouyôö])([{''.join(_VNI_MARKS)}])", re.IGNORECASE)
_CAPITALS = re.compile(r"\.?Vn\w*H\b")
"""Fonts that draw small TCVN3 letters as capitals."""

_HYPHENED = re.compile(r"[^\W\d_]+-[^\W\d_]*")

_FEWEST_WORDS = 4
_MOST_BEFORE = 0.6
_LEAST_AFTER = 0.85
_UNREADABLE = re.compile("[\ufffd\ue000-\uf8ff]")
_MOST_UNREADABLE = 0.05


def from_tcvn3(text: str, font: str = "") -> str:
    """Convert TCVN3 that was read as Latin-1; small letters of a font of capitals become these.

    The letter ư is the code of the soft hyphen, which readers of PDF give as a hyphen (ISO 32000-1,
    Annex D.2, note 5): it is one again where that makes a syllable.
    """
    converted = _HYPHENED.sub(_with_u_horn, text).translate(_TCVN3)
    return converted.upper() if _CAPITALS.search(font) else converted


def _with_u_horn(found: re.Match[str]) -> str:
    letter = found[0].replace("-", "\xad")
    return letter if is_syllable(letter.translate(_TCVN3)) else found[0]


def from_vni(text: str, _font: str = "") -> str:
    """Convert VNI-Windows that was read as Windows-1252."""
    return unicodedata.normalize("NFC", _VNI_LETTER.sub(_plain, _VNI_MARKED.sub(_marked, text)))


_VNI_LETTER = re.compile(f"[{''.join(_VNI_LETTERS)}](?![{_GRAVE}-{_HORN}])", re.IGNORECASE)


def _plain(found: re.Match[str]) -> str:
    small = _VNI_LETTERS[found[0].lower()]
    return small.upper() if found[0].isupper() else small


def _marked(found: re.Match[str]) -> str:
    letter = {"ô": "ơ", "ö": "ư", "Ô": "Ơ", "Ö": "Ư"}.get(found[1], found[1])
    return letter + _VNI_MARKS[found[2].lower()]


FROM = {Encoding.TCVN3: from_tcvn3, Encoding.VNI: from_vni}


def recognise(text: str) -> Encoding | None:
    """Say which old encoding a text is in, by evidence: words that make sense before and after.

    Only words with letters beyond ASCII count. Fewer than four of them decide nothing.
    """
    affected = _affected(text)
    if len(affected) < _FEWEST_WORDS or _share(affected) > _MOST_BEFORE:
        return None
    after = {name: _share(_affected(convert(text))) for name, convert in FROM.items()}
    best = max(after, key=lambda name: after[name])
    return best if after[best] >= _LEAST_AFTER else None


def _affected(text: str) -> list[str]:
    return [word for word in words(text) if not word.isascii()]


def is_unreadable(text: str) -> bool:
    """Whether many letters have no meaning outside their font: private or replaced characters."""
    letters = len(text) - text.count(" ") - text.count("\n")
    return len(_UNREADABLE.findall(text)) > _MOST_UNREADABLE * letters


def _share(affected: list[str]) -> float:
    return sum(map(is_syllable, affected)) / max(1, len(affected))
