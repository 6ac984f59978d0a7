"""One way to write JSON and to hash, so that the same content always has the same bytes."""

import hashlib
import json


def sha256(content: bytes) -> str:
    """Return the lower-case hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def dumps(value: object, *, indent: int | None = None) -> bytes:
    """Write JSON as UTF-8 with sorted keys; compact, or indented for people."""
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(
        value,
        ensure_ascii=False,
        sort_keys=True,
        allow_nan=False,
        indent=indent,
        separators=separators,
    )
    return (text + "\n" if indent else text).encode()
