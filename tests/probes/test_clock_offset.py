"""Asking real time servers, and refusing answers that are none."""

import struct
import time
from collections.abc import Callable, Mapping
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor import catalogue
from auditor.errors import CannotMeasure
from auditor.internet.sample import Sample
from auditor.internet.transfer import Order
from auditor.model import Centre, Effect, Failure, Measured, Method, Row, Site, Subject, Text
from auditor.probing import Exchange, Network, Probe
from auditor.transports.net import GatedNetwork

Opened = Callable[..., GatedNetwork]
Chronyd = Callable[..., int]


class Machine(Protocol):
    """What the fixture `other_machine` gives."""

    address: str
    network: str
    inside: tuple[str, ...]


class Answers:
    """A network on which one server turns each question into an answer of the test's choice."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        """Answer every question with `answer(question)`."""
        self._answer = answer
        self.site = Site(
            schema="test", centre=Centre(id="a", name="A"), time_servers=("192.0.2.1",)
        )

    def exchange_datagram(
        self, host: str, port: int, method: Method, payload: bytes, *, timeout_s: float
    ) -> Exchange:
        """Answer at once."""
        assert (host, port, method) == ("192.0.2.1", 123, Method.TIME_QUERY)
        assert timeout_s > 0
        now = time.time()
        return Exchange(payload, self._answer(payload), sent_at=now, received_at=now + 0.25)

    def sample_speed(self, order: Order) -> Sample:
        """Be asked for no speed."""
        raise AssertionError(order)

    def earlier_samples(self) -> tuple[tuple[Sample, ...], tuple[Text, ...]]:
        """Have no series."""
        return (), ()

    def rest(self, seconds: float) -> None:
        """Be asked for no rest."""
        raise AssertionError(seconds)

    def is_over(self, end: float) -> bool:
        """Be asked for no clock."""
        raise AssertionError(end)

    def close(self) -> None:
        """Nothing is open."""


def server_says(  # noqa: PLR0913 - the fields of a packet that the tests vary
    question: bytes,
    *,
    first: int = 0x24,
    stratum: int = 2,
    code: bytes = b"\x7f\x00\x00\x01",
    originate: bytes | None = None,
    stamp: int | None = None,
) -> bytes:
    """Build a server packet as RFC 5905, figure 8, draws it."""
    now = int((time.time() + 2208988800) * (1 << 32)) if stamp is None else stamp
    return struct.pack(
        "!BBbbII4sQ8sQQ",
        *(first, stratum, 6, -20, 0, 0, code, 0),
        question[40:48] if originate is None else originate,
        *(now, now),
    )


def measured(probes: Mapping[str, Probe], network: Network) -> tuple[Row, ...]:
    """Run the probe."""
    return probes["clock_offset"].measure(network).rows


def refused(probes: Mapping[str, Probe], network: Network) -> CannotMeasure:
    """Run the probe, which must fail."""
    with pytest.raises(CannotMeasure) as caught:
        probes["clock_offset"].measure(network)
    return caught.value


def test_is_an_active_probe_of_the_network(probes: Mapping[str, Probe]) -> None:
    """It sends packets, and says so."""
    assert probes["clock_offset"].effect is Effect.ACTIVE
    assert probes["clock_offset"].subject is Subject.NETWORK


@pytest.mark.root
@pytest.mark.package
def test_asks_a_real_server(probes: Mapping[str, Probe], network: Opened, chronyd: Chronyd) -> None:
    """A chronyd that shares our clock is not ahead of it, and what passed is evidence."""
    server = f"127.0.0.1:{chronyd('127.0.0.1', 'local stratum 8')}"
    opened = network(server)
    (row,) = measured(probes, opened)
    assert row["server"] == server
    assert row["stratum"] == 8
    assert isinstance(row["offset_s"], float)
    assert abs(row["offset_s"]) < 0.05
    assert [capture.request for capture in opened.captures] == [
        f"datagram 127.0.0.1 {server.rpartition(':')[2]}"
    ]


@pytest.mark.root
@pytest.mark.package
@pytest.mark.parametrize(("fake", "offset_s"), [("+7s", 7.0), ("-3600s", -3600.0)])
def test_finds_a_wrong_clock(
    probes: Mapping[str, Probe], network: Opened, chronyd: Chronyd, fake: str, offset_s: float
) -> None:
    """A chronyd under faketime is off by exactly what faketime was told."""
    port = chronyd("127.0.0.1", "local stratum 8", fake=fake)
    opened = network(f"127.0.0.1:{port}")
    measured(probes, opened)  # the first answer of a process under faketime is slow
    (row,) = measured(probes, opened)
    assert row["offset_s"] == pytest.approx(offset_s, abs=0.05)


@pytest.mark.root
@pytest.mark.package
def test_an_unsynchronised_server_is_a_failure(
    probes: Mapping[str, Probe], network: Opened, chronyd: Chronyd
) -> None:
    """A server without a source of its own says so; that is no measurement."""
    port = chronyd("127.0.0.1")
    assert refused(probes, network(f"127.0.0.1:{port}")).failure is Failure.COMMAND_FAILED


@pytest.mark.root
@pytest.mark.package
def test_asks_another_machine_within_the_authorisation(
    probes: Mapping[str, Probe], network: Opened, chronyd: Chronyd, other_machine: Machine
) -> None:
    """With a letter for its network the other machine is asked; without one no packet leaves."""
    port = chronyd(other_machine.address, "local stratum 5", prefix=other_machine.inside)
    server = f"{other_machine.address}:{port}"
    (row,) = measured(probes, network(server, networks=(other_machine.network,)))
    assert row["stratum"] == 5
    assert refused(probes, network(server)).failure is Failure.NOT_AUTHORISED
    elsewhere = network(server, networks=("10.78.0.0/16",))
    assert refused(probes, elsewhere).failure is Failure.OUT_OF_SCOPE


@pytest.mark.root
@pytest.mark.package
def test_names_the_servers_that_fail(
    probes: Mapping[str, Probe], network: Opened, chronyd: Chronyd
) -> None:
    """One answer is a measurement; the others become a limitation."""
    port = chronyd("127.0.0.1", "local stratum 8")
    result: Measured = probes["clock_offset"].measure(network("127.0.0.1:9", f"127.0.0.1:{port}"))
    assert [row["server"] for row in result.rows] == [f"127.0.0.1:{port}"]
    (limitation,) = result.limitations
    assert "127.0.0.1:9 (refused)" in limitation.vi
    assert "127.0.0.1:9 (refused)" in limitation.en


def test_no_server_at_all_is_a_failure(probes: Mapping[str, Probe], network: Opened) -> None:
    """When nobody listens the kernel says so at once."""
    assert refused(probes, network("127.0.0.1:9")).failure is Failure.REFUSED


def test_a_good_answer_is_read(probes: Mapping[str, Probe]) -> None:
    """The answer came 0.25 s after the question: the offset is half of that at most."""
    (row,) = measured(probes, Answers(server_says))
    assert row["delay_s"] == pytest.approx(0.25, abs=0.01)
    assert row["offset_s"] == pytest.approx(-0.125, abs=0.01)


def test_the_next_era_is_near(probes: Mapping[str, Probe]) -> None:
    """Seconds wrap around in 2036; a stamp after that is ahead, not 136 years behind."""
    after_wrap = 1 << 32  # one second into era 1, 2036-02-07
    (row,) = measured(probes, Answers(lambda q: server_says(q, stamp=after_wrap)))
    until = 2085978496 + 1 - time.time()
    assert row["offset_s"] == pytest.approx(until, abs=1)


@pytest.mark.parametrize(
    ("packet", "failure"),
    [
        ({"stratum": 0, "code": b"RATE"}, Failure.REFUSED),
        ({"first": 0xE4, "stratum": 0, "code": b"DENY"}, Failure.REFUSED),
        ({"stratum": 0, "code": bytes(4)}, Failure.COMMAND_FAILED),
        ({"stratum": 16}, Failure.COMMAND_FAILED),
        ({"first": 0xE4}, Failure.COMMAND_FAILED),
        ({"first": 0x23}, Failure.UNPARSABLE),
        ({"originate": b"forgery!"}, Failure.UNPARSABLE),
        ({"stamp": 0}, Failure.UNPARSABLE),
    ],
    ids=["rate", "deny", "stratum0", "stratum16", "alarm", "client", "forged", "timeless"],
)
def test_refuses(
    probes: Mapping[str, Probe], packet: Mapping[str, bytes], failure: Failure
) -> None:
    """Kisses of death, servers without time, and packets that answer nothing."""
    answers = Answers(lambda question: server_says(question, **packet))  # type: ignore[arg-type] # fields of mixed types
    assert refused(probes, answers).failure is failure


@given(cut=st.integers(0, 48), place=st.integers(0, 47), bits=st.integers(1, 255))
def test_a_damaged_answer_is_a_named_failure(cut: int, place: int, bits: int) -> None:
    """A mutilated packet gives a row or a failure of the vocabulary, nothing else."""

    def damage(question: bytes) -> bytes:
        packet = bytearray(server_says(question))
        packet[place] ^= bits
        return bytes(packet[:cut] if cut < 48 else packet)

    try:
        rows = catalogue.probes()["clock_offset"].measure(Answers(damage)).rows
    except CannotMeasure:
        return  # a failure of the vocabulary; any other error fails the test
    assert len(rows) == 1


@pytest.mark.parametrize(
    "bad_server", ["ntp.example.vn:0", "ntp.example.vn:65536", "ntp.example.vn:x"]
)
def test_refuses_an_impossible_port(
    probes: Mapping[str, Probe], network: Opened, bad_server: str
) -> None:
    """A port is a number from 1 to 65535."""
    assert refused(probes, network(bad_server)).failure is Failure.UNPARSABLE


@pytest.mark.parametrize("server", ["[::1]:9", "::1", "localhost", "127.0.0.1"])
def test_understands_addresses(probes: Mapping[str, Probe], network: Opened, server: str) -> None:
    """IPv6 with and without port, names and IPv4: each is this machine, where nobody answers."""
    failure = refused(probes, network(server)).failure
    assert failure in {Failure.REFUSED, Failure.UNREACHABLE, Failure.TIMEOUT}
