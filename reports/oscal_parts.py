"""The smallest parts of an OSCAL document: identities, properties, lines, tokens, times."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from auditor.canonical import dumps, sha256
from auditor.model import AuditRecord
from auditor.oscal import NAMESPACE
from auditor.record import to_v1

from .clean import clipped, visible

Node = dict[str, Any]
"""A JSON object of OSCAL."""

VERSION = "1.2.1"
_OURS = uuid5(NAMESPACE_URL, NAMESPACE)
_ODD = re.compile(r"[^A-Za-z0-9._-]|_(?=x)", re.ASCII)


class Identities:
    """Version 5 UUIDs that follow from the record's content, so that exports are repeatable."""

    def __init__(self, record: AuditRecord) -> None:
        """Take the whole record for a name space: another record has other identities."""
        self._record = uuid5(_OURS, sha256(_written(to_v1(record)).encode()))

    def of(self, *names: str) -> str:
        """Return the identity of what these names lead to; no two lists of names share one."""
        return str(uuid5(self._record, _written(names)))


def _written(value: object) -> str:
    """Write anything in ASCII, also what no file can hold: half of a surrogate pair."""
    return json.dumps(value, sort_keys=True)


def prop(name: str, value: object) -> Node:
    """Return one of our properties, on one line; `props` drops those without a value."""
    return {"name": name, "ns": NAMESPACE, "value": "" if value is None else clipped(str(value))}


def props(*nodes: Node) -> Node:
    """Return the member `props`, or none if no property has a value."""
    return some("props", [node for node in nodes if node["value"]])


def some(name: str, items: Sequence[object]) -> Node:
    """Return a member with these items; OSCAL has no empty lists."""
    return {name: list(items)} if items else {}


def line(text: str, instead: str) -> str:
    """Return a text on one line, or `instead` where there is none: titles are never empty."""
    return clipped(text) or clipped(instead) or "-"


def token(kind: str, name: str) -> str:
    """Return an XML name (NCName) for `name`; different names of a kind stay different."""
    return f"{kind}-{_ODD.sub(_code_point, visible(name))}"


def _code_point(match: re.Match[str]) -> str:
    return f"_x{ord(match[0]):x}_"


def moment(when: datetime) -> str:
    """Write a time as OSCAL does, with its zone."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reference(identity: str) -> str:
    """Return the address of something in the same document."""
    return f"#{identity}"


def document(root: str, content: Mapping[str, object]) -> bytes:
    """Write a document as JSON that people can read; the same content gives the same bytes."""
    return dumps({root: content}, indent=2)
