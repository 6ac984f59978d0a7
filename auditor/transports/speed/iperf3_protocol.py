"""The words of iperf3's control connection. Source: esnet/iperf, iperf_api.h."""

import json
import struct
from enum import IntEnum

from auditor.internet.causes import Cause, NoSample
from auditor.transports.speed import Connection
from auditor.transports.speed.streams import Patience


class State(IntEnum):
    """What the server says on the control connection: one signed byte."""

    TEST_START = 1
    TEST_RUNNING = 2
    TEST_END = 4
    PARAM_EXCHANGE = 9
    CREATE_STREAMS = 10
    SERVER_TERMINATE = 11
    EXCHANGE_RESULTS = 13
    DISPLAY_RESULTS = 14
    IPERF_DONE = 16
    ACCESS_DENIED = -1
    SERVER_ERROR = -2


def framed(value: object) -> bytes:
    """Write a JSON message: its length in four bytes, then the text."""
    text = json.dumps(value).encode("ascii")
    return struct.pack(">I", len(text)) + text


def expect(patience: Patience, control: Connection, wanted: State) -> None:
    """Read the next state. Raises `NoSample` for every other."""
    must_be(patience.take(control, 1)[0], wanted)


def must_be(byte: int, wanted: State) -> None:
    """Raise `NoSample` for every state but one."""
    said = byte - 256 if byte > 127 else byte  # noqa: PLR2004 - a signed char
    if said == wanted:
        return
    if said == State.ACCESS_DENIED:
        raise NoSample(Cause.SERVER_BUSY, "iperf3: the server is busy or does not allow this test")
    if said in {State.SERVER_ERROR, State.SERVER_TERMINATE}:
        raise NoSample(Cause.SERVER_REJECTED, f"iperf3: the server ended the test ({said})")
    raise NoSample(Cause.PROTOCOL_ERROR, f"iperf3: state {said} instead of {wanted.name}")


def bytes_of(told: bytes) -> int | None:
    """Sum what the server counted over its streams; None for anything that is no such report."""
    try:
        said = json.loads(told)
    except (ValueError, RecursionError):
        return None
    streams = said.get("streams") if isinstance(said, dict) else None
    if not isinstance(streams, list):
        return None
    counted = [each.get("bytes") if isinstance(each, dict) else None for each in streams]
    whole = [each for each in counted if type(each) is int and each >= 0]
    return sum(whole) if whole and len(whole) == len(counted) else None
