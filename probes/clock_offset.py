"""The clock against time servers."""

import re
import secrets
import struct
from typing import NamedTuple

from auditor.errors import CannotMeasure
from auditor.model import Effect, Failure, Hides, Measured, Method, Row, Subject, Text
from auditor.parsing import in_order, unparsable
from auditor.probing import Column, Exchange, Network, probe

_PORT = 123
_PATIENCE_S = 3.0
_PACKET = struct.Struct("!BBbb II4s Q8sQQ")  # RFC 5905, figure 8, without extension fields
_ASK = 0x23  # leap 0, version 4, mode 3 (client)
_MODE_SERVER = 4
_LEAP_UNKNOWN = 3
_LARGEST_STRATUM = 15
_EPOCH_S = 2208988800  # from 1900 to 1970
_KISS = re.compile(rb"[A-Z]{4}")  # RFC 5905, 7.4: RATE, DENY, RSTR, …
_ERA = 1 << 64


class Reply(NamedTuple):
    """What a server's answer amounts to."""

    offset_s: float
    delay_s: float
    stratum: int


@probe(
    Column("server", str, "Time server, as the site file names it", hides=Hides.HOST),
    Column("offset_s", float, "Server's time minus this machine's; positive: this clock is late"),
    Column("delay_s", float, "Round trip; the offset is wrong by at most half of it"),
    Column("stratum", int, "Steps between the server and a reference clock, 1 to 15"),
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    asked_by="time_servers",
)
def clock_offset(network: Network) -> Measured:
    """Difference between this machine's clock and the centre's time servers (SNTP, RFC 4330).

    One packet to each server in the site file; the clock is not changed.
    """
    rows: list[Row] = []
    failures: list[tuple[str, CannotMeasure]] = []
    for server in network.site.time_servers:
        try:
            rows.append({"server": server, **_ask(network, server)._asdict()})
        except CannotMeasure as failure:
            failures.append((server, failure))
    if failures and not rows:
        detail = "; ".join(str(failure.detail) for _server, failure in failures)
        raise CannotMeasure(failures[0][1].failure, detail)
    named = "; ".join(f"{server} ({failure.failure})" for server, failure in failures)
    limitation = Text(
        vi=f"Một số máy chủ thời gian không cho kết quả: {named}",
        en=f"Some time servers gave no result: {named}",
    )
    return Measured(rows=in_order(rows, "server"), limitations=(limitation,) if failures else ())


def _ask(network: Network, server: str) -> Reply:
    host, port = endpoint(server)
    nonce = secrets.token_bytes(8)  # instead of our time: nobody else can answer, nothing leaks
    exchange = network.exchange_datagram(
        host, port, Method.TIME_QUERY, request(nonce), timeout_s=_PATIENCE_S
    )
    return parse(exchange, server)


def endpoint(server: str) -> tuple[str, int]:
    """Split `host`, `host:port`, `[v6]:port` or a bare IPv6 address. Raises `CannotMeasure`."""
    host, port = server, ""
    if server.startswith("["):
        host, _bracket, port = server[1:].partition("]")
        port = port.removeprefix(":")
    elif server.count(":") == 1:
        host, _colon, port = server.partition(":")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
        unparsable(f"{server}: no port")
    return host, int(port) if port else _PORT


def request(nonce: bytes) -> bytes:
    """Build a client packet whose transmit timestamp is the nonce."""
    return _PACKET.pack(_ASK, 0, 0, 0, 0, 0, b"", 0, b"", 0, int.from_bytes(nonce))


def parse(exchange: Exchange, server: str) -> Reply:
    """Check a server's answer and compute offset and delay. Raises `CannotMeasure`."""
    if len(exchange.answer) < _PACKET.size:
        unparsable(f"{server}: an answer of {len(exchange.answer)} bytes")
    first, stratum, *_, code, _reference, originate, received, sent = _PACKET.unpack_from(
        exchange.answer
    )
    leap, mode = first >> 6, first & 7
    if mode != _MODE_SERVER or originate != exchange.sent[-len(originate) :]:
        unparsable(f"{server}: no answer to our question")
    if stratum == 0 and _KISS.fullmatch(code):
        raise CannotMeasure(Failure.REFUSED, f"{server}: kiss of death {code.decode()}")
    if leap == _LEAP_UNKNOWN or not 0 < stratum <= _LARGEST_STRATUM:
        raise CannotMeasure(Failure.COMMAND_FAILED, f"{server}: is itself not synchronised")
    if not received or not sent:
        unparsable(f"{server}: an answer without a time")
    out = _ahead_s(received, exchange.sent_at)
    back = _ahead_s(sent, exchange.received_at)
    delay = max(0.0, out - back)  # clocks step in quanta; less than nothing is nothing
    return Reply(offset_s=round((out + back) / 2, 6), delay_s=round(delay, 6), stratum=stratum)


def _ahead_s(stamp: int, posix_s: float) -> float:
    """Return how far a 64-bit NTP timestamp is ahead, in the era nearest to this machine's time."""
    ahead = (stamp - int((posix_s + _EPOCH_S) * (1 << 32))) % _ERA
    return (ahead - _ERA if ahead >= _ERA // 2 else ahead) / (1 << 32)
