"""Makes text from outside harmless to show. The record keeps the bytes as they were."""

import unicodedata

LONGEST = 2000
"""Characters of one value that a report shows; the record holds the rest."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})


def visible(text: str) -> str:
    r"""Return `text` on one line, NFC, with every character that acts unseen written out.

    Controls, escapes, direction overrides, zero-width and unpaired surrogates become `\x1b`,
    `\u202e`: the reader sees that something was there, and no terminal, browser or typesetter
    obeys it.
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if line.isprintable():  # no such character is in it: most text, ten times as fast
        return line
    return "".join(code_point(c) if unicodedata.category(c) in _UNSEEN else c for c in line)


def seen_lines(text: str) -> str:
    """Return raw text line by line, as it is but for what acts unseen, which is written out.

    Tabs and line ends (also CR LF) stay what they are.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line if line.isprintable() else _seen(line) for line in lines)


def _seen(line: str) -> str:
    return "".join(
        code_point(c) if c != "\t" and unicodedata.category(c) in _UNSEEN else c for c in line
    )


def clipped(text: str, longest: int = LONGEST) -> str:
    """Return the visible text, cut after `longest` characters with a count of the rest."""
    shown = visible(text)
    rest = len(shown) - longest
    return shown if rest <= 0 else f"{shown[:longest]} […+{rest}]"


def code_point(char: str) -> str:
    r"""Return a character by its number, as Python writes it: `\x1b`, `\u202e`, `\U0001f600`."""
    return char.encode("unicode_escape").decode("ascii")
