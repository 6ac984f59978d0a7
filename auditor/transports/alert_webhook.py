"""One POST of a signed message to the one address that the site named; nothing else is reached."""

import http.client
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from auditor.transports.alert_failure import NotDelivered, Trouble

PATIENCE_S = 20.0
_TYPE = "application/json"
ACCEPTED = range(200, 300)
_REDIRECTS = range(300, 400)


def post(
    url: str,
    content: bytes,
    ca_file: Path | None,
    now: datetime,
    patience_s: float = PATIENCE_S,
) -> None:
    """Send once over TLS with a verified certificate. Raises `NotDelivered`.

    No redirect is followed and no proxy used, so the message leaves for that host only. Errors name
    neither the path nor the query of the address, which may hold a secret.
    """
    try:
        place = urlsplit(url)
        port, host = place.port, place.hostname
    except ValueError:
        raise NotDelivered(Trouble.ADDRESS, "https://HOST/…") from None
    if place.scheme != "https" or not host or place.username or place.password:
        raise NotDelivered(Trouble.ADDRESS, "https://HOST/…")
    path = f"{place.path or '/'}{'?' * bool(place.query)}{place.query}"
    connection = None
    try:
        trusted = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
        connection = http.client.HTTPSConnection(host, port, timeout=patience_s, context=trusted)
        connection.request("POST", path, content, {"Content-Type": _TYPE})
        answer = connection.getresponse()
    except ssl.SSLCertVerificationError as error:
        raise NotDelivered(Trouble.CERTIFICATE, error.verify_message) from None
    except TimeoutError:
        raise NotDelivered(Trouble.TIMEOUT, "") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotDelivered(Trouble.UNREACHABLE, type(error).__name__) from None
    finally:
        if connection is not None:
            connection.close()
    if answer.status in _REDIRECTS:
        raise NotDelivered(Trouble.REDIRECT, str(answer.status))
    if answer.status not in ACCEPTED:
        asked = _patience(answer.getheader("Retry-After", ""), now)
        raise NotDelivered(Trouble.REFUSED, f"HTTP {answer.status}", asked)


def _patience(text: str, now: datetime) -> timedelta | None:
    """Read Retry-After (RFC 9110, 10.2.3): seconds or a date."""
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(aware - now, timedelta())
