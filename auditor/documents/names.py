"""Whether two names of bodies mean the same one."""

import re
from collections.abc import Mapping

from auditor.documents.stream import bare

_FEWEST_WORDS = 3


def is_same_body(one: str, other: str, abbreviations: Mapping[str, str]) -> bool:
    """Whether one name, short forms written out, is the other or a distinctive part of it."""
    first, second = (_full(name, abbreviations) for name in (one, other))
    short, long = sorted((first, second), key=len)
    if not short:
        return False
    return short == long or (len(short.split()) >= _FEWEST_WORDS and f" {short} " in f" {long} ")


def _full(name: str, abbreviations: Mapping[str, str]) -> str:
    text = name.lower()
    for short, whole in abbreviations.items():
        text = re.sub(rf"(?<!\w){re.escape(short)}(?!\w)", whole, text)
    return " ".join(re.findall(r"[^\W_]+", bare(text)))
