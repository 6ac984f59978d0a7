"""Read what tcpdump wrote: classic pcap of Ethernet frames."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_MAGIC = 0xA1B2C3D4


class Captured(NamedTuple):
    """A frame and when it passed: POSIX seconds."""

    at: float
    frame: bytes


def frames(file: Path) -> Iterator[Captured]:
    """Yield all frames. Raises `ValueError` for anything but this machine's own pcap."""
    content = file.read_bytes()
    if struct.unpack_from("=I", content)[0] != _MAGIC:
        raise ValueError(file)
    at = 24
    while at + 16 <= len(content):
        seconds, micros, size, _ = struct.unpack_from("=IIII", content, at)
        yield Captured(seconds + micros / 1e6, content[at + 16 : at + 16 + size])
        at += 16 + size
