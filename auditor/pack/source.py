"""The bytes of a pack: held, or read from its file piece by piece, so that nobody holds them."""

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from auditor import saying
from auditor.canonical import sha256
from auditor.errors import BadInput, CannotPerform, Problem
from auditor.language import _

_CHUNK = 1 << 20


class Source(Protocol):
    """What a container is read from."""

    def __len__(self) -> int:
        """Return how many bytes there are."""

    def cut(self, start: int, stop: int) -> bytes:
        """Return the bytes from one place to another, as far as there are any."""


Bytes = bytes | Source


class Held:
    """Bytes in memory."""

    def __init__(self, content: bytes) -> None:
        """Take the bytes."""
        self._content = content

    def __len__(self) -> int:
        """Return how many bytes there are."""
        return len(self._content)

    def cut(self, start: int, stop: int) -> bytes:
        """Return the bytes from one place to another, as far as there are any."""
        return self._content[start:stop]


class OnDisk:
    """A file, opened anew for each piece."""

    def __init__(self, path: Path) -> None:
        """Look how large it is. Raises `OSError`."""
        self._path, self._size = path, path.stat().st_size

    def __len__(self) -> int:
        """Return how many bytes there were."""
        return self._size

    def cut(self, start: int, stop: int) -> bytes:
        """Return the bytes from one place to another. Raises `CannotPerform` if there are fewer."""
        size = max(0, min(stop, self._size) - start)
        try:
            with self._path.open("rb") as file:
                file.seek(start)
                content = file.read(size)
        except OSError as error:
            problem = f"{self._path}: {saying.system(error)}"
            raise CannotPerform(problem) from error
        if len(content) < size:
            raise changed()
        return content


def of(path: Path) -> Source:
    """Open a pack; what is no plain file, such as a pipe, is held. Raises `BadInput`."""
    try:
        return OnDisk(path) if path.is_file() else Held(path.read_bytes())
    except OSError as error:
        remedy = _("Give a file that you may read.")
        raise BadInput(Problem(str(path), saying.system(error), remedy)) from error


def changed() -> CannotPerform:
    """Return what is wrong with a pack that differs from what was read before."""
    return CannotPerform(_("The pack changed while it was read. Verify it again"))


def last(source: Source, sign: bytes) -> int:
    """Return where a sign stands last, or -1."""
    stop = len(source)
    while stop > 0:
        start = max(0, stop - _CHUNK)
        place = source.cut(start, stop + len(sign) - 1).rfind(sign)
        if place >= 0:
            return start + place
        stop = start
    return -1


def digest_of(source: Source) -> str:
    """Return the SHA-256 of all bytes."""
    found = hashlib.sha256()
    for start in range(0, len(source), _CHUNK):
        found.update(source.cut(start, start + _CHUNK))
    return found.hexdigest()


class Files(Mapping[str, bytes]):
    """Files of a container, each cut out when it is asked for: nothing is held twice.

    What is cut out again is the same as before, or ends in `CannotPerform`.
    """

    def __init__(self, source: Source, wanted: str = "") -> None:
        """Begin without any. `wanted` is held as it passes through, until it is asked for."""
        self._source, self._wanted = source, wanted
        self._held: dict[str, bytes] = {}
        self._digests: dict[str, str] = {}
        self._whole = ""
        self.places: dict[str, slice] = {}

    def __getitem__(self, name: str) -> bytes:
        """Return the content of a file."""
        if name in self._held:
            return self._held.pop(name)
        place = self.places[name]
        content = self._source.cut(place.start, place.stop)
        self._is_still(name, sha256(content))
        return content

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self.places)

    def __len__(self) -> int:
        """Return how many files there are."""
        return len(self.places)

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a file; `Mapping` would cut it out to see."""
        return name in self.places

    def size(self, name: str) -> int:
        """Return the size of a file."""
        return int(self.places[name].stop - self.places[name].start)

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file, reckoned when it was cut out first."""
        if name not in self._digests:
            self[name]
        return self._digests[name]

    @property
    def sha256(self) -> str:
        """The SHA-256 of the whole container."""
        self._whole = self._whole or digest_of(self._source)
        return self._whole

    def pass_through(self, name: str, whole: "hashlib._Hash") -> int:
        """Read a file piece by piece, for its digest, its CRC-32 and the digest of a whole."""
        place, crc, own, held = self.places[name], 0, hashlib.sha256(), list[bytes]()
        for start in range(place.start, place.stop, _CHUNK):
            piece = self._source.cut(start, min(start + _CHUNK, place.stop))
            crc = zlib.crc32(piece, crc)
            own.update(piece)
            whole.update(piece)
            held += [piece] if name == self._wanted else []
        self._is_still(name, own.hexdigest())
        if held:
            self._held[name] = b"".join(held)
        return crc

    def _is_still(self, name: str, digest: str) -> None:
        if self._digests.setdefault(name, digest) != digest:
            raise changed()

    def is_whole(self, digest: str) -> None:
        """Take the digest of the whole from who built it again, byte for byte."""
        self._whole = digest
