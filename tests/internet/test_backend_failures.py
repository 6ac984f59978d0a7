"""What servers do wrong, each with its cause: no traceback, no number."""

import socket
import struct
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from speed_testing import (
    PORTAL,
    ZONE,
    Script,
    answering,
    cause_of,
    http,
    measured,
    order,
    rates,
    scripted,
    text_frame,
    upgraded,
)

from auditor.internet.causes import Cause, NoSample
from auditor.internet.flags import Flag
from auditor.internet.vocabulary import CountedAt, Direction
from auditor.model import Scope, SpeedBackend
from auditor.scope import Gate
from auditor.transports.speed.dial import GateDial
from auditor.transports.speed.echo import echoed

pytestmark = pytest.mark.serial

BLOCK = bytes(65536)


def says(*states: int) -> Script:
    """Be an iperf3 server that goes through these states and then waits."""

    def script(connection: socket.socket, number: int) -> None:
        assert len(connection.recv(37, socket.MSG_WAITALL)) == 37
        for state in states if number == 0 or 10 not in states else ():
            connection.sendall(struct.pack("b", state))
            if state == 9:
                (length,) = struct.unpack(">I", connection.recv(4, socket.MSG_WAITALL))
                connection.recv(length, socket.MSG_WAITALL)
        connection.recv(1)

    return script


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        (says(-1), Cause.SERVER_BUSY),
        (says(-2), Cause.SERVER_REJECTED),
        (says(9, -1), Cause.SERVER_BUSY),
        (says(9, 11), Cause.SERVER_REJECTED),
        (says(9, 10, 1, 16), Cause.PROTOCOL_ERROR),
        (says(9, 10, 1, 2, -2), Cause.SERVER_REJECTED),
        (lambda connection, _number: connection.sendall(b"HTTP/1.1 400"), Cause.PROTOCOL_ERROR),
        (lambda _connection, _number: None, Cause.SERVER_BUSY),
        (says(9, 10, 1, 2), Cause.STALLED),
    ],
)
def test_iperf3(script: Script, cause: Cause) -> None:
    """The words of its control connection, and none at all."""
    with scripted(script) as port:
        assert cause_of(SpeedBackend.IPERF3, f"127.0.0.1:{port}").cause is cause


def test_iperf3_whose_port_is_closed_between_two_tests() -> None:
    """The program closes its port for a moment after each test: refused once is not down."""

    def open_again() -> None:
        listening.listen()
        connection, _peer = listening.accept()
        with connection:
            says(-1)(connection, 0)

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        timer = threading.Timer(0.5, open_again)
        timer.daemon = True
        timer.start()
        port = listening.getsockname()[1]
        assert cause_of(SpeedBackend.IPERF3, f"127.0.0.1:{port}").cause is Cause.SERVER_BUSY
        timer.join()


@pytest.mark.parametrize("direction", Direction)
def test_iperf3_whose_server_never_tells_what_it_counted(direction: Direction) -> None:
    """The payload was counted; only the server's word is missing."""

    def script(connection: socket.socket, number: int) -> None:
        if number == 0:
            says(9, 10, 1, 2)(connection, number)
            return
        connection.recv(37, socket.MSG_WAITALL)
        until = time.monotonic() + 6
        while time.monotonic() < until:
            if direction is Direction.DOWN:
                connection.sendall(BLOCK)
            elif not connection.recv(65536):
                return
            time.sleep(0.005)

    with scripted(script) as port:
        wish = order(SpeedBackend.IPERF3, f"127.0.0.1:{port}", direction)
        seen = measured(wish)
    assert rates(wish, seen).payload_bytes > 1_000_000
    up = direction is Direction.UP
    assert seen.counted_at is (CountedAt.ACKED if up else CountedAt.RECEIVER)


@pytest.mark.parametrize("backend", [SpeedBackend.IPERF3, SpeedBackend.NDT7])
@pytest.mark.parametrize("url", ["http://[::1", "//", "ftp://x:y:z", "\x00"])
def test_an_address_that_is_none(backend: SpeedBackend, url: str) -> None:
    """A site file may hold anything."""
    assert cause_of(backend, url).cause in {Cause.PROTOCOL_ERROR, Cause.NOT_AUTHORISED}


@pytest.mark.parametrize("backend", list(SpeedBackend))
def test_nobody_listens(backend: SpeedBackend) -> None:
    """Said within the time limit, by every backend."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert cause_of(backend, f"http://127.0.0.1:{port}/").cause is Cause.CONNECT_FAIL


@pytest.mark.parametrize("backend", list(SpeedBackend))
def test_nothing_is_sent_outside_the_scope(backend: SpeedBackend) -> None:
    """Without a letter not even a connection is tried, whatever the backend."""
    assert cause_of(backend, "http://192.0.2.1:8080/").cause is Cause.NOT_AUTHORISED


@pytest.mark.parametrize(
    "backend", [SpeedBackend.NDT7, SpeedBackend.CLOUDFLARE, SpeedBackend.SPEEDTEST_CLI]
)
def test_a_public_service_is_outside_the_scope_too(backend: SpeedBackend) -> None:
    """Nothing is asked of M-Lab, Cloudflare or speedtest.net unless the letter names them."""
    assert cause_of(backend, "").cause is Cause.NOT_AUTHORISED


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        (answering(PORTAL), Cause.CAPTIVE_PORTAL),
        (answering(http("302 Found", b"", "Location: http://portal/")), Cause.CAPTIVE_PORTAL),
        (answering(http("403 Forbidden")), Cause.RATE_LIMITED),
        (answering(http("429 Too Many Requests", b"", "Retry-After: 60")), Cause.RATE_LIMITED),
        (answering(http("401 Unauthorized")), Cause.SERVER_REJECTED),
        (answering(http("503 Service Unavailable")), Cause.SERVER_BUSY),
        (answering(http("200 OK", b"hello")), Cause.PROTOCOL_ERROR),
        (answering(b"SSH-2.0-OpenSSH_9.2\r\n"), Cause.PROTOCOL_ERROR),
        (answering(b"HTTP/1.1 101 x\r\nX: " + b"a" * 40_000), Cause.PROTOCOL_ERROR),
        (answering(b""), Cause.PROTOCOL_ERROR),
        (lambda connection, _number: upgraded(connection, "chat"), Cause.PROTOCOL_ERROR),
        (lambda connection, _number: upgraded(connection), Cause.ABORTED_EARLY),
    ],
)
def test_ndt7(script: Script, cause: Cause) -> None:
    """Handshakes that are none."""

    def after_probes(connection: socket.socket, number: int) -> None:
        if number >= 2:  # the first connections only time the way
            script(connection, number - 2)

    with scripted(after_probes) as port:
        failed = cause_of(SpeedBackend.NDT7, f"ws://127.0.0.1:{port}")
    assert failed.cause is cause
    if b"429" in failed.detail.encode():
        assert failed.retry_after_s == 60


def test_ndt7_that_says_nothing_after_the_handshake() -> None:
    """Five seconds without a byte are enough."""

    def script(connection: socket.socket, number: int) -> None:
        if number >= 2:
            upgraded(connection)
            connection.recv(1)

    with scripted(script) as port:
        assert cause_of(SpeedBackend.NDT7, f"ws://127.0.0.1:{port}").cause is Cause.STALLED


def test_ndt7_that_breaks_after_a_second_gives_no_number() -> None:
    """What came is too little to be a rate."""

    def script(connection: socket.socket, number: int) -> None:
        if number >= 2:
            upgraded(connection)
            for _ in range(40):
                connection.sendall(b"\x82\x7f" + (1 << 16).to_bytes(8, "big") + BLOCK)
                time.sleep(0.025)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with scripted(script) as port:
        wish = order(SpeedBackend.NDT7, f"ws://127.0.0.1:{port}")
        seen = measured(wish)
        assert Flag.CUT_SHORT in seen.flags
        with pytest.raises(NoSample) as caught:
            rates(wish, seen)
    assert caught.value.cause is Cause.ABORTED_EARLY


def test_datagrams_that_are_no_answers_do_not_count() -> None:
    """Rubbish, echoes, numbers that nobody sent, the same twice; and a count that cannot be."""
    token = b"\x07" * 8

    def lie(server: socket.socket) -> None:
        with suppress(OSError):  # the test is over
            while True:
                asked, peer = server.recvfrom(2048)
                right = b"audit-e!" + token + asked[16:20] + b"\xff" * 4
                for said in (b"", asked, right + b"x", right, right, right[:16] + b"\xff" * 8):
                    server.sendto(said, peer)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        threading.Thread(target=lie, args=(server,), daemon=True).start()
        dial = GateDial(Gate(Scope(), ZONE), Path())
        seen = echoed(dial, ("127.0.0.1", server.getsockname()[1]), 4, token, 100)
    assert len(seen.trips_ms) == len(seen.numbers) == seen.highest <= 100
    assert seen.loss(Direction.UP) is None


HOSTILE = (
    *(b"[]", b"null", b"{", b"[" * 60_000, b'{"AppInfo":[]}', b'{"AppInfo":{"NumBytes":"x"}}'),
    b'{"AppInfo":{"ElapsedTime":-1,"NumBytes":-1},"TCPInfo":{"RTT":"x","MinRTT":-2}}',
    b'{"AppInfo":{"ElapsedTime":true,"NumBytes":1e400},"ConnectionInfo":{"UUID":["x"]}}',
)


def test_ndt7_upload_with_hostile_words_is_not_believed() -> None:
    """A server that tells no rising counts has counted nothing."""

    def script(connection: socket.socket, number: int) -> None:
        if number >= 2:
            upgraded(connection)
            for words in HOSTILE:
                connection.sendall(text_frame(words))
            while connection.recv(1 << 20):
                time.sleep(0.001)

    with scripted(script) as port:
        failed = cause_of(SpeedBackend.NDT7, f"ws://127.0.0.1:{port}", Direction.UP)
    assert failed.cause is Cause.PROTOCOL_ERROR
