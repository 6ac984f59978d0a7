"""What the answer of a service is worth that the site file declares to be of some kind."""

import json
from enum import StrEnum
from types import MappingProxyType

from auditor.model import Text
from auditor.web import words
from auditor.web.visit import Trouble, Visit

DENIED = frozenset({401, 403, 407})
"""Statuses by which a service asks for a login, or turns a visitor away."""

GOOD = range(200, 300)
"""Statuses of an answer that is one."""

HTML = "html"
_PAGES = (b"<!doctype", b"<html", b"<head", b"<title", b"<form")

NOT_ASKED = frozenset(
    {
        *(Trouble.OUT_OF_SCOPE, Trouble.NOT_AUTHORISED, Trouble.REDIRECT_OUTSIDE),
        *(Trouble.SECRET_MISSING, Trouble.SECRET_UNPROTECTED),
        *(Trouble.DNS_FAILED, Trouble.NO_ROUTE),
        Trouble.REDIRECT_LOOP,  # perhaps since the tool keeps no cookie
    }
)
"""Troubles on this side: they say nothing about the service."""


class DeclaredTrouble(StrEnum):
    """Why an answer is not that of the declared service; beside the troubles of a visit."""

    DENIED = "denied"
    """It asks for a login: what is behind it was not seen."""
    NOT_AS_DECLARED = "not_as_declared"
    NO_MODELS = "no_models"
    """The list is as declared, and empty: there is nothing to use."""
    ACCESS_NOT_SHOWN = "access_not_shown"
    """It answers, and nothing shows that it does so to the centre rather than to anybody."""


WORDS = MappingProxyType(
    {
        DeclaredTrouble.DENIED: Text(
            vi="dịch vụ đòi đăng nhập nên chưa thấy gì – ghi nơi cất mã truy cập vào token_from",
            en="the service wants a login, so nothing was seen – name its token as token_from",
        ),
        DeclaredTrouble.NOT_AS_DECLARED: Text(
            vi="câu trả lời không phải của loại đã khai – kiểm tra url và kind trong tệp khai báo",
            en="the answer is not that of the declared kind – check url and kind in the site file",
        ),
        DeclaredTrouble.NO_MODELS: Text(
            vi="dịch vụ trả lời nhưng chưa có mô hình nào – nạp mô hình rồi đo lại",
            en="the service answers and has no model – load one and measure again",
        ),
        DeclaredTrouble.ACCESS_NOT_SHOWN: Text(
            vi="địa chỉ có trả lời, nhưng chưa cho thấy trung tâm được dùng tài nguyên: ai hỏi cũng"
            " có thể được trả lời như vậy – ghi vào url địa chỉ chỉ mở khi có mã truy cập của trung"
            " tâm (như danh sách tài nguyên) và nơi cất mã vào token_from",
            en="the address responds, which does not show that the centre may use anything: anybody"
            " may get that answer – name as url an address that opens only to the centre's token"
            " (such as its list of resources), and the token as token_from",
        ),
    }
)
"""What happened, a dash, and the remedy."""

_OWN = frozenset(trouble.value for trouble in DeclaredTrouble)


def looks(visit: Visit) -> str:
    """Say in a word what came: html, json or other."""
    start = visit.body[:2048].lstrip().lower()
    if start.startswith(_PAGES):
        return HTML
    try:
        json.loads(visit.body)
    except (ValueError, RecursionError):
        return "other"
    return "json"


def said(name: str, trouble: str) -> Text:
    """Return a sentence on one service; `name` is data."""
    if trouble not in _OWN:
        return words.said(name, Trouble(trouble))
    told = WORDS[DeclaredTrouble(trouble)]
    return Text(vi=f"{name}: {told.vi}", en=f"{name}: {told.en}")
