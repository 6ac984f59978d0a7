"""Vietnamese words compared as a reader compares them: without marks, case and layout."""

import re
import unicodedata
from functools import cache, lru_cache

_ALIKE = str.maketrans(
    {"đ": "d", "Đ": "d", **dict.fromkeys("‐‑‒–—−", "-"), **dict.fromkeys("“”„", '"')}
)


@lru_cache(maxsize=4096)
def _letter(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].translate(_ALIKE)
    if base.isspace():
        return " "
    lower = base.lower()
    return lower if len(lower) == 1 else base


def composed(text: str) -> str:
    """Compose a text (NFC) and drop marks that belong to no letter: one character, one place."""
    text = unicodedata.normalize("NFC", text)
    return "".join(c for c in text if not unicodedata.combining(c))


def fold(text: str) -> str:
    """Take marks and case away from a composed text; every character keeps its place."""
    return "".join(map(_letter, text))


def flat(text: str) -> str:
    """Fold a text and make its white space single blanks: the form that phrases are sought in."""
    return " ".join(fold(composed(text)).split())


@cache
def phrase(words: str) -> re.Pattern[str]:
    """Compile a phrase to be sought in `flat` text: whole words, hyphens and blanks alike."""
    parts = [re.escape(word) for word in re.split(r"[\s-]+", flat(words)) if word]
    return re.compile(r"(?<!\w)" + r"[\s-]+".join(parts) + r"(?!\w)")


def is_upper(text: str) -> bool:
    """Whether most letters are capitals; old fonts keep some small that show as capitals."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(c.isupper() for c in letters) > len(letters) / 2
