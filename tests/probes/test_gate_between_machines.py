"""The gate and the guard between two real machines: what must pass passes, nothing else."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from auditor import guard
from auditor.errors import CannotMeasure
from auditor.model import Authorisation, Failure, Method, Scope
from auditor.scope import Gate

pytestmark = pytest.mark.root
LISTEN = """
import socket, sys
tcp = socket.create_server(("::", 7007), family=socket.AF_INET6, dualstack_ipv6=True)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("", 7007))
print("ready", flush=True)
while True:
    content, sender = udp.recvfrom(100)
    print(content.decode(), flush=True)
    udp.sendto(content.upper(), sender)
"""


class Machine(Protocol):
    """What the fixture `other_machine` gives."""

    address: str
    network: str
    cable: str
    interface: str
    inside: tuple[str, ...]


@dataclass
class Listener:
    """A program on the other machine that writes down every datagram and answers it."""

    machine: Machine
    heard: Path


@pytest.fixture
def listener(other_machine: Machine, tmp_path: Path) -> Iterator[Listener]:
    """Listen on port 7007, TCP and UDP, over there."""
    heard = tmp_path / "heard"
    with (
        heard.open("wb") as file,
        subprocess.Popen(
            [*other_machine.inside, sys.executable, "-c", LISTEN], stdout=file
        ) as process,
    ):
        for _attempt in range(100):
            if heard.read_text():
                break
            time.sleep(0.05)
        yield Listener(other_machine, heard)
        process.kill()


@pytest.fixture
def gate(letter: Callable[..., Authorisation], other_machine: Machine) -> Gate:
    """Allow discovery of the other machine's network, link-local addresses included."""
    return Gate(
        Scope(
            networks=(other_machine.network, "fe80::/10"), authorisation=letter(Method.DISCOVERY)
        ),
        "Asia/Ho_Chi_Minh",
    )


def test_what_is_authorised_passes(gate: Gate, listener: Listener) -> None:
    """Inside a measurement the gate connects and exchanges."""
    address = listener.machine.address
    with guard.probing(gate):
        with gate.connect(address, 7007, Method.DISCOVERY, 5) as opened:
            assert opened.getpeername() == (address, 7007)
        exchange = gate.exchange(address, 7007, Method.DISCOVERY, b"hello", timeout_s=5)
    assert exchange.answer == b"HELLO"
    assert exchange.sent_at <= exchange.received_at
    assert listener.heard.read_text() == "ready\nhello\n"


def test_the_gate_stays_shut(gate: Gate, listener: Listener) -> None:
    """Another method, and a network that is not listed, send nothing to a machine that listens."""
    address = listener.machine.address
    with pytest.raises(CannotMeasure) as method:
        gate.exchange(address, 7007, Method.HOST_LOGIN, b"login", timeout_s=1)
    with pytest.raises(CannotMeasure) as letter:
        Gate(Scope(networks=(listener.machine.network,)), "UTC").exchange(
            address, 7007, Method.DISCOVERY, b"no letter", timeout_s=1
        )
    assert method.value.failure is letter.value.failure is Failure.NOT_AUTHORISED
    assert listener.heard.read_text() == "ready\n"


def test_a_rogue_reaches_nobody(gate: Gate, listener: Listener) -> None:
    """A probe with a socket of its own is stopped even where the scope would allow it."""
    place = (listener.machine.address, 7007)

    def rogue() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
            opened.sendto(b"rogue", place)

    with pytest.raises(CannotMeasure) as caught, guard.probing(gate):
        rogue()
    assert caught.value.failure is Failure.OUT_OF_SCOPE
    time.sleep(0.2)
    assert listener.heard.read_text() == "ready\n"
    rogue()  # the control: outside of measuring the very same call arrives
    time.sleep(0.2)
    assert listener.heard.read_text() == "ready\nrogue\n"


def test_link_local_addresses_keep_their_zone(gate: Gate, listener: Listener) -> None:
    """An address that means something on one cable only is reached over that cable."""
    machine = listener.machine
    told = subprocess.check_output(
        [
            *machine.inside,
            "ip",
            "-6",
            "-o",
            "addr",
            "show",
            "dev",
            machine.interface,
            "scope",
            "link",
        ],
        text=True,
    )
    address = told.split()[3].partition("/")[0]
    with patiently(gate, f"{address}%{machine.cable}") as opened:
        assert opened.getpeername()[0].partition("%")[0] == address


def patiently(gate: Gate, host: str) -> socket.socket:
    """Connect as soon as both ends have made sure that nobody else has their address."""
    deadline = time.monotonic() + 6
    while True:
        try:
            return gate.connect(host, 7007, Method.DISCOVERY, 5)
        except CannotMeasure:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
