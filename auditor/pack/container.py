"""The container of a pack: a zip file of which every byte follows from names and contents.

Nothing in it is compressed: compressors differ between systems, and then so would the bytes.
"""

import hashlib
import re
import stat
import struct
import zlib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from auditor.language import _
from auditor.pack.source import Bytes, Files, Held, Source, changed, last

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


class Opened(NamedTuple):
    """What lies in a container, and what is wrong with it."""

    files: Files
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
    form, pieces = _Form(), list[bytes]()
    for name in sorted(files):
        content = files[name]
        pieces += form.header(name, zlib.crc32(content), len(content)), content
    return b"".join((*pieces, form.closing()))


class _Form:
    """What stands in the one form of a container beside the contents, in the order of names."""

    def __init__(self) -> None:
        """Start before the first file."""
        self._table, self._count, self._reached = bytearray(), 0, 0

    def header(self, name: str, crc: int, size: int) -> bytes:
        """Return what stands before the content of the next file."""
        raw = name.encode("ascii")
        common = (_NEEDED, 0, _STORED, 0, _DATE, crc, size, size, len(raw), 0)
        self._table += _CENTRAL.pack(
            _CENTRAL_SIGN, _MADE_BY, *common, 0, 0, 0, _MODE, self._reached
        )
        self._table += raw
        self._count += 1
        self._reached += _LOCAL.size + len(raw) + size
        return _LOCAL.pack(_LOCAL_SIGN, *common) + raw

    def closing(self) -> bytes:
        """Return what stands behind the last file."""
        size = len(self._table)
        end = _END.pack(_END_SIGN, 0, 0, self._count, self._count, size, self._reached, 0)
        return bytes(self._table) + end


def is_name(name: str) -> bool:
    """Tell whether a file of a pack may be called so: no `..`, no `/` in front, plain ASCII."""
    return _NAME.fullmatch(name) is not None


def read(content: Bytes, wanted: str = "") -> Opened:
    """Open a container; what is not exactly what `build` makes of its files is a fault.

    The file that is wanted first is held: it need not be cut out once more.
    """
    source = Held(content) if isinstance(content, bytes) else content
    files, start = Files(source, wanted), last(source, _END_SIGN)
    if start < 0 or len(source) < start + _END.size or source.cut(0, 4) != _LOCAL_SIGN:
        return Opened(
            files, (Fault("", _("this is no evidence pack, or a part of it is missing")),)
        )
    faults: list[Fault] = []
    if len(source) > start + _END.size:
        faults.append(Fault("", _("there is data after the end of the container")))
    _find(files, source, start, faults)
    if not faults and (place := _difference(source, files)) is not None:
        name = _holder(files, place)
        problem = _("the container differs from its one form at byte {place}", place=place)
        faults.append(Fault(name, problem))
    return Opened(files, tuple(faults))


def reopen(content: Bytes, digest: str) -> Files:
    """Open a container that was verified before. Raises `CannotPerform` if it is another now."""
    files = read(content).files
    if files.sha256 != digest:
        raise changed()
    return files


def _find(files: Files, source: Source, end: int, faults: list[Fault]) -> None:
    """Find the files; each byte at most once, whatever the table of contents says."""
    left = len(source)
    for entry in _entries(source, end, faults):
        if problem := _refusal(entry, files):
            faults.append(Fault(_shown(entry.name), problem))
            continue
        left -= entry.size
        start = entry.offset + _LOCAL.size + len(entry.name)
        if left < 0 or start + entry.size > end:
            faults.append(Fault(entry.name, _("it is larger than the container can hold")))
            break
        files.places[entry.name] = slice(start, start + entry.size)


def _entries(source: Source, end: int, faults: list[Fault]) -> list[_Entry]:
    """Read the table of contents as far as it can be read."""
    closing = _END.unpack(source.cut(end, end + _END.size))
    count, start = closing[4], closing[6]
    table, place = source.cut(start, len(source)), 0
    entries: list[_Entry] = []
    for _number in range(count):
        if start + place + _CENTRAL.size > end or table[place : place + 4] != _CENTRAL_SIGN:
            faults.append(Fault("", _("the table of contents is damaged")))
            break
        head = _CENTRAL.unpack_from(table, place)
        name_at = place + _CENTRAL.size
        name = table[name_at : name_at + head[10]].decode("latin-1")
        entries.append(_Entry(name, head[3], head[4], head[8], head[9], head[15], head[16]))
        place = name_at + head[10] + head[11] + head[12]
    return entries


def _refusal(entry: _Entry, files: Container[str]) -> str:
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


def _difference(source: Source, files: Files) -> int | None:
    """Return the first place at which a container differs from what it should be."""
    place, whole, form = 0, hashlib.sha256(), _Form()
    for name in sorted(files):
        found = source.cut(place, place + _LOCAL.size + len(name))
        whole.update(found)
        header = form.header(name, files.pass_through(name, whole), files.size(name))
        if (inside := _first_difference(found, header)) is not None:
            return place + inside
        place += len(header)
        if files.places[name].start != place:  # the table of contents leads elsewhere
            found = source.cut(place, place + files.size(name))
            if (inside := _first_difference(found, files[name])) is not None:
                return place + inside
        place += files.size(name)
    found, closing = source.cut(place, len(source)), form.closing()
    whole.update(found)
    if (inside := _first_difference(found, closing)) is not None:
        return place + inside
    files.is_whole(whole.hexdigest())  # the table is the right one, so all contents were in place
    return None


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


def _holder(files: Files, place: int) -> str:
    """Return the file whose part of the container holds a place; nothing for the table."""
    reached = 0
    for name in sorted(files):
        reached += _LOCAL.size + len(name) + files.size(name)
        if place < reached:
            return name
    return ""
