"""iperf3 over TCP, several connections, without the program: its protocol in one thread.

Source: esnet/iperf, iperf_api.h and iperf_client_api.c (protocol of versions 3.0 to 3.18). The
client asks for more time than it needs and ends the test itself. Downloads are counted here.
Uploads are counted from the receiver's acknowledgements ten times a second, where this system
tells them; else the total that the server reports at the end is all there is.
"""

import secrets
import socket
import string
import struct
import time
from itertools import accumulate
from urllib.parse import urlsplit

from auditor.internet.causes import Cause, NoSample
from auditor.internet.flags import Flag
from auditor.internet.transfer import Counts, Order, TcpFacts, Transfer
from auditor.internet.vocabulary import CountedAt, Direction, MetricClass
from auditor.model import SpeedBackend, SpeedServer
from auditor.transports.speed import Backend, Connection, Dial, Watch, tcpinfo
from auditor.transports.speed.iperf3_protocol import State, bytes_of, expect, framed, must_be
from auditor.transports.speed.pump import Pump, Pumped
from auditor.transports.speed.streams import DROP, DrainLane, FillLane, Patience
from auditor.transports.speed.wire import LATER, Broken, received

PORT = 5201
CONNECT_S = 5.0
_ANSWER_S = 10.0
_SPARE_S = 15
_COOKIE = 36
_LARGEST_RESULT = 1 << 20
_BLOCK = 131072
_MOST_STREAMS = 128
_PAUSE_S = 0.005
_BUSY_S = 2.0
_OFF_BY = 0.02
_IN_FLIGHT = 4_000_000


def backend() -> Backend:
    """Return this backend."""
    return Iperf3()


class Iperf3:
    """See the module."""

    id = SpeedBackend.IPERF3
    version = 1
    terms = None

    def metric_class(self, server: SpeedServer, country: str) -> MetricClass:
        """Say that it is capacity, and whether it is a domestic one."""
        return MetricClass.capacity(country or server.country)

    def run(self, order: Order, dial: Dial, watch: Watch) -> Transfer:
        """Measure one direction. Raises `NoSample`.

        A server takes one test at a time, and for a moment after each it takes none, or its port
        is closed: asked again.
        """
        try:
            return _once(order, dial, watch)
        except NoSample as error:
            if error.cause not in {Cause.SERVER_BUSY, Cause.CONNECT_FAIL}:
                raise
        time.sleep(_BUSY_S)
        return _once(order, dial, watch)


def _once(order: Order, dial: Dial, watch: Watch) -> Transfer:
    session = _Session(order, dial)
    try:
        return session.run(watch)
    finally:
        session.close()


class _ControlLane:
    """Listens to the server while payload flows; it should have nothing to say."""

    wants_to_write = False
    payload = 0

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def serve(self, space: memoryview) -> None:
        try:
            count = received(self.connection, space[:1])
        except LATER:
            return
        if count == 0:
            message = "the server ended the test"
            raise Broken(message)
        must_be(space[0], State.TEST_RUNNING)


class _Session:
    """One test and its connections."""

    def __init__(self, order: Order, dial: Dial) -> None:
        self._order = order
        self._dial = dial
        self._streams: list[Connection] = []
        self._control: Connection | None = None
        self._peer: tuple[str, int] = ("", 0)
        self._local = ""
        self._cookie = "".join(
            secrets.choice(string.ascii_lowercase + "234567") for _ in range(_COOKIE)
        )

    def run(self, watch: Watch) -> Transfer:
        order, is_down = self._order, self._order.direction is Direction.DOWN
        place = _place(order.server)
        control = self._control = self._open(place)
        self._agree(control, place)
        lanes = [(DrainLane if is_down else FillLane)(stream) for stream in self._streams]
        has_acks = not is_down and tcpinfo.acked(self._streams[0]) is not None
        base = self._acked() if has_acks else 0
        for each in (control, *self._streams):
            each.settimeout(0)
        for stream in self._streams:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, DROP)
        acks = (lambda: self._acked() - base) if has_acks else None
        seen = Pump(order, watch, [*lanes, _ControlLane(control)], other=acks).run()
        tcp = tcpinfo.facts(self._streams)
        received_bytes = self._results(control, is_down=is_down, seen=seen)
        return self._transfer(seen, received_bytes, tcp)

    def close(self) -> None:
        for connection in (*self._streams, *([self._control] if self._control else [])):
            connection.close()

    def _open(self, place: tuple[str, int]) -> Connection:
        connection = self._dial.tcp(*place, ip_version=self._order.ip_version, timeout_s=CONNECT_S)
        self._peer, self._local = connection.getpeername()[:2], connection.getsockname()[0]
        try:
            Patience(CONNECT_S).give(connection, f"{self._cookie}\0".encode("ascii"))
        except NoSample:
            connection.close()
            raise
        return connection

    def _agree(self, control: Connection, place: tuple[str, int]) -> None:
        """Go through the states until payload may flow."""
        patience = Patience(_ANSWER_S)
        order = self._order
        try:
            expect(patience, control, State.PARAM_EXCHANGE)
        except NoSample as error:
            if error.cause is Cause.ABORTED_EARLY:  # between two tests its port is not its own
                raise NoSample(Cause.SERVER_BUSY, error.detail) from error
            raise
        wishes = {
            "tcp": True,
            "omit": 0,
            "time": round(order.duration_s) + _SPARE_S,
            "num": 0,
            "blockcount": 0,
            "parallel": min(order.connections, _MOST_STREAMS),
            "len": _BLOCK,
            "pacing_timer": 1000,
            "client_version": "3.12",
        }
        if order.direction is Direction.DOWN:
            wishes["reverse"] = True
        patience.give(control, framed(wishes))
        expect(patience, control, State.CREATE_STREAMS)
        for _ in range(min(order.connections, _MOST_STREAMS)):
            self._streams.append(self._open(place))
        expect(patience, control, State.TEST_START)
        expect(patience, control, State.TEST_RUNNING)

    def _acked(self) -> int:
        return sum(tcpinfo.acked(stream) or 0 for stream in self._streams)

    def _results(self, control: Connection, *, is_down: bool, seen: Pumped) -> int | None:
        """End the test and return the bytes that the server counted; None if it does not tell."""
        patience = Patience(_ANSWER_S)
        try:
            patience.give(control, bytes([State.TEST_END]))
            self._drain(patience, control)
            expect(patience, control, State.EXCHANGE_RESULTS)
            patience.give(control, framed(self._own_results(seen)))
            (length,) = struct.unpack(">I", patience.take(control, 4))
            if length > _LARGEST_RESULT:
                return None
            told = patience.take(control, length)
            expect(patience, control, State.DISPLAY_RESULTS)
            patience.give(control, bytes([State.IPERF_DONE]))
        except NoSample:
            return None  # the payload was counted; only the server's word is missing
        return None if is_down else bytes_of(told)

    def _drain(self, patience: Patience, control: Connection) -> None:
        """Take what is still under way, so that the server can get to its control connection."""
        space, first = memoryview(bytearray(1 << 18)), memoryview(bytearray(1))
        control.settimeout(0)
        until = time.monotonic() + CONNECT_S
        while time.monotonic() < until and not _has_spoken(control, first):
            if not sum(_taken(stream, space) for stream in self._streams):
                time.sleep(_PAUSE_S)
        patience.apply(control)

    def _own_results(self, seen: Pumped) -> dict[str, object]:
        share = seen.payload[-1] // max(1, len(self._streams))
        seconds = seen.t_ms[-1] / 1000
        return {
            "cpu_util_total": 0,
            "cpu_util_user": 0,
            "cpu_util_system": 0,
            "sender_has_retransmits": -1,
            "streams": [
                {
                    "id": 1 if index == 0 else index + 2,  # iperf3 knows no stream 2
                    "bytes": share,
                    "retransmits": -1,
                    "jitter": 0,
                    "errors": 0,
                    "packets": 0,
                    "start_time": 0,
                    "end_time": seconds,
                }
                for index in range(len(self._streams))
            ],
        }

    def _transfer(self, seen: Pumped, told: int | None, tcp: TcpFacts) -> Transfer:
        client = counts = seen.counts
        counted_at, flags = CountedAt.RECEIVER, set(seen.flags)
        if self._order.direction is Direction.UP:
            if seen.other:
                total = tuple(accumulate(seen.other, max))
                counts, counted_at = Counts(tuple(seen.t_ms), total), CountedAt.ACKED
                if told is not None and total[-1] > told * (1 + _OFF_BY) + _IN_FLIGHT:
                    flags.add(Flag.COUNT_MISMATCH)
            elif told is not None:
                counts = Counts((0, seen.t_ms[-1]), (0, told))
            else:
                counted_at = CountedAt.CLIENT
                flags.add(Flag.UPLOAD_CLIENT_COUNT)
        return Transfer(
            direction=self._order.direction,
            counts=counts,
            client=client,
            counted_at=counted_at,
            connections=len(self._streams),
            server_ip=self._peer[0],
            server_port=self._peer[1],
            local_ip=self._local,
            tcp=tcp,
            flags=frozenset(flags),
        )


def _has_spoken(control: Connection, first: memoryview) -> bool:
    """Say whether there is something to read, and leave it there; an error is for the reader."""
    try:
        return control.recv_into(first, 1, socket.MSG_PEEK) >= 0
    except BlockingIOError:
        return False
    except OSError:
        return True


def _taken(stream: Connection, space: memoryview) -> int:
    """Throw away what came after the end of the test."""
    try:
        return received(stream, space)
    except (*LATER, Broken):
        return 0


def _place(server: SpeedServer) -> tuple[str, int]:
    """Read `iperf3://host:port`, or the same without scheme. Raises `NoSample`."""
    url = server.url if "://" in server.url else f"iperf3://{server.url}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise NoSample(Cause.PROTOCOL_ERROR, f"{server.url}: {error}") from error
    if not host:
        raise NoSample(Cause.PROTOCOL_ERROR, f"{server.url!r}: no server")
    return host, port or PORT
