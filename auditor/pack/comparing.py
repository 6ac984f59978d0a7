"""How what is sealed and what follows from it are compared, and how a difference is told."""

from collections.abc import Mapping
from typing import Any

from msgspec.json import Encoder

from auditor.canonical import dumps

_LONGEST = 80
_encoded = Encoder(order="deterministic").encode


def first_unequal(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Return the first field that differs, as it is written: `true` is not 1."""
    if _encoded(one) == _encoded(other):  # as most are; it tells types apart, and is quick
        return ""
    return next((name for name in other if dumps(one.get(name)) != dumps(other[name])), "")


def short(value: object) -> str:
    """Write a value in one line: words whole, structures by their beginning."""
    text = value if isinstance(value, str) else dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
