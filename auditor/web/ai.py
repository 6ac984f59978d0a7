"""Whether a service of artificial intelligence answers as it is declared to be."""

import json
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from auditor.model import AiEndpoint, AiEndpointKind, Text
from auditor.web import words
from auditor.web.visit import Call, Trouble, Visit

_ENDINGS = {AiEndpointKind.OPENAI_MODELS: "/models", AiEndpointKind.OLLAMA: "/api/tags"}
_LISTS = {AiEndpointKind.OPENAI_MODELS: "data", AiEndpointKind.OLLAMA: "models"}
_NAMES = {AiEndpointKind.OPENAI_MODELS: "id", AiEndpointKind.OLLAMA: "name"}
_DENIED = frozenset({401, 403, 407})
_PAGES = (b"<!doctype", b"<html", b"<head", b"<title", b"<form")
_GOOD = range(200, 300)
_HTML = "html"
_MOST_BYTES = 4 * 1024 * 1024

NOT_ASKED = frozenset(
    {
        *(Trouble.OUT_OF_SCOPE, Trouble.NOT_AUTHORISED, Trouble.REDIRECT_OUTSIDE),
        *(Trouble.SECRET_MISSING, Trouble.SECRET_UNPROTECTED),
        *(Trouble.DNS_FAILED, Trouble.NO_ROUTE),
    }
)
"""Troubles on this side: they say nothing about the service."""


class AiTrouble(StrEnum):
    """Why an answer is not that of the declared service; beside the troubles of a visit."""

    DENIED = "denied"
    """It asks for a login: what is behind it was not seen."""
    NOT_AS_DECLARED = "not_as_declared"
    NO_MODELS = "no_models"
    """The list is as declared, and empty: there is nothing to use."""


WORDS = MappingProxyType(
    {
        AiTrouble.DENIED: Text(
            vi="dịch vụ đòi đăng nhập nên chưa thấy gì – ghi nơi cất mã truy cập vào token_from",
            en="the service wants a login, so nothing was seen – name its token as token_from",
        ),
        AiTrouble.NOT_AS_DECLARED: Text(
            vi="câu trả lời không phải của loại đã khai – kiểm tra url và kind trong tệp khai báo",
            en="the answer is not that of the declared kind – check url and kind in the site file",
        ),
        AiTrouble.NO_MODELS: Text(
            vi="dịch vụ trả lời nhưng chưa có mô hình nào – nạp mô hình rồi đo lại",
            en="the service answers and has no model – load one and measure again",
        ),
    }
)
"""What happened, a dash, and the remedy."""

_OWN = frozenset(trouble.value for trouble in AiTrouble)


class Judged(NamedTuple):
    """What a visit shows. `is_reachable` None: not known."""

    is_reachable: bool | None
    answered_as: str | None = None
    models_count: int | None = None
    trouble: str | None = None


def call_of(endpoint: AiEndpoint) -> Call:
    """Return the one address that is read."""
    ending = _ENDINGS.get(endpoint.kind, "")
    url = endpoint.url
    if ending and not url.rstrip("/").endswith(ending):
        url = url.rstrip("/") + ending
    return Call(
        url,
        headers={"Accept": "application/json"},
        token_from=endpoint.token_from,
        ca_file=endpoint.ca_file,
        most_bytes=_MOST_BYTES,
    )


def judged(visit: Visit, kind: AiEndpointKind) -> Judged:
    """Judge an answer by its form; names of models are not kept."""
    if visit.trouble is not None:
        is_known = visit.trouble not in NOT_ASKED
        return Judged(False if is_known else None, trouble=visit.trouble.value)
    if visit.status in _DENIED:
        return Judged(None, trouble=AiTrouble.DENIED.value)
    looks = _looks(visit)
    count = None if kind is AiEndpointKind.HEALTH else _models(visit.body, kind)
    fits = looks != _HTML if kind is AiEndpointKind.HEALTH else count is not None
    if visit.status not in _GOOD or not fits:
        return Judged(
            is_reachable=False, answered_as=looks, trouble=AiTrouble.NOT_AS_DECLARED.value
        )
    trouble = AiTrouble.NO_MODELS.value if count == 0 else None
    return Judged(trouble is None, kind.value, count, trouble)


def _models(body: bytes, kind: AiEndpointKind) -> int | None:
    """Count the models of a list, or return nothing when it is no such list."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        return None
    listed = told.get(_LISTS[kind]) if isinstance(told, dict) else None
    if not isinstance(listed, list):
        return None
    name = _NAMES[kind]
    is_list = all(isinstance(item, dict) and isinstance(item.get(name), str) for item in listed)
    return len(listed) if is_list else None


def _looks(visit: Visit) -> str:
    """Say in a word what came: html, json or other."""
    start = visit.body[:2048].lstrip().lower()
    if start.startswith(_PAGES):
        return _HTML
    try:
        json.loads(visit.body)
    except (ValueError, RecursionError):
        return "other"
    return "json"


def said(purpose: str, trouble: str) -> Text:
    """Return a sentence on the service of one use; `purpose` is data."""
    if trouble not in _OWN:
        return words.said(purpose, Trouble(trouble))
    told = WORDS[AiTrouble(trouble)]
    return Text(vi=f"{purpose}: {told.vi}", en=f"{purpose}: {told.en}")
