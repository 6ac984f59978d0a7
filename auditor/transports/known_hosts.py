"""Which key a machine is known by: the tool's own list, the user's, or a pinned fingerprint.

Files are in OpenSSH's form (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): plain, hashed and wildcard
names, `@revoked` lines. Certificate authorities are not supported; their lines are passed over.
"""

import base64
import binascii
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from platformdirs import user_data_path

from auditor import atomic

_HASHED = "|1|"


class Standing(StrEnum):
    """What is known about a key that a machine presented."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class HostKey:
    """A public host key: its type, such as `ssh-ed25519`, and its wire form."""

    kind: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """The fingerprint as OpenSSH prints it: `SHA256:` and 43 characters of base 64."""
        digest = base64.b64encode(sha256(self.blob).digest()).decode()
        return f"SHA256:{digest.rstrip('=')}"

    def __str__(self) -> str:
        """Name the key as people compare it."""
        return f"{self.kind} {self.fingerprint}"


@dataclass(frozen=True, slots=True)
class _Line:
    names: tuple[str, ...]
    key: HostKey
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """The lines of some known_hosts files."""

    lines: tuple[_Line, ...]

    def keys(self, name: str) -> tuple[HostKey, ...]:
        """Return the keys that a machine may show; `name` is `Login.known_as`."""
        return tuple(line.key for line in self.lines if not line.is_revoked and _names(line, name))

    def standing(self, name: str, key: HostKey) -> Standing:
        """Judge a presented key. A machine known by another key only has changed it."""
        if any(line.is_revoked and line.key == key for line in self.lines):
            return Standing.REVOKED
        known = self.keys(name)
        if key in known:
            return Standing.KNOWN
        return Standing.CHANGED if known else Standing.UNKNOWN


def own_file() -> Path:
    """Return the tool's own list, in the user's data folder."""
    return user_data_path("centre-audit", appauthor=False) / "known_hosts"


def load() -> KnownHosts:
    """Read the tool's own list and the user's, which is never written."""
    lines: list[_Line] = []
    for path in (own_file(), Path.home() / ".ssh" / "known_hosts"):
        try:
            stat = path.stat()
        except OSError:
            continue  # no list, or none that may be read: what it would hold is unknown
        lines += _parsed(path, stat.st_mtime_ns, stat.st_size)
    return KnownHosts(tuple(lines))


@lru_cache(maxsize=4)
def _parsed(path: Path, _changed_at: int, _size: int) -> tuple[_Line, ...]:
    """Parse a file once for all machines; a changed file is another one."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return ()
    return tuple(_lines(text))


def _lines(text: str) -> Iterator[_Line]:
    for line in text.splitlines():
        fields = line.split()
        marker = fields.pop(0) if fields and fields[0].startswith("@") else ""
        if len(fields) < 3 or fields[0].startswith("#") or marker not in {"", "@revoked"}:  # noqa: PLR2004 - names, type, key
            continue
        try:
            blob = base64.b64decode(fields[2], validate=True)
        except binascii.Error:
            continue  # a damaged line vouches for nobody
        yield _Line(tuple(fields[0].split(",")), HostKey(fields[1], blob), bool(marker))


def _names(line: _Line, name: str) -> bool:
    """Whether a line speaks of a machine; one pattern after `!` takes it out."""
    if any(_fits(item[1:], name) for item in line.names if item.startswith("!")):
        return False
    return any(_fits(item, name) for item in line.names)


def _fits(pattern: str, name: str) -> bool:
    if not pattern.startswith(_HASHED):
        # brackets stand for themselves here: they enclose a name with a port
        return fnmatchcase(name, pattern.lower().replace("[", "[[]"))
    salt, _, digest = pattern.removeprefix(_HASHED).partition("|")
    try:
        made = hmac.new(base64.b64decode(salt), name.encode(), "sha1").digest()
        return hmac.compare_digest(made, base64.b64decode(digest))
    except binascii.Error:
        return False


def trust(name: str, key: HostKey) -> Path:
    """Write a key to the tool's own list in place of what it said of that machine before.

    Raises `OSError`.
    """
    path = own_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = []
    if path.exists():
        kept = [
            line
            for line in path.read_text("utf-8", "replace").splitlines()
            if not any(name in found.names and not found.is_revoked for found in _lines(line))
        ]
    kept.append(f"{name} {key.kind} {base64.b64encode(key.blob).decode()}")
    atomic.write(path, ("\n".join(kept) + "\n").encode())
    return path
