"""Makes text from outside harmless to show. The record keeps the bytes as they were."""

import unicodedata

LONGEST = 2000
"""Characters of one value that a report shows; the record holds the rest."""

_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Cs", "Co"})


def visible(text: str) -> str:
    r"""Return `text` on one line, NFC, with every character that acts unseen written out.

    Controls, escapes, direction overrides, zero-width, unpaired surrogates and what is no character
    (U+FFFE, which XML refuses) become `\x1b`,
    `\u202e`: the reader sees that something was there, and no terminal, browser or typesetter
    obeys it.
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if line.isprintable():  # no such character is in it: most text, ten times as fast
        return line
    return "".join(code_point(c) if _acts_unseen(c) else c for c in line)


def _acts_unseen(char: str) -> bool:
    """Tell what is no visible character; the last two of each plane are none in XML either."""
    return unicodedata.category(char) in _UNSEEN or ord(char) & 0xFFFE == 0xFFFE  # noqa: PLR2004


def seen_lines(text: str) -> str:
    """Return raw text line by line, as it is but for what acts unseen, which is written out.

    Tabs and line ends (also CR LF) stay what they are.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(_seen(line) for line in lines)


def _seen(line: str) -> str:
    if line.replace("\t", "").isprintable():
        return line
    return "".join(code_point(c) if c != "\t" and _acts_unseen(c) else c for c in line)


def clipped(text: str, longest: int = LONGEST) -> str:
    """Return the visible text, cut after `longest` characters with a count of the rest."""
    shown = visible(text)
    rest = len(shown) - longest
    return shown if rest <= 0 else f"{shown[:longest]} […+{rest}]"


def code_point(char: str) -> str:
    r"""Return a character by its number, as Python writes it: `\x1b`, `\u202e`, `\U0001f600`."""
    return char.encode("unicode_escape").decode("ascii")
