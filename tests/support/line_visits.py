"""Take many visits of `audit sample` at once, each on a shaped line of its own, on days of choice.

A visit listens, loads and listens again, for about seven seconds a direction; thirty on one line
would take minutes. Here fifteen are at work at once, and each has its line: a network namespace,
and a token bucket on both ends of its cable to the two servers. The visits are real; only the clock
that they are told is not.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from kept_samples import ACT
from speed_testing import authorised

from auditor import catalogue, products, sampling
from auditor.model import Centre, Internet, Measured, Site, SpeedBackend, SpeedServer
from auditor.progress import Silent
from auditor.site import LoadedSite
from auditor.transports.speed.server import SpeedServer as OwnServer

SERVERS = ("198.51.100.8", "198.51.100.9")
PORT = 8989
SLOTS, IN_A_SLOT = 3, 5
VISITS = SLOTS * IN_A_SLOT
"""Of each server."""
BEGIN = datetime(2026, 11, 2, 2, tzinfo=UTC)
"""Nine in the morning in Vietnam, so that an hour stays in one slot; the same in every process."""
TAKEN, LOST, CRASHED = range(3)
"""What the download of a visit is worth."""
TURNS = 5
"""How often a visit is taken that is lost each time."""
CLONE_NEWNET, CLONE_NEWNS = 0x40000000, 0x00020000
PRIVATE = 0x4000 | 0x40000  # MS_REC | MS_PRIVATE


def site(*servers: str) -> Site:
    """Return a centre that measures against some of the servers, as quickly as is allowed."""
    line = Internet(
        servers=tuple(
            SpeedServer(backend=SpeedBackend.HTTP_MULTI, url=f"http://{server}:{PORT}/")
            for server in servers
        ),
        samples=0,
        warmup_s=0,
        window_s=2,
        pause_s=0,
    )
    centre = Centre(id="trung-tam", name="Trung tâm")
    return Site(schema="test", centre=centre, internet=line, scope=authorised(*SERVERS))


def moment_of(number: int) -> datetime:
    """Return when a visit is told to be: five on each of three mornings."""
    day, turn = divmod(number % VISITS, IN_A_SLOT)
    return BEGIN + timedelta(days=day, minutes=20 * turn, seconds=number // VISITS * 300)


@contextmanager
def lines(name: str, mbps: float) -> Iterator[None]:
    """Make a namespace with the servers' addresses, and one with a line for each visit."""
    far, near = f"{name}-far", [f"{name}-{number}" for number in range(2 * VISITS)]
    made = [f"netns add {space}" for space in (far, *near)]
    try:
        _batch("ip", made)
        _batch("ip", _far(near), far)
        for number, space in enumerate(near):
            _batch("ip", _near(number), space)
        bucket = f"root tbf rate {mbps}mbit burst 16000 latency 50ms"
        _batch("tc", [f"qdisc add dev p{number} {bucket}" for number in range(len(near))], far)
        for space in near:
            _batch("tc", [f"qdisc add dev wan0 {bucket}"], space)
        yield
    finally:
        _batch("ip", [f"netns delete {space}" for space in (far, *near)], force=True)


def _far(near: list[str]) -> list[str]:
    return [
        *("link set lo up", *(f"address add {server}/32 dev lo" for server in SERVERS)),
        *(
            line
            for number, space in enumerate(near)
            for line in (
                f"link add p{number} type veth peer name wan0 netns {space}",
                f"link set p{number} up",
                f"route add {_address(number)}/32 dev p{number}",
            )
        ),
    ]


def _near(number: int) -> list[str]:
    return [
        "link set lo up",
        f"address add {_address(number)}/24 dev wan0",
        "link set wan0 up",
    ]


def _address(number: int) -> str:
    return f"198.51.100.{20 + number}"


def _batch(program: str, lines_: list[str], space: str = "", *, force: bool = False) -> None:
    command = [program, *(("-n", space) if space else ()), *(("-force",) if force else ())]
    subprocess.run([*command, "-batch", "-"], input="\n".join(lines_), text=True, check=not force)


def inside(space: str) -> None:
    """Move this process, which has one thread, into a namespace, with the /sys of that one."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/var/run/netns", space).open("rb") as there:
        done = (
            libc.setns(there.fileno(), CLONE_NEWNET)
            or libc.unshare(CLONE_NEWNS)
            or libc.mount(b"none", b"/", None, PRIVATE, None)
            or libc.mount(b"sysfs", b"/sys", b"sysfs", 0, None)
        )
    if done:
        raise OSError(ctypes.get_errno(), space)


def child(space: str, work: Callable[[], int]) -> int:
    """Do something in a namespace, in a process of its own; return its id."""
    pid = os.fork()
    if pid:
        return pid
    code = CRASHED
    try:
        inside(space)
        code = work()
    finally:
        os._exit(code)


def serve(address: str) -> int:
    """Answer until killed."""
    with OwnServer(address, PORT, None, None) as server:
        server.serve_forever()
    return 0


def visit(folder: Path, number: int, turn: int) -> int:
    """Take one visit into a folder of its own; say what its download is worth."""
    place = site(SERVERS[number // VISITS])
    began, at = time.monotonic(), moment_of(number) + timedelta(seconds=60 * turn)
    with sampling.alone(folder / f"{number}-{turn}") as mine:
        sampling.visit(
            mine, (ACT,), LoadedSite(place, folder, "0" * 64, None), Silent(),
            lambda: at + timedelta(seconds=time.monotonic() - began),
        )  # fmt: skip
        ((seen,),) = (done.seen for done in sampling.waiting(mine))
    rows = seen.result.rows if isinstance(seen.result, Measured) else ()
    down = [row for row in rows if row["direction"] == "down" and row["is_usable"]]
    return TAKEN if down else LOST


def taken(folder: Path, name: str, wanted: list[int], turn: int) -> dict[int, int]:
    """Take visits at once, and return what each is worth."""
    pids = {
        number: child(f"{name}-{number}", partial(visit, folder, number, turn)) for number in wanted
    }
    return {
        number: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for number, pid in pids.items()
    }


def all_of(folder: Path, name: str, wanted: list[int]) -> bool:
    """Take visits, and those again that were lost; what a busy machine capped is a sample too."""
    worth: dict[int, int] = {}
    for turn in range(TURNS):
        again = [number for number in wanted if worth.get(number, LOST) >= LOST]
        worth |= taken(folder, name, again, turn) if again else {}
    return all(code < LOST for code in worth.values())


def main(folder: Path, name: str, mbps: float) -> int:
    """Take the visits to one server after those to the other; 1 if some were lost each time."""
    catalogue.probes()  # once, and not in each child
    products.of_site(())
    with lines(name, mbps):
        servers = [child(f"{name}-far", partial(serve, address)) for address in SERVERS]
        time.sleep(0.5)
        try:
            numbers = list(range(2 * VISITS))
            whole = [all_of(folder, name, part) for part in (numbers[:VISITS], numbers[VISITS:])]
        finally:
            for pid in servers:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
    return int(not all(whole))


def missing() -> list[str]:
    """Return the programs that are not there."""
    return [name for name in ("ip", "tc") if shutil.which(name) is None]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
