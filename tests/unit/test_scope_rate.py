"""The rate that all threads share."""

import socket
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor import counted
from auditor.bucket import Bucket


def departures(per_second: int, wishes: list[tuple[float, int]]) -> list[float]:
    """Return when packets leave that are wished for after pauses."""
    clock = [100.0]
    left: list[float] = []

    def wait(seconds: float) -> None:
        clock[0] += seconds

    bucket = Bucket(per_second, clock=lambda: clock[0], wait=wait)
    for pause, packets in wishes:
        clock[0] += pause
        for _packet in range(packets):
            bucket.take()
            left.append(clock[0])
    return left


def test_each_waits_its_turn() -> None:
    """Four a second means a quarter of a second between two, from the start."""
    times = departures(4, [(0, 5)])
    gaps = [after - before for before, after in pairwise(times)]
    assert gaps == pytest.approx([1 / (4 * 0.965)] * 4)


@given(
    st.integers(1, 1000),
    st.lists(st.tuples(st.floats(0, 3), st.integers(1, 300)), min_size=1, max_size=5),
)
def test_no_second_holds_more_than_the_rate(
    per_second: int, wishes: list[tuple[float, int]]
) -> None:
    """Wherever a second begins, also after a pause."""
    times = departures(per_second, wishes)
    first = 0
    for last, moment in enumerate(times):
        while times[first] <= moment - 1 + 1e-9:
            first += 1
        assert last - first + 1 <= per_second


def test_packets_sent_by_the_system_are_paid_for() -> None:
    """A debt delays what comes next."""
    clock = [0.0]
    bucket = Bucket(100, clock=lambda: clock[0], wait=lambda s: clock.append(clock.pop() + s))
    bucket.take(50)
    assert clock[0] == pytest.approx(0.5, abs=0.03)


def test_a_long_message_is_paid_for_packet_by_packet() -> None:
    """Sending 10,000 bytes takes eight packets; reading them, an acknowledgement for every two."""
    paid: list[int] = []
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        counted.opened(socket.AF_INET, socket.SOCK_STREAM, paid.append) as opened,
    ):
        opened.connect(server.getsockname())
        other, _peer = server.accept()
        with other:
            opened.sendall(b"x" * 10000)
            assert paid == [1] * 8
            assert len(other.recv(10000, socket.MSG_WAITALL)) == 10000
            other.sendall(b"y" * 10000)
            opened.recv(10000, socket.MSG_PEEK)
            assert len(opened.recv(10000, socket.MSG_WAITALL)) == 10000
    assert paid == [1] * 8 + [4]
