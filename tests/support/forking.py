"""The real program without its seconds of imports: a process that has them forks for each command.

So a moment at which a command is killed lies in its work, and 200 kills take minutes. The server
has one thread and opens nothing; what is forked is a process of its own, killed like any other.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_S = 300
SPENT = "*/schedstat"
COMMANDS = ("run", "sample", "history", "pack", "keygen", "schedule")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    cpu_s: float


@dataclass(frozen=True)
class Child:
    """A command at work; what it printed and how it ended stands in files."""

    pid: int
    said: Path

    def poll(self) -> int | None:
        """Return the exit code; None while it is at work, -9 if it was killed."""
        is_there = _is_there(self.pid)  # before we look: it may end in between
        try:
            return int(self.written()[0])
        except FileNotFoundError:
            return None if is_there else -signal.SIGKILL

    def cpu_s(self) -> float:
        """Return how long it has been at work on a processor, whatever else the machine does."""
        tasks = []
        with contextlib.suppress(OSError):  # it ends while we look
            tasks += [
                task.read_text("ascii") for task in Path(f"/proc/{self.pid}/task").glob(SPENT)
            ]
        return sum(int(task.split()[0]) for task in tasks) / 1e9

    def written(self) -> list[str]:
        """Return its exit code and seconds on a processor. Raises `FileNotFoundError`."""
        return (self.said / "code").read_text("ascii").split()

    def communicate(self) -> tuple[bytes, bytes]:
        """Wait for its end; return what it printed."""
        until = time.monotonic() + LONGEST_S
        while _is_there(self.pid):
            if time.monotonic() > until:
                os.kill(self.pid, signal.SIGKILL)
                raise TimeoutError
            time.sleep(0.005)
        return (self.said / "out").read_bytes(), (self.said / "err").read_bytes()


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@dataclass(frozen=True)
class Forked:
    """`audit` in a folder that is also the home, as `Program` of the integration tests."""

    folder: Path
    said: Path
    server: subprocess.Popen[bytes]

    def start(self, *arguments: str | Path, **more: str) -> Child:
        """Begin a command and do not wait."""
        said = self.said / str(len(list(self.said.iterdir())))
        said.mkdir()
        for name in ("out", "err"):
            (said / name).touch()  # it may be killed before it opens them
        order = {
            "argv": [str(word) for word in arguments],
            "folder": str(self.folder),
            "said": str(said),
            "environment": {"PATH": os.defpath, "HOME": str(self.folder), **more},
        }
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps(order).encode() + b"\n")
        self.server.stdin.flush()
        return Child(int(self.server.stdout.readline()), said)

    def __call__(self, *arguments: str | Path, **more: str) -> Ended:
        """Run a command to its end."""
        child = self.start(*arguments, **more)
        out, err = child.communicate()
        code = child.poll()
        assert code is not None
        return Ended(code, out.decode(), err.decode(), float(child.written()[1]))


@contextmanager
def forked(folder: Path, said: Path) -> Iterator[Forked]:
    """Run the server; what commands print goes into `said`."""
    said.mkdir()
    argv = [sys.executable, __file__]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        yield Forked(folder, said, server)
        assert server.stdin is not None
        server.stdin.close()


def serve() -> None:
    """Fork for each line of standard input, and print the process's number."""
    from importlib import import_module  # noqa: PLC0415 - only of the server

    for name in (*(f"auditor.cli.{name}" for name in COMMANDS), *LIBRARIES):
        import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody stays behind as a zombie
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            _command(order)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


LIBRARIES = (
    *("auditor.cli.shell", "auditor.cli.taking_in", "auditor.cli.alert_words"),
    *("auditor.store.keeping", "auditor.store.migrating", "sqlalchemy.dialects.sqlite.pysqlite"),
)


def _command(order: dict[str, Any]) -> None:
    """Be the program, in a process that was forked."""
    from auditor.cli import main  # noqa: PLC0415 - only of the server

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    said = Path(order["said"])
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    for handle, name in ((0, os.devnull), (1, said / "out"), (2, said / "err")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT, 0o600), handle)
    sys.argv = ["audit", *order["argv"]]
    code = 1
    try:
        main()
    except SystemExit as error:
        code = int(error.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        done = said / "code.new"
        done.write_text(f"{code} {time.process_time()}", "ascii")
        done.rename(said / "code")
        os._exit(code)


if __name__ == "__main__":
    serve()
