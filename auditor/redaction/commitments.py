"""What was hidden, bound without being told: one salted commitment for each hidden field.

A commitment is SHA-256 over a salt of 32 bytes and the canonical JSON (RFC 8785) of [path, value].
Nobody can find the value by trying, nor can whoever committed show another one later.
Paths are JSON pointers (RFC 6901) into record.json, the same in the full record and in the copy.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from auditor.canonical import rfc8785
from auditor.redaction.scrubbing import is_masking

DISCLOSURE = "urn:audit:disclosure:v1"
SECRET_BYTES = 32
_STRICT = ConfigDict(extra="forbid", strict=True)
ABSENT = object()
"""What is shown for a field that the copy has not at all."""


@with_config(_STRICT)
class DisclosedV1(TypedDict):
    """A hidden field with what opens its commitment; `salt` is in hexadecimal."""

    path: str
    value: object
    salt: str


@with_config(_STRICT)
class DisclosureV1(TypedDict):
    """Hidden fields that were shown to somebody. `dossier_sha256` is of dossier.json."""

    schema: str
    dossier_sha256: str
    fields: list[DisclosedV1]


def hidden(full: object, copy: object, path: str = "") -> Iterator[tuple[str, object, object]]:
    """Yield each field in which a copy differs: its path, what it was, what is shown for it.

    A row that was left out is one field. `full` and `copy` are plain JSON.
    """
    if isinstance(full, dict) and isinstance(copy, dict) and copy:
        for name in sorted({*full, *copy}):
            step = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
            yield from hidden(full.get(name, ABSENT), copy.get(name, ABSENT), step)
    elif isinstance(full, list) and isinstance(copy, list) and len(full) == len(copy):
        for place, pair in enumerate(zip(full, copy, strict=True)):
            yield from hidden(*pair, f"{path}/{place}")
    elif full != copy or type(full) is not type(copy):
        yield path, full, copy


def salt_of(secret: bytes, path: str) -> bytes:
    """Return the salt of a field: it tells nothing about that of another."""
    return hmac.digest(secret, f"urn:audit:dossier:v1 salt {path}".encode(), hashlib.sha256)


def commitment(salt: bytes, path: str, value: object) -> str:
    """Bind a value. Raises `ValueError` for a number that has no canonical form."""
    return hashlib.sha256(salt + rfc8785([path, value])).hexdigest()


def commitments(full: object, copy: object, secret: bytes) -> dict[str, str]:
    """Return the commitment to every field that a copy hides, by path."""
    return {
        path: commitment(salt_of(secret, path), path, value)
        for path, value, _shown in hidden(full, copy)
    }


def opens(field: DisclosedV1, bound: Mapping[str, str]) -> bool:
    """Tell whether a value is the one that was bound under its path."""
    try:
        salt = bytes.fromhex(field["salt"])
        found = commitment(salt, field["path"], field["value"])
    except ValueError:
        return False
    return len(salt) == SECRET_BYTES and bound.get(field["path"]) == found


def misfits(
    full: object, copy: object, secret: bytes, bound: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the paths at which a copy does not follow from the full record, each with a code.

    `unbound`: it differs, but no commitment says so. `other`: the commitment is to another value.
    `rewritten`: what is shown is not the value with parts replaced. `superfluous`: nothing differs.
    """
    seen = set()
    for path, value, shown in hidden(full, copy):
        seen.add(path)
        if path not in bound:
            yield path, "unbound"
        elif value is ABSENT or bound[path] != commitment(salt_of(secret, path), path, value):
            yield path, "other"
        elif not _is_hiding(shown, value):
            yield path, "rewritten"
    yield from ((path, "superfluous") for path in sorted(set(bound) - seen))


def _is_hiding(shown: object, value: object) -> bool:
    if isinstance(shown, str) and isinstance(value, str):
        return is_masking(shown, value)
    return shown is ABSENT or (shown == {} and isinstance(value, dict))
