"""The container of a pack: a zip file of which every byte follows from names and contents.

Nothing in it is compressed: compressors differ between systems, and then so would the bytes.
"""

import re
import stat
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from auditor.language import _

MOST_FILES = 0xFFFF - 1
MOST_BYTES = 0xFFFFFFFF - 1
"""Beyond these a zip file needs its 64-bit form, which a pack does not use."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*", re.ASCII)
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCAL_SIGN, _CENTRAL_SIGN, _END_SIGN = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_NEEDED, _MADE_BY, _STORED = 20, 0x0314, 0
_DATE = 0x21  # 1 January 1980, the first day of zip; the time is 0
_MODE = (stat.S_IFREG | 0o644) << 16


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a pack: in which file of it, and what."""

    file: str
    problem: str


class _Files(Mapping[str, bytes]):
    """Files of a container, each cut out when it is asked for: nothing is held twice."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.places: dict[str, slice] = {}

    def __getitem__(self, name: str) -> bytes:
        return self._content[self.places[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def __contains__(self, name: object) -> bool:
        return name in self.places  # `Mapping` would cut the file out to see


class Opened(NamedTuple):
    """What lies in a container, and what is wrong with it."""

    files: Mapping[str, bytes]
    faults: tuple[Fault, ...]


class _Entry(NamedTuple):
    """A line of the table of contents."""

    name: str
    flags: int
    method: int
    packed: int
    size: int
    mode: int
    offset: int


def build(files: Mapping[str, bytes]) -> bytes:
    """Make the one container that these files have."""
    return b"".join(_pieces(files))


def _pieces(files: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield the container piece by piece, so that nobody has to hold it beside the files."""
    table, reached = bytearray(), 0
    for name in sorted(files):
        content = files[name]
        raw, size = name.encode("ascii"), len(content)
        common = (_NEEDED, 0, _STORED, 0, _DATE, zlib.crc32(content), size, size, len(raw), 0)
        table += _CENTRAL.pack(_CENTRAL_SIGN, _MADE_BY, *common, 0, 0, 0, _MODE, reached)
        table += raw
        yield _LOCAL.pack(_LOCAL_SIGN, *common) + raw
        yield content
        reached += _LOCAL.size + len(raw) + size
    yield bytes(table)
    yield _END.pack(_END_SIGN, 0, 0, len(files), len(files), len(table), reached, 0)


def is_name(name: str) -> bool:
    """Tell whether a file of a pack may be called so: no `..`, no `/` in front, plain ASCII."""
    return _NAME.fullmatch(name) is not None


def read(content: bytes) -> Opened:
    """Open a container; what is not exactly what `build` makes of its files is a fault."""
    start = content.rfind(_END_SIGN)
    if start < 0 or len(content) < start + _END.size or content[:4] != _LOCAL_SIGN:
        return Opened({}, (Fault("", _("this is no evidence pack, or a part of it is missing")),))
    faults: list[Fault] = []
    if len(content) > start + _END.size:
        faults.append(Fault("", _("there is data after the end of the container")))
    files = _files(content, start, faults)
    if not faults and (place := _difference(content, _pieces(files))) is not None:
        name = _holder(files, place)
        problem = _("the container differs from its one form at byte {place}", place=place)
        faults.append(Fault(name, problem))
    return Opened(files, tuple(faults))


def _files(content: bytes, end: int, faults: list[Fault]) -> Mapping[str, bytes]:
    """Find the files; each byte at most once, whatever the table of contents says."""
    files = _Files(content)
    left = len(content)
    for entry in _entries(content, end, faults):
        if problem := _refusal(entry, files):
            faults.append(Fault(_shown(entry.name), problem))
            continue
        left -= entry.size
        start = entry.offset + _LOCAL.size + len(entry.name)
        if left < 0 or start + entry.size > end:
            faults.append(Fault(entry.name, _("it is larger than the container can hold")))
            break
        files.places[entry.name] = slice(start, start + entry.size)
    return files


def _entries(content: bytes, end: int, faults: list[Fault]) -> list[_Entry]:
    """Read the table of contents as far as it can be read."""
    count, place = _END.unpack_from(content, end)[4], _END.unpack_from(content, end)[6]
    entries: list[_Entry] = []
    for _number in range(count):
        if place + _CENTRAL.size > end or content[place : place + 4] != _CENTRAL_SIGN:
            faults.append(Fault("", _("the table of contents is damaged")))
            break
        head = _CENTRAL.unpack_from(content, place)
        name_at = place + _CENTRAL.size
        name = content[name_at : name_at + head[10]].decode("latin-1")
        entries.append(_Entry(name, head[3], head[4], head[8], head[9], head[15], head[16]))
        place = name_at + head[10] + head[11] + head[12]
    return entries


def _refusal(entry: _Entry, files: Mapping[str, bytes]) -> str:
    """Say why an entry may not be in a pack, or nothing."""
    if not is_name(entry.name):
        return _("no file of a pack may have this name")
    if entry.name in files:
        return _("the name stands twice in the container")
    if stat.S_ISLNK(entry.mode >> 16):
        return _("it is a symbolic link")
    if entry.method != _STORED or entry.packed != entry.size or entry.flags:
        return _("it is compressed or encrypted; files of a pack are stored as they are")
    return ""


def _shown(name: str) -> str:
    """Write a hostile name so that it cannot steer a terminal."""
    return name.encode("unicode_escape").decode("ascii")


def _difference(content: bytes, pieces: Iterable[bytes]) -> int | None:
    """Return the first place at which a container differs from what it should be."""
    place = 0
    for piece in pieces:
        if not content.startswith(piece, place):
            inside = _first_difference(content[place : place + len(piece)], piece)
            return place + (inside or 0)
        place += len(piece)
    return None if place == len(content) else place


def _first_difference(one: bytes, other: bytes) -> int | None:
    """Return the first place at which two texts differ, by halving."""
    if one == other:
        return None
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _holder(files: Mapping[str, bytes], place: int) -> str:
    """Return the file whose part of the container holds a place; nothing for the table."""
    reached = 0
    for name in sorted(files):
        content = files[name]
        reached += _LOCAL.size + len(name) + len(content)
        if place < reached:
            return name
    return ""
