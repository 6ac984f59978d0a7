"""Whether a word is a possible Vietnamese syllable: evidence for how a text is encoded."""

import re
import unicodedata

_TONES = dict.fromkeys((0x300, 0x301, 0x303, 0x309, 0x323))
"""Grave, acute, tilde, hook above, dot below; what is left are the letters of the alphabet."""

_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
_RHYME = (
    "(?:i(?:ch|nh|[acmnptu])?|iê(?:ng|[cmnptu])|yê(?:ng|[mntu])|y(?:ch|nh|[ant])?"
    "|u(?:ng|[acimnpt])?|uy(?:a|u|t|n|p|ch|nh|ê[nt])?|uê(?:ch|nh|t|n)?|u(?:â(?:ng|[nty])|ơ)"
    "|uô(?:ng|[cimnt])|ư(?:ng|[acimntu])?|ươ(?:ng|[cimnptu])"
    "|ê(?:ch|nh|[mnptu])?|e(?:ng|[cmnopt])?|ô(?:ng|[cimnpt])?|o(?:ng|[aceimnpt])?|ôông|oo(?:ng|[cn])"
    "|oa(?:ch|nh|ng|[cimnopty])?|oă(?:ng|[cmnt])|oe(?:[not])?|ơ(?:[imnpt])?"
    "|a(?:ch|nh|ng|[cimnoptuy])?|ă(?:ng|[cmnpt])|â(?:ng|[cmnptuy]))"
)
_SYLLABLE = re.compile(_ONSET + _RHYME)
_WORD = re.compile(r"[^\s\d.,;:!?()\[\]{}/\\\"'“”‘’–…+*=<>|_~@#$%^&-]+")


def is_syllable(word: str) -> bool:
    """Whether Vietnamese spelling allows a word, in any case; says nothing of its meaning."""
    bare = unicodedata.normalize("NFD", word.lower()).translate(_TONES)
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None


def words(text: str) -> list[str]:
    """Split into words; signs inside a word stay, since old encodings use them as letters."""
    return _WORD.findall(text)
