"""One small answer over HTTP, for questions around a speed test."""

import json

from auditor.internet.causes import Cause, NoSample
from auditor.transports.speed import Connection, Dial
from auditor.transports.speed.http import Body, Head, HeadReader, Place, request
from auditor.transports.speed.streams import Patience

LARGEST = 256 * 1024
ANSWER_S = 6.0


def fetched(
    place: Place, dial: Dial, *, ip_version: int, ca_file: str = "", query: str = ""
) -> tuple[Head, bytes]:
    """Get a place and return head and body, at most `LARGEST` bytes. Raises `NoSample`.

    The status is the caller's to judge; nothing is followed.
    """
    patience = Patience(ANSWER_S)
    connection = dial.tcp(place.host, place.port, ip_version=ip_version, timeout_s=ANSWER_S / 2)
    if place.tls:
        connection = dial.tls(connection, place.host, ca_file)
    with connection:
        asked = request("GET", place, query)
        patience.give(connection, asked.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        return _answer(patience, connection)


def _answer(patience: Patience, connection: Connection) -> tuple[Head, bytes]:
    reader, body, text = HeadReader(), None, bytearray()
    head = Head(0, {})
    while body is None or not body.is_done:
        piece = patience.some(connection, 16384)
        if not piece:
            if body is not None and body.ends_with_connection:
                break
            raise NoSample(Cause.PROTOCOL_ERROR, "an answer that ends too early")
        view = memoryview(piece)
        if body is None:
            found = reader.feed(view)
            if found is None:
                continue
            head, used = found
            if "chunked" in head.fields.get("transfer-encoding", "").lower():
                raise NoSample(Cause.PROTOCOL_ERROR, "an answer in chunks")
            body, view = Body(head), view[used:]
        text += view[: body.feed(view)]
        if len(text) > LARGEST:
            raise NoSample(Cause.PROTOCOL_ERROR, "an answer that is too large")
    return head, bytes(text)


def json_of(head: Head, body: bytes, what: str) -> object:
    """Read a body as JSON. Raises `NoSample` CAPTIVE_PORTAL for a web page, PROTOCOL_ERROR."""
    if head.is_html:
        raise NoSample(Cause.CAPTIVE_PORTAL, f"{what}: a web page", http_status=head.status)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoSample(Cause.PROTOCOL_ERROR, f"{what}: no JSON") from error
