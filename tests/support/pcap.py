"""Let tcpdump write, and read what it wrote: classic pcap of Ethernet frames."""

import struct
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import NamedTuple

_MAGIC = 0xA1B2C3D4
KERNELS_OWN = {133, 136, 143}
"""ICMPv6 that a Linux interface sends by itself: router solicitations, answers to neighbours who
ask for this machine, and multicast reports."""

_CAPTURE = ("tcpdump", "-U", "-n", "-s", "128", "-B", "16384", "-Z", "root")


@contextmanager
def captured(links: Mapping[str, tuple[tuple[str, ...], str]], folder: Path) -> Iterator[None]:
    """Capture every frame of links meanwhile, into `NAME.pcap` each. Raises if one is lost.

    A link is the prefix that runs a command where it is heard, and its name there.
    One that nothing passed has a file without frames.
    """
    running = {}
    try:
        for name, (inside, link) in links.items():
            running[name] = subprocess.Popen(
                [*inside, *_CAPTURE, "-i", link, "-w", folder / f"{name}.pcap"],
                stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
        for process in running.values():
            while (line := _line(process)) and "listening on" not in line:
                pass  # warnings come first
        yield
    finally:
        for process in running.values():
            process.terminate()
        lost = {name: process.communicate(timeout=10)[1] for name, process in running.items()}
    for name, told in lost.items():
        if "\n0 packets dropped by kernel" not in told:
            raise RuntimeError(f"{name}: {told}")  # noqa: EM102, TRY003 - a test's own trouble


def _line(process: "subprocess.Popen[str]") -> str:
    return process.stderr.readline() if process.stderr else ""


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


def aims(file: Path) -> list[tuple[float, IPv4Address | IPv6Address]]:
    """Return whom each frame that left is about: read apart from the code under test."""
    found: list[tuple[float, IPv4Address | IPv6Address]] = []
    for at, frame in frames(file):
        kind = int.from_bytes(frame[12:14])
        if kind == 0x0806:
            found.append((at, IPv4Address(frame[38:42])))
        elif kind == 0x0800:
            found.append((at, IPv4Address(frame[30:34])))
        elif kind == 0x86DD and frame[20] == 58 and frame[54] == 135:
            if not frame[0] & 1:
                continue  # the system makes sure of a neighbour that it has answered
            found.append((at, IPv6Address(frame[62:78])))
        elif kind == 0x86DD and not (frame[20] in {0, 58} and {frame[54], frame[62]} & KERNELS_OWN):
            found.append((at, IPv6Address(frame[38:54])))
    return found


def most_in_a_second(times: list[float]) -> int:
    """Return the largest number of times within one second."""
    first, most = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - 1:
            first += 1
        most = max(most, last - first + 1)
    return most
