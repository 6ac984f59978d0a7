"""Mail, Telegram, Zalo, Slack, ntfy and others, through Apprise (extra `alerts`)."""

import logging
import re
from typing import Any
from urllib.parse import urlsplit

from auditor.scope_listing import is_this_machine
from auditor.transports.alert_failure import NotDelivered, Trouble

PATIENCE_S = 45.0
_STATUS = re.compile(r"error=(\d{3})\b")
_CERTIFICATE = re.compile(r"certificate verify failed", re.IGNORECASE)


def send(url: str, title: str, body: str) -> None:
    """Send plain text to the service that an Apprise URL names. Raises `NotDelivered`.

    Certificates are verified, redirects are not followed, and other machines are spoken to over TLS
    only, whatever the URL says. Errors hold nothing of the URL, which is mostly a secret.
    """
    try:
        import apprise  # noqa: PLC0415 - slow, and an extra
    except ImportError:
        raise NotDelivered(Trouble.LIBRARY, "pip install 'centre-audit[alerts]'") from None
    # What it says is kept in its result alone: it may hold what was sent, and secrets.
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.addHandler(logging.NullHandler())
    service = _service(apprise, url)
    sender = apprise.Apprise(asset=service.asset)
    sender.add(service)
    result = sender.notify(
        body=body, title=title, body_format=apprise.NotifyFormat.TEXT, timeout=PATIENCE_S,
        log_level=logging.DEBUG,
    )  # fmt: skip
    if not result:
        raise _failure(apprise, result)


def _service(apprise: Any, url: str) -> Any:  # noqa: ANN401 - of an optional library
    """Return the one service of a URL, held to verified TLS without redirects."""
    asset = apprise.AppriseAsset(
        app_id="audit",
        app_desc="audit",
        app_url="",
        async_mode=False,
        http_redirects=False,
        image_url_mask="",
        image_url_logo="",
        interpret_emojis=False,
        interpret_escapes=False,
        pem_autogen=False,
        pgp_autogen=False,
        secure_logging=True,
        service_timeout=PATIENCE_S,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )
    service = apprise.Apprise.instantiate(url, asset=asset)
    if service is None:
        raise NotDelivered(Trouble.ADDRESS, "https://appriseit.com/services/")
    if not service.verify_certificate or service.redirects:
        raise NotDelivered(Trouble.ADDRESS, "verify=yes, redirect=no")
    scheme, secure = urlsplit(url).scheme.lower(), _words(service.secure_protocol)
    is_open = scheme in _words(service.protocol) and secure and scheme not in secure
    if is_open and not is_this_machine(service.host or ""):
        raise NotDelivered(Trouble.ADDRESS, f"{secure[0]}://")
    return service


def _words(schemes: object) -> list[str]:
    return [schemes] if isinstance(schemes, str) else list(schemes or ())  # type: ignore[call-overload]


def _failure(apprise: Any, result: Any) -> NotDelivered:  # noqa: ANN401 - of an optional library
    """Say what went wrong by what Apprise logged; its own words may quote what a server said."""
    told = " ".join(
        str(entry.message) for service in result for attempt in service for entry in attempt
    )
    if status := _STATUS.search(told):
        code = int(status.group(1))
        trouble = Trouble.REDIRECT if code in range(300, 400) else Trouble.REFUSED
        return NotDelivered(trouble, f"HTTP {code}")
    if _CERTIFICATE.search(told):
        return NotDelivered(Trouble.CERTIFICATE, "")
    if result.status == apprise.AppriseResultStatus.TIMEOUT or "timed out" in told:
        return NotDelivered(Trouble.TIMEOUT, "")
    return NotDelivered(Trouble.UNREACHABLE, "")
