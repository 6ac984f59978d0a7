"""Asking a time-stamp authority: one POST to the one address that was named (RFC 3161, 3.4)."""

import http.client
import ssl
from urllib.parse import urlsplit

from auditor.errors import BadInput, CannotPerform, Problem
from auditor.language import _

_PATIENCE_S = 30.0
_LARGEST = 256 * 1024
_ASKS, _ANSWERS = "application/timestamp-query", "application/timestamp-reply"
_OK = 200


def ask(url: str, request: bytes) -> bytes:
    """Send a request and return the response (DER), which nobody has checked.

    No redirect is followed and no proxy used, so nothing leaves for another host. Raises
    `BadInput` for what is no address, `CannotPerform` where no time-stamp came back.
    """
    place = urlsplit(url)
    try:
        port = place.port
    except ValueError:
        port = -1
    if place.scheme not in {"http", "https"} or not place.hostname or port == -1:
        remedy = _("Write it as http://HOST/PATH or https://HOST/PATH.")
        raise BadInput(Problem(url, _("no web address"), remedy))
    try:
        connection = (
            http.client.HTTPSConnection(
                place.hostname, port, timeout=_PATIENCE_S, context=ssl.create_default_context()
            )
            if place.scheme == "https"
            else http.client.HTTPConnection(place.hostname, port, timeout=_PATIENCE_S)
        )
        path = f"{place.path or '/'}{'?' * bool(place.query)}{place.query}"
        connection.request("POST", path, request, {"Content-Type": _ASKS, "Accept": _ANSWERS})
        answer = connection.getresponse()
        content = answer.read(_LARGEST + 1)
        connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise _none(url, f"{type(error).__name__}: {error}") from error
    kind = answer.headers.get_content_type()
    if answer.status != _OK or kind != _ANSWERS or len(content) > _LARGEST:
        raise _none(url, f"HTTP {answer.status}, {kind}, {len(content)}")
    return content


def _none(url: str, why: str) -> CannotPerform:
    words = _("{url} gave no time-stamp ({why}). Pack without --tsa, and attach one later with"
              " `audit timestamp`", url=url, why=why)  # fmt: skip
    return CannotPerform(words)
