"""The words of a conversation with a service: ask, answer, and what was understood."""

import re
import unicodedata
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

MOST_BYTES = 8192
"""More than any greeting; of a web page only the head is read."""

MOST_TEXT = 120
"""Characters of a name, product or title that a row keeps."""

_SPACES = re.compile(r"\s+")
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)?")


def whatever(_heard: bytes) -> bool:
    """Be content with the first bytes that come."""
    return True


def a_line(heard: bytes) -> bool:
    """Wait for the end of a line."""
    return b"\n" in heard


def at_least(size: int) -> Callable[[bytes], bool]:
    """Wait for so many bytes."""
    return lambda heard: len(heard) >= size


@dataclass(frozen=True, slots=True)
class Ask:
    """Send something (or nothing), then read until it is enough, too much, too late or over.

    `tls` starts TLS on the connection instead; the answer is then `b"tls"`, or nothing if it
    failed.
    """

    send: bytes = b""
    enough: Callable[[bytes], bool] = whatever
    at_most: int = MOST_BYTES
    within_s: float = 4.0
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom a conversation is held with."""

    address: str
    port: int

    @property
    def place(self) -> str:
        """Return the address as a URL writes it."""
        return f"[{self.address}]" if ":" in self.address else self.address


@dataclass(frozen=True, slots=True)
class Said:
    """What a service told about itself. An empty protocol means that nothing was understood.

    `identities` are things that no two devices share, as "kind:value"; `names` are what the machine
    calls itself; `remarks` are words of `auditor.lan.remarks`. `is_plain_admin` says whether
    administration passes here without encryption; `None` when that cannot be told.
    """

    protocol: str = ""
    product: str = ""
    version: str = ""
    title: str = ""
    names: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    is_plain_admin: bool | None = None

    def joined(self, other: "Said") -> "Said":
        """Add what another conversation with the same port brought."""
        return replace(
            self if self.protocol else other,
            names=_union(self.names, other.names),
            identities=_union(self.identities, other.identities),
            remarks=_union(self.remarks, other.remarks),
        )


NOTHING = Said()
Talk = Generator[Ask, bytes, Said]
Conversation = Callable[[Peer], Talk]


def clean(heard: bytes | str, most: int = MOST_TEXT) -> str:
    """Return text from outside as one short printable line in NFC: no control, no direction marks.

    Bytes that are not UTF-8 are shown as replacement characters.
    """
    text = heard if isinstance(heard, str) else heard.decode("utf-8", "replace")
    text = _ESCAPES.sub("", text[: most * 40])
    text = "".join(c if _printable(c) else " " for c in unicodedata.normalize("NFC", text))
    return _SPACES.sub(" ", text).strip()[:most].strip()


def _printable(character: str) -> bool:
    return character.isspace() or not unicodedata.category(character).startswith("C")


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
