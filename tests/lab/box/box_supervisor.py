"""PID 1 of the lab: makes the bridge, starts every machine, takes all along when it ends.

`box.py` starts it in network, mount and pid namespaces of its own. When it ends, for whatever
reason, the kernel ends everything in its pid namespace, and with the last process go the network
namespaces, the bridge and the mounts: nothing has to be cleaned up by anybody.

Protocol, one line each: out "born"; in the list of machines as JSON; out `Started` as JSON. The end
of its standard input is the order to end.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

HERE = Path(__file__).resolve().parent
NAMESPACES = ("--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--propagation=private")
START_SECONDS = 60


@dataclass(frozen=True)
class Machine:
    """How one machine is started."""

    name: str
    number: int
    """Last part of 10.99.0.N and fd99::N."""
    lower: str
    """Folders of its root, topmost first, with colons between."""
    keys: str
    """Folder of key files."""
    host_key: str = "host"
    container: str = ""
    """Folders of the root of a container inside it; empty: none."""
    proc_options: str = "rw"


@dataclass
class Started:
    """What came of it."""

    pids: dict[str, int] = field(default_factory=dict)
    """First process of each machine, as numbered in the lab's pid namespace."""
    failures: dict[str, str] = field(default_factory=dict)
    """Machines that did not come up, with the last of what they printed."""


@dataclass
class _Starting:
    machine: Machine
    process: subprocess.Popen[bytes]
    log: int
    code: int | None = None

    def words(self) -> IO[bytes]:
        assert self.process.stdout is not None  # Popen(stdout=PIPE)
        return self.process.stdout

    def plug_in(self) -> None:
        assert self.process.stdin is not None  # Popen(stdin=PIPE)
        self.process.stdin.write(b"plugged\n")
        self.process.stdin.close()

    def said(self) -> str:
        return os.pread(self.log, 1 << 20, 0)[-2000:].decode(errors="replace")


def main() -> None:
    """Serve one lab until standard input ends."""
    sys.stdout.write("born\n")
    sys.stdout.flush()
    machines = [Machine(**each) for each in json.loads(sys.stdin.readline())]
    threading.Thread(target=_end_with_input, daemon=True).start()
    ip(
        "link add br0 type bridge",
        "link set br0 up",
        "link set uplink master br0",
        "link set uplink up",
    )
    sys.stdout.write(json.dumps(asdict(start(machines))) + "\n")
    sys.stdout.flush()
    while True:  # PID 1 buries the dead
        try:
            os.wait()
        except ChildProcessError:
            time.sleep(1)


def start(machines: list[Machine]) -> Started:
    """Start all at the same time; a machine that is late counts as failed."""
    waiting = selectors.DefaultSelector()
    all_of_them = [_begin(machine) for machine in machines]
    for each in all_of_them:
        waiting.register(each.words(), selectors.EVENT_READ, each)
    deadline = time.monotonic() + START_SECONDS
    while waiting.get_map() and (left := deadline - time.monotonic()) > 0:
        cables = []
        for key, _ in waiting.select(left):
            each = key.data
            if (word := each.words().readline().strip()) == b"cable":
                cables.append(each)
                continue
            each.code = int(word) if word else each.process.wait()
            waiting.unregister(key.fileobj)
        _connect(cables)
    return _outcome(all_of_them)


def ip(*lines: str) -> None:
    """Run `ip` commands in one process.

    Raises:
        subprocess.CalledProcessError: one of them failed.

    """
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines).encode(), check=True)


def _begin(machine: Machine) -> _Starting:
    log = os.memfd_create(machine.name)
    command = [
        "unshare",
        *NAMESPACES,
        "--kill-child",
        "sh",
        str(HERE / "box_machine.sh"),
        machine.name,
    ]
    command += [str(machine.number), machine.lower, machine.keys, machine.host_key, str(HERE)]
    command += [machine.container, machine.proc_options]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, bufsize=0
    )
    return _Starting(machine, process, log)


def _connect(ready: list[_Starting]) -> None:
    if not ready:
        return
    lines = []
    for each in ready:
        port = f"m{each.machine.number}"
        lines.append(f"link add {port} type veth peer name eth0 netns {each.process.pid}")
        lines.append(f"link set {port} master br0 up")
    ip(*lines)
    for each in ready:
        each.plug_in()


def _outcome(all_of_them: list[_Starting]) -> Started:
    started = Started()
    for each in all_of_them:
        name = each.machine.name
        if each.code == 0:
            children = Path(f"/proc/{each.process.pid}/task/{each.process.pid}/children")
            started.pids[name] = int(children.read_text(encoding="ascii"))
        else:
            started.failures[name] = f"exit {each.code}: {each.said()}"
    return started


def _end_with_input() -> None:
    while os.read(0, 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
