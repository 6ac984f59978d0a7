"""A probe that goes its own way is caught while it runs."""

import contextlib
import os
import socket
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from auditor import guard
from auditor.errors import CannotMeasure
from auditor.model import Failure, Method, Scope
from auditor.scope import Gate
from auditor.transports.capturing import Captures
from auditor.transports.local import LocalHost

GATE = Gate(Scope(), "UTC")


def connects() -> None:
    """Open a connection past the gate."""
    with socket.socket() as opened:
        opened.connect(("127.0.0.1", 9))


def connects_quietly() -> None:
    """Ask for the error number only."""
    with socket.socket() as opened:
        opened.connect_ex(("127.0.0.1", 9))


def sends() -> None:
    """Send a datagram past the gate."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.sendto(b"x", ("127.0.0.1", 9))


def sends_a_message() -> None:
    """Send a datagram by the other call."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.sendmsg([b"x"], [], 0, ("127.0.0.1", 9))


def resolves() -> None:
    """Ask a resolver past the gate."""
    socket.getaddrinfo("example.vn", 80)


def resolves_the_old_way() -> None:
    """Ask a resolver by the old call."""
    socket.gethostbyname("example.vn")


def listens() -> None:
    """Wait for others."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))


def makes_packets() -> None:
    """Open a socket for packets of its own making."""
    socket.socket(socket.AF_INET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.IPPROTO_ICMP)


def makes_frames() -> None:
    """Open a socket for frames, if this system has such."""
    socket.socket(getattr(socket, "AF_PACKET", socket.AF_INET), socket.SOCK_RAW)


def runs() -> None:
    """Start a program past the transport."""
    subprocess.run(["/bin/true"], check=True)


def shells() -> None:
    """Start a shell."""
    os.system("true")  # noqa: S605 - the offence that must be caught


def forks() -> None:
    """Become two."""
    if os.fork() == 0:
        os._exit(0)


def hides() -> None:
    """Send, and say that nothing happened."""
    try:
        sends()
    except CannotMeasure:
        return


def delegates() -> None:
    """Let a thread of its own do it."""
    errors: list[CannotMeasure] = []

    def child() -> None:
        try:
            sends()
        except CannotMeasure as error:
            errors.append(error)

    thread = threading.Thread(target=child)
    thread.start()
    thread.join()
    raise errors[0]


ROGUES = (
    *(connects, connects_quietly, sends, sends_a_message, resolves, resolves_the_old_way),
    *(makes_packets, makes_frames, listens, runs, shells, forks, hides, delegates),
)


def measuring(act: Callable[[], object]) -> object:
    """Run something as `measure` runs a probe: in a thread of its own, inside the guard."""

    def guarded() -> object:
        with guard.probing(GATE):
            return act()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(guarded).result()


@pytest.mark.parametrize("rogue", ROGUES, ids=lambda rogue: rogue.__name__)
def test_a_rogue_is_stopped(rogue: Callable[[], object]) -> None:
    """Whatever way it takes, and even if it hides it, its measurement fails as out of scope."""
    with pytest.raises(CannotMeasure) as caught:
        measuring(rogue)
    assert caught.value.failure is Failure.OUT_OF_SCOPE


def test_no_packet_leaves() -> None:
    """What is refused was not sent: a listener hears nothing from the rogue."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.2)
        place = listener.getsockname()

        def rogue() -> None:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
                opened.sendto(b"rogue", place)

        with pytest.raises(CannotMeasure):
            measuring(rogue)
        with pytest.raises(TimeoutError):
            listener.recv(16)


def test_the_gate_lets_through() -> None:
    """The same thread reaches this machine by the gate."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        measuring(lambda: GATE.connect("127.0.0.1", port, Method.DISCOVERY, 5).close())


def test_a_gate_of_its_own_does_not() -> None:
    """A probe cannot bring a wider scope along."""
    with pytest.raises(CannotMeasure, match="gate of its own"):
        measuring(lambda: Gate(Scope(), "UTC").connect("127.0.0.1", 9, Method.DISCOVERY, 1))


@pytest.mark.parametrize("act", [connects, connects_quietly, sends, sends_a_message])
def test_whoever_passes_reaches_one_host_only(act: Callable[[], None]) -> None:
    """A library that is led elsewhere inside the gate, by a redirect say, is stopped as well."""

    def led_elsewhere() -> None:
        with guard.through(GATE, "127.0.0.2"):
            act()

    with pytest.raises(CannotMeasure, match="without passing the gate"):
        measuring(led_elsewhere)

    def resolved_elsewhere() -> None:
        with guard.through(GATE, "127.0.0.1"):
            resolves()

    with pytest.raises(CannotMeasure, match="getaddrinfo"):
        measuring(resolved_elsewhere)

    def as_meant() -> None:
        with guard.through(GATE, "::ffff:127.0.0.1"), contextlib.suppress(ConnectionRefusedError):
            act()

    measuring(as_meant)


def test_the_transport_runs_programs() -> None:
    """The local transport feeds a shell, and nothing else does."""
    host = LocalHost(Captures(lambda _request, content: sha256(content).hexdigest()))
    measuring(lambda: host.collect(b"echo done", timeout_s=5, max_bytes=100))
    assert len(host.captures) == 1


def test_other_work_is_free() -> None:
    """Outside of measuring, and in the main thread beside it, nothing is refused."""
    runs()
    released, ready = threading.Event(), threading.Event()

    def slow() -> None:
        ready.set()
        released.wait(5)

    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(lambda: _guarded(slow))
        ready.wait(5)
        runs()
        sends()
        released.set()
        pending.result()


def _guarded(act: Callable[[], object]) -> None:
    with guard.probing(GATE):
        act()
