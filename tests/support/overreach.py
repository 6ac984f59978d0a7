"""What a document that took its reader over would try. Run by `confined`, never in a test."""

import ctypes
import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.documents.limits import Limits
from auditor.transports.reader import sandbox

if TYPE_CHECKING:
    from collections.abc import Callable


def main(what: str, target: str, port: str) -> None:
    """Enter the reader's sandbox, then try; answer with what came of it, as JSON."""
    sandbox.enter(Limits(), "/bin/echo")
    if what == "hang":
        time.sleep(3600)
    if what == "crash":
        ctypes.string_at(1)
    if what == "flood":
        while True:
            os.write(1, b"x" * 65536)
    libc = ctypes.CDLL(None, use_errno=True)
    tries: dict[str, Callable[[], object]] = {
        "connect": lambda: socket.create_connection(("127.0.0.1", int(port))),
        "resolve": lambda: socket.getaddrinfo("example.org", 80),
        "start": lambda: subprocess.run(["/bin/true"], check=True),
        "fork": os.fork,
        "write": lambda: Path(target).write_bytes(b"x"),
        "remove": lambda: Path(target).unlink(),
        "start what is allowed": lambda: subprocess.run(
            ["/bin/echo", "fine"],
            check=True,
            capture_output=True,
        ),
        "connect in C": lambda: _connect(libc, int(port)),
        "write in C": lambda: _write(libc, target),
        "allocate": lambda: bytearray(2**31),
    }
    answer = {}
    for name, attempt in tries.items():
        try:
            answer[name] = f"done: {attempt()}"[:80]
        except (OSError, MemoryError) as error:
            answer[name] = type(error).__name__
    os.write(1, json.dumps(answer).encode())


def _connect(libc: ctypes.CDLL, port: int) -> None:
    """Connect without Python's knowledge (struct sockaddr_in of Linux)."""
    address = socket.AF_INET.to_bytes(2, "little") + port.to_bytes(2, "big") + b"\x7f\0\0\1"
    handle = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    if libc.connect(handle, address + bytes(8), 16):
        raise OSError(ctypes.get_errno(), "connect")


def _write(libc: ctypes.CDLL, target: str) -> None:
    """Add to a file without Python's knowledge."""
    handle = libc.open(target.encode(), os.O_WRONLY | os.O_APPEND)
    if libc.write(handle, b"x", 1) < 0:
        raise OSError(ctypes.get_errno(), "write")
