"""Whether a service of artificial intelligence answers as it is declared to be."""

import json
from typing import NamedTuple

from auditor.model import AiEndpoint, AiEndpointKind
from auditor.web.declared import DENIED, GOOD, HTML, NOT_ASKED, DeclaredTrouble, looks
from auditor.web.visit import Call, Visit

_ENDINGS = {AiEndpointKind.OPENAI_MODELS: "/models", AiEndpointKind.OLLAMA: "/api/tags"}
_LISTS = {AiEndpointKind.OPENAI_MODELS: "data", AiEndpointKind.OLLAMA: "models"}
_NAMES = {AiEndpointKind.OPENAI_MODELS: "id", AiEndpointKind.OLLAMA: "name"}
_MOST_BYTES = 4 * 1024 * 1024


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
    if visit.status in DENIED:
        return Judged(None, trouble=DeclaredTrouble.DENIED.value)
    seen = looks(visit)
    count = None if kind is AiEndpointKind.HEALTH else _models(visit.body, kind)
    fits = seen != HTML if kind is AiEndpointKind.HEALTH else count is not None
    if visit.status not in GOOD or not fits:
        return Judged(
            is_reachable=False, answered_as=seen, trouble=DeclaredTrouble.NOT_AS_DECLARED.value
        )
    trouble = DeclaredTrouble.NO_MODELS.value if count == 0 else None
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
