"""What a page shows of itself, without running it."""

import re

from auditor.web.visit import PageSigns, Visit

_PASSWORD = re.compile(rb"(?i)type\s{0,9}=\s{0,9}[\"']?password")
_LOGIN_LINK = re.compile(
    rb"(?i)href\s{0,9}=\s{0,9}[\"'][^\"']{0,300}(?:login|signin|dang-?nhap|sso)"
)
_CAPTCHA = re.compile(
    rb"(?i)g-recaptcha|grecaptcha|hcaptcha|h-captcha|cf-turnstile|challenge-platform|captcha"
)
_LOGIN_PATH = re.compile(r"(?i)/(?:login|signin|dang-?nhap|sso|auth)\b")
_REFUSES_ROBOTS = frozenset({403, 429})
_FIRST_ERROR, _UNAUTHORISED = 400, 401


def signs(body: bytes) -> PageSigns:
    """Return what the body of a page shows."""
    return PageSigns(
        keeps_out=bool(_CAPTCHA.search(body)),
        shows_login=bool(_PASSWORD.search(body) or _LOGIN_LINK.search(body)),
    )


def is_automation_blocked(visit: Visit) -> bool | None:
    """Whether the page answered but keeps programs out; None without an answer."""
    last = visit.last
    if last is None or last.status is None:
        return None
    if last.status in _REFUSES_ROBOTS or "cf-mitigated" in last.headers:
        return True
    return "x-amzn-waf-action" in last.headers or visit.signs.keeps_out


def has_login_page(visit: Visit) -> bool | None:
    """Whether one can log in there; None where none was seen: scripts may show it later."""
    last = visit.last
    if last is None or last.status is None:
        return None
    if last.status == _UNAUTHORISED or _LOGIN_PATH.search(last.url):
        return True
    if last.status >= _FIRST_ERROR:
        return None
    return True if visit.signs.shows_login else None
