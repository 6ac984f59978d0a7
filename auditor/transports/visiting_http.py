"""One GET over an open connection, parsed by h11 (RFC 9112), within limits."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import h11

from auditor.lan.talk import clean
from auditor.lan.web import AGENT
from auditor.web.visit import Trouble

LARGEST_HEAD = 32 * 1024
_MOST_INTERIM = 8
_TOO_LONG = 431
_LONGEST_VALUE = 400
KEPT = frozenset(
    {
        *("content-type", "content-length", "server", "www-authenticate", "retry-after", "date"),
        *("strict-transport-security", "cf-mitigated", "x-amzn-waf-action", "odata-version"),
    }
)
"""The fields of an answer that a visit keeps: none of them carries a session or a secret."""


class Speaking(Protocol):
    """What a connection does for an exchange. Both raise `OSError`."""

    def send(self, data: bytes) -> None:
        """Send all of it."""

    def receive(self) -> bytes:
        """Return what comes next; nothing at the end."""


@dataclass(slots=True)
class Answer:
    """What came back, as far as it came."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    location: str = ""
    first_byte_at: float | None = None
    body: bytearray = field(default_factory=bytearray)
    trouble: Trouble | None = None
    detail: str = ""


def get(wire: Speaking, target: str, headers: Mapping[str, str], most_bytes: int) -> Answer:
    """Ask once and read the answer. Never raises for what the server does."""
    answer = Answer()
    speaking = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
    fields = {
        "Accept": "*/*",
        **headers,
        "User-Agent": AGENT,
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    try:
        request = h11.Request(method="GET", target=target, headers=list(fields.items()))
        wire.send(speaking.send(request) or b"")
        speaking.send(h11.EndOfMessage())
        _read(wire, speaking, answer, most_bytes)
    except h11.LocalProtocolError:  # its words could quote a header, which may be a secret
        answer.trouble, answer.detail = Trouble.NOT_HTTP, "the request cannot be written in HTTP"
    except h11.RemoteProtocolError as error:
        answer.trouble, answer.detail = _broken(error, answer)
    except TimeoutError:
        answer.trouble = Trouble.SLOW
    except OSError as error:  # ssl.SSLError is one
        answer.trouble, answer.detail = Trouble.RESET, clean(error.strerror or str(error), 200)
    return answer


def _read(wire: Speaking, speaking: h11.Connection, answer: Answer, most_bytes: int) -> None:
    interim = 0
    while True:
        event = speaking.next_event()
        if event is h11.NEED_DATA:
            piece = wire.receive()
            if piece and answer.first_byte_at is None:
                answer.first_byte_at = time.monotonic()
            speaking.receive_data(piece)
        elif isinstance(event, h11.InformationalResponse):
            interim += 1
            if interim > _MOST_INTERIM:
                answer.trouble, answer.detail = Trouble.NOT_HTTP, "endless interim answers"
                return
        elif isinstance(event, h11.Response):
            answer.status = event.status_code
            answer.headers, answer.location = _headers(event)
        elif isinstance(event, h11.Data):
            answer.body += event.data[: most_bytes + 1 - len(answer.body)]
            if len(answer.body) > most_bytes:
                del answer.body[most_bytes:]
                answer.trouble = Trouble.TOO_LARGE
                answer.detail = f"more than {most_bytes} bytes"
                return
        else:  # the end, announced or not
            if answer.status is None:
                answer.trouble, answer.detail = Trouble.RESET, "closed without an answer"
            return


def _headers(event: h11.Response) -> tuple[dict[str, str], str]:
    kept: dict[str, str] = {}
    location = ""
    for name, value in event.headers:
        known = name.decode("latin-1").lower()
        if known in KEPT:
            kept.setdefault(known, clean(bytes(value), _LONGEST_VALUE))
        elif known == "location" and not location:
            location = bytes(value).decode("utf-8", "replace").strip()
    return kept, location


def _broken(error: h11.RemoteProtocolError, answer: Answer) -> tuple[Trouble, str]:
    if error.error_status_hint == _TOO_LONG:
        return Trouble.TOO_LARGE, f"headers of more than {LARGEST_HEAD} bytes"
    if answer.first_byte_at is None:
        return Trouble.RESET, "closed without an answer"
    # h11's words quote what came; a fixed sentence cannot be misused
    cut = answer.status is not None and "without sending complete" in str(error)
    return (Trouble.RESET, "cut off inside the body") if cut else (Trouble.NOT_HTTP, "no HTTP/1.1")
