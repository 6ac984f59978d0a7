"""Free text without what identifies: known names by their pseudonym, unknown words masked."""

import base64
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from urllib.parse import quote

from auditor.model import Hides
from auditor.redaction.pseudonyms import MASK, TOKEN, Pseudonyms, folded
from auditor.redaction.vocabulary import EDGES, NUMBER

SHORTEST = 3
"""Letters of the shortest name that is looked for in text."""

_HEX = "[0-9A-Fa-f]"
_PLACES = re.compile(
    rf"""
    (?P<url>(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]{{0,20}}://[^\s<>"'“”‘’]+)
    |(?P<mail>(?<![^\s<>"'“”])[^\s@<>"'“”]+@[^\s<>"'“”]+)
    |(?P<mac>(?<![\w:.-])(?:{_HEX}{{2}}([:-]){_HEX}{{2}}(?:\4{_HEX}{{2}}){{4}}
        |(?:{_HEX}{{4}}\.){{2}}{_HEX}{{4}}|(?=\d*[A-Fa-f]){_HEX}{{12}})(?![\w:.-]*\w))
    |(?P<ip4>(?<![\w.])\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?:/\d{{1,2}})?(?![\w.]*\d))
    |(?P<ip6>(?<![\w:]){_HEX}{{0,4}}(?::{_HEX}{{0,4}}){{2,7}}(?:%\w+|/\d{{1,3}})?(?![\w:]))
    |(?P<masked>\b[Cc][Vv][Ee]-\d{{4}}-\d+|(?<!\d)\d+(?:\.\d+){{2,}}\S*|\\\\\S+
        |(?<!\S)[^\s%]*%{_HEX}{{2}}\S*
        |(?<!\S)/[^\s/]\S*|\b[A-Za-z]:[\\/]\S+
        |(?<![A-Za-z0-9+/_-])(?=[A-Za-z0-9+/_-]*[A-Z])(?=[A-Za-z0-9+/_-]*[a-z])[A-Za-z0-9+/_-]{{16,}}={{0,2}})
    """,
    re.VERBOSE | re.ASCII,
)
"""What gives itself away by its form. Encoded text is masked: it may hold anything.

Nothing here is tried again within one word: a hostile text must not cost more than its length.
"""
_RUN = re.compile(r"[^\W_]+")


class Scrubber:
    """Learns what identifies, then takes it out of texts."""

    def __init__(self, names: Pseudonyms, words: frozenset[str]) -> None:
        """Start with nothing known but the words that may stay."""
        self._names = names
        self._words = words
        self._known: dict[str, str | None] = {}
        self._starts: dict[str, list[str]] = {}
        self.name = cache(self._name)
        self.text = cache(self._text)

    def keep(self, phrase: str) -> None:
        """Let a phrase stand, unless it is learned as something to hide."""
        self._learn(phrase, None)

    def learn(self, kind: Hides, text: str) -> None:
        """Replace this from now on, in whatever case and Unicode form it is written."""
        for written in text.split(", ") if kind is Hides.HOST else (text,):
            part = written.strip(EDGES + " ")
            shown = self._names.of(kind, part)
            if shown == part or not self._tells(part):
                continue
            self._learn(part, shown)
            whole = unicodedata.normalize("NFC", part)
            for other in (quote(whole), quote(whole, safe=""), _plain_letters(whole)):
                self._learn(other, MASK if other != whole else shown)
            self._learn(base64.b64encode(whole.encode()).decode().rstrip("="), MASK)
            if kind is Hides.HOST and "." in part and not part[0].isdigit():
                first = part.partition(".")[0]
                if self._tells(first):
                    self._learn(first, self._names.of(kind, first))

    def _tells(self, part: str) -> bool:
        """Whether a name is more than a word that anybody may use, or a number."""
        bare = folded(part).strip(EDGES)
        return len(bare) >= SHORTEST and bare not in self._words and not NUMBER.fullmatch(bare)

    def _learn(self, text: str, shown: str | None) -> None:
        key = _lowered(unicodedata.normalize("NFC", text)).strip(EDGES + " ")
        if len(key) < SHORTEST or (shown is None and key in self._known):
            return
        if self._known.get(key) is None:
            self._known[key] = shown
        begins = self._starts.setdefault(_first_word(key), [])
        if key not in begins:
            begins.append(key)
            begins.sort(key=len, reverse=True)

    def _name(self, text: str) -> str:
        """Take known names and telling forms out of a text that may otherwise stand."""
        return "".join(piece for piece, _is_open in self._pieces(text))

    def _text(self, text: str) -> str:
        """Take out of a text whatever is neither known to be harmless nor a pseudonym."""
        return _joined(
            _masked_words(piece, self._words) if is_open else piece
            for piece, is_open in self._pieces(text)
        )

    def _pieces(self, text: str) -> Iterator[tuple[str, bool]]:
        """Cut a text into what was decided, and what is still open."""
        for piece, is_open in self._by_name(unicodedata.normalize("NFC", text)):
            if not is_open:
                yield piece, False
                continue
            at = 0
            for match in _PLACES.finditer(piece):
                shown = self._place(match)
                yield piece[at : match.start()], True
                yield (match.group(), True) if shown is None else (shown, False)
                at = match.end()
            yield piece[at:], True

    def _by_name(self, text: str) -> Iterator[tuple[str, bool]]:
        lowered, at = _lowered(text), 0
        for match in _RUN.finditer(lowered):
            if match.start() < at:
                continue
            found = self._found(lowered, match)
            if found is not None:
                yield text[at : match.start()], True
                at = match.start() + len(found)
                shown = self._known[found]
                yield (text[match.start() : at] if shown is None else shown), False
        yield text[at:], True

    def _found(self, lowered: str, match: re.Match[str]) -> str | None:
        for key in self._starts.get(match.group(), ()):
            end = match.start() + len(key)
            is_whole = not lowered[end : end + 1].isalnum()
            if is_whole and lowered.startswith(key, match.start()):
                return key
        return None

    def _place(self, match: re.Match[str]) -> str | None:
        """Return what is shown for a telling form; None if it is none after all, as a time."""
        kind, text = match.lastgroup, match.group()
        if kind == "mac":
            return self._names.mac(text)
        if kind == "url":
            return self._names.url(text)
        if kind == "mail":
            return MASK
        if kind == "ip6":
            return self._names.address(text)
        return (self._names.address(text) if kind == "ip4" else None) or MASK


def _masked_words(text: str, words: frozenset[str]) -> str:
    """Mask every word that is not known; a number after one is part of it, such as a version."""
    shown, was_masked = [], False
    for part in re.split(r"(\s+)", text):
        bare = part.lower().strip(EDGES)
        if not part.strip() or not bare:
            shown.append(part)
            continue
        may_stay = bare in words or (NUMBER.fullmatch(bare) is not None and not was_masked)
        was_masked = not may_stay
        shown.append(part if may_stay else _around(part))
    return "".join(shown)


def _around(part: str) -> str:
    """Mask a word but leave the punctuation around it."""
    start = len(part) - len(part.lstrip(EDGES))
    end = len(part.rstrip(EDGES))
    return f"{part[:start]}{MASK}{part[end:]}"


def _joined(pieces: Iterable[str]) -> str:
    """Put pieces together; a list of masks is one."""
    return re.sub(rf"{re.escape(MASK)}(?:[\s,;/]*{re.escape(MASK)})+", MASK, "".join(pieces))


def _lowered(text: str) -> str:
    """Lower the case without a change of length."""
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def _first_word(text: str) -> str:
    match = _RUN.search(text)
    return match.group() if match else ""


def _plain_letters(text: str) -> str:
    """Write Vietnamese without its marks, as user names do."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
        if not unicodedata.combining(letter)
    )
    return unicodedata.normalize("NFC", bare)


def is_masking(shown: str, original: str) -> bool:
    """Tell whether a text is the other with parts replaced, and nothing else.

    The first place for each remaining piece is as good as any other, so nothing is tried twice.
    """
    first, *rest = TOKEN.split(unicodedata.normalize("NFC", shown))
    written = unicodedata.normalize("NFC", original)
    if not rest:
        return first == written
    if not written.startswith(first):
        return False
    *middle, last = rest
    at = len(first)
    for piece in middle:
        found = written.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return written.endswith(last) and at <= len(written) - len(last)
