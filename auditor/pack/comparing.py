"""How what is sealed and what follows from it are compared, and how a difference is told."""

import marshal
from collections.abc import Mapping
from typing import Any

from auditor.canonical import dumps

_LONGEST = 80
_PLAIN = 2
"""The form of `marshal` that depends on values, types and order alone: 1, 1.0 and true differ."""


def first_unequal(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Return the first field that differs, as it is written: `true` is not 1."""
    if marshal.dumps(dict(one), _PLAIN) == marshal.dumps(dict(other), _PLAIN):  # mostly
        return ""
    return next((name for name in other if dumps(one.get(name)) != dumps(other[name])), "")


def short(value: object) -> str:
    """Write a value in one line: words whole, structures by their beginning."""
    text = value if isinstance(value, str) else dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
