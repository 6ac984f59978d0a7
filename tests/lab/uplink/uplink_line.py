"""A shaped Internet line in a box: client, two routers, a server, and a wire with delay between.

    with uplink(rate_mbps=100, delay_ms=10) as line:
        line.serve("iperf3", "-s", port=5201)            # in the "Internet" namespace
        line.run("ping", "-c", "3", line.server)         # in the client's namespace
        with line.inside():                              # this thread becomes the client
            ...

Client - r1 - relay - r2 - server. `tc tbf` shapes on the routers, counting IP bytes: the upload
where r1 enters the wire, the download where r2 does; each has a tail-drop queue of `queue_ms`. The
relay (relay.c, because this kernel has no netem) adds delay, jitter and loss in both directions.
Recipe and traps: reference/bandwidth.md, appendix A. Needs root on Linux and the packages gcc,
libc6-dev, iproute2 and util-linux. Lines are independent: several may be up at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from uplink_network import CannotStart, configure

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
PAYLOAD_PER_IP = 1448 / 1500
PAYLOAD_PER_IP6 = 1428 / 1500
"""TCP with timestamps and a 1500-byte MTU."""
_READY_SECONDS = 10.0
_CLONE_NEWNET = 0x40000000


class Carried(NamedTuple):
    """What one direction of the wire did since it was made."""

    packets: int
    """With offloads on, one packet may be 64 KiB."""
    bytes: int
    lost: int
    """Dropped on purpose."""
    overflowed: int
    """Dropped because the relay's memory was full: the lab, not the line, was the limit."""
    failed: int
    """Refused by the kernel: the same."""


@dataclass(frozen=True)
class Wish:
    """What the line shall be like."""

    rate_mbps: float = 100.0
    """IP bytes towards the client, in 10^6 bit/s."""
    up_mbps: float | None = None
    """From the client; the same if not given."""
    delay_ms: float = 10.0
    """One way: the RTT is twice that."""
    jitter_ms: float = 0.0
    """Each packet and direction: uniform in [-jitter, jitter], order kept."""
    loss: float = 0.0
    """Share of the packets lost in each direction. Switches offloads off."""
    queue_ms: float = 50.0
    control: str = "cubic"
    """Congestion control of both ends; a server may choose another for a connection."""
    seed: int = 1

    @property
    def is_per_packet(self) -> bool:
        """Whether the wire must see the packets as they would be on a real one."""
        return bool(self.loss or self.jitter_ms)


@dataclass(frozen=True)
class Line:
    """A line that is up."""

    wish: Wish
    pid: int
    """Process that holds the namespaces; its network is the client's."""
    folder: Path
    """For files of servers; gone with the line."""
    _relay: tuple[IO[str], IO[str]]
    _first: int
    """First process inside, as numbered outside."""
    _servers: list[subprocess.Popen[bytes]]

    server = "203.0.113.1"
    server6 = "2001:db8:2::1"
    client = "10.9.1.1"
    client6 = "fd09:1::1"

    def truth_mbps(self, *, down: bool, ipv6: bool = False) -> float:
        """Give the TCP payload that the shaped rate can carry, in 10^6 bit/s."""
        rate = self.wish.rate_mbps
        if not down and self.wish.up_mbps is not None:
            rate = self.wish.up_mbps
        return rate * (PAYLOAD_PER_IP6 if ipv6 else PAYLOAD_PER_IP)

    def command(self, *command: str, namespace: str = "cli") -> tuple[str, ...]:
        """Give the command that runs `command` in a namespace of the line."""
        enter = ("nsenter", "--target", str(self.pid), "--mount", "--net")
        if namespace == "cli":
            return (*enter, "--", *command)
        return (*enter, "--", "ip", "netns", "exec", namespace, *command)

    def run(
        self, *command: str, namespace: str = "cli", seconds: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end.

        Raises:
            subprocess.TimeoutExpired: it did not end in time.

        """
        return subprocess.run(
            self.command(*command, namespace=namespace),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )

    def serve(self, *command: str, port: int, namespace: str = "srv") -> None:
        """Start a server and wait until it listens on TCP `port`; it ends with the line.

        Raises:
            CannotStart: it ended or did not listen in time.

        """
        log = self.folder / f"{Path(command[0]).name}-{port}.log"
        enter = ("nsenter", "--target", str(self._first), "--pid", "--mount", "--")
        with log.open("wb") as said:
            server = subprocess.Popen(
                [*enter, "ip", "netns", "exec", namespace, *command],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        self._servers.append(server)
        self._await(server, port, namespace, log)

    def _await(self, server: subprocess.Popen[bytes], port: int, namespace: str, log: Path) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        listening = ("ss", "-Hltn", "sport", "=", f":{port}")
        while not self.run(*listening, namespace=namespace).stdout:
            if server.poll() is not None or time.monotonic() > deadline:
                message = f"{log.stem} does not listen: {log.read_text(errors='replace')[-2000:]}"
                raise CannotStart(message)
            time.sleep(0.05)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Make this thread, and threads that it starts, the client until the end of the block.

        Python 3.12 has `os.setns`; until then libc is asked. `/sys` stays this machine's.
        """
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        there = os.open(f"/proc/{self.pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _setns(there)
            try:
                yield
            finally:
                _setns(before)
        finally:
            os.close(there)
            os.close(before)

    def carried(self) -> tuple[Carried, Carried]:
        """Count what the wire carried: upload, download."""
        to_relay, from_relay = self._relay
        to_relay.write("\n")
        to_relay.flush()
        numbers = [int(each) for each in from_relay.readline().split()]
        half = len(numbers) // 2
        return Carried(*numbers[:half]), Carried(*numbers[half:])

    def queue_drops(self) -> tuple[int, int]:
        """Count what the two full queues dropped: upload, download."""
        up, down = (
            json.loads(
                self.run("tc", "-s", "-j", "qdisc", "show", "dev", device, namespace=router).stdout
            )
            for router, device in (("r1", "tua"), ("r2", "tub"))
        )
        return int(up[0]["drops"]), int(down[0]["drops"])


@contextlib.contextmanager
def uplink(wish: Wish | None = None, **wishes: float | str) -> Iterator[Line]:
    """Make a line; `uplink(rate_mbps=20)` is `uplink(Wish(rate_mbps=20))`.

    Raises:
        CannotStart: no root, a package is missing, or the kernel refused something.

    """
    wish = wish or Wish(**wishes)  # type: ignore[arg-type] # the names of Wish decide
    if os.geteuid() != 0:
        message = "the line makes network namespaces: start it as root"
        raise CannotStart(message)
    with tempfile.TemporaryDirectory(prefix="audit-uplink-") as folder:
        Path(folder).chmod(0o755)  # servers that drop privileges read there
        servers: list[subprocess.Popen[bytes]] = []
        try:
            with _relay(wish, Path(folder)) as holder:
                line = _line(wish, Path(folder), holder, servers)
                configure(line)
                yield line
        finally:
            for server in servers:  # ended by the kernel with the relay, PID 1
                server.wait()


def _build(folder: Path) -> Path:
    program = folder / "relay"
    command = ["gcc", "-O2", "-Wall", "-Wextra", "-pthread", "-o", str(program)]
    try:
        built = subprocess.run(
            [*command, str(HERE / "relay.c")], capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        message = "needs the Debian packages gcc and libc6-dev"
        raise CannotStart(message) from error
    if built.returncode:
        raise CannotStart(built.stderr)
    return program


@contextlib.contextmanager
def _relay(wish: Wish, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Hold the namespaces: with the end of this process everything in them ends."""
    loss = str(round(wish.loss * 1e6))
    times = [str(round(each * 1e6)) for each in (wish.delay_ms, wish.jitter_ms)]
    ends = ["/run/netns/r1", "tua", "/run/netns/r2", "tub"]
    relay = [str(_build(folder)), *ends, *times, loss, loss, str(int(not wish.is_per_packet))]
    unshare = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child"]
    holder = subprocess.Popen(
        [*unshare, "sh", str(HERE / "uplink.sh"), *relay, str(wish.seed)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    to_relay, from_relay = _pipes(holder)
    try:
        if from_relay.readline() != "ready\n":
            message = "the relay did not start; its error is above"
            raise CannotStart(message)
        yield holder
    finally:
        with contextlib.suppress(BrokenPipeError):
            to_relay.close()
        try:
            holder.wait(timeout=10)
        except subprocess.TimeoutExpired:
            holder.kill()
            holder.wait()
        from_relay.close()


def _line(
    wish: Wish,
    folder: Path,
    holder: subprocess.Popen[str],
    servers: list[subprocess.Popen[bytes]],
) -> Line:
    children = Path(f"/proc/{holder.pid}/task/{holder.pid}/children")
    first = int(children.read_text(encoding="ascii"))
    return Line(wish, holder.pid, folder, _pipes(holder), first, servers)


def _pipes(holder: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert holder.stdin is not None  # both were asked for
    assert holder.stdout is not None
    return holder.stdin, holder.stdout


def _setns(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, _CLONE_NEWNET):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
