"""A server of our own in a process of its own, to measure the instrument against."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread

from auditor.errors import CannotMeasure
from auditor.model import Failure

_START_S = 20.0
_URL = re.compile(r"http://127\.0\.0\.1:[0-9]+/")
_MAIN = "from auditor.cli import main; main()"


@contextmanager
def own_server() -> Iterator[str]:
    """Start `audit serve-speed` on loopback, give its URL, and end it. Raises `CannotMeasure`."""
    argv = [sys.executable, "-c", _MAIN, "serve-speed", "--bind", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:  # noqa: S603 - our own program
        try:
            yield _url(server)
        finally:
            server.terminate()


def _url(server: subprocess.Popen[bytes]) -> str:
    """Wait for the line that names the port."""
    said: SimpleQueue[bytes] = SimpleQueue()
    assert server.stdout is not None  # noqa: S101 - it is a pipe
    Thread(target=lambda out=server.stdout: said.put(out.readline(4096)), daemon=True).start()
    try:
        line = said.get(timeout=_START_S)
    except Empty:
        line = b""
    found = _URL.search(line.decode(errors="replace"))
    if found is None:
        raise CannotMeasure(Failure.COMMAND_FAILED, "our own server did not start")
    return found[0]
