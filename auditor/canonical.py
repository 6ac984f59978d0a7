"""One way to write JSON and to hash, so that the same content always has the same bytes."""

import hashlib
import json
from decimal import Decimal
from json.encoder import encode_basestring as _quoted  # what json.dumps does, without the rest

_PLAIN_TO = 21
_PLAIN_FROM = -6
"""Between these powers of ten ECMAScript writes a number without an exponent."""
_SAFE = 2**53


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


def rfc8785(value: object) -> bytes:
    """Write JSON as RFC 8785 says, so that any other program gets the same bytes.

    `dumps` differs from it in numbers (`1.0`, `1e-07`) and in the order of rare letters as keys.
    Raises `ValueError` for what has no such form: NaN, infinity, integers from 2^53, odd keys.
    """
    return _jcs(value).encode()


def _jcs(value: object) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int) and abs(value) < _SAFE:
        return str(value)
    if isinstance(value, float):
        return _ecmascript(value)
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(_jcs, value))}]"
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        by_unit = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return f"{{{','.join(f'{_jcs(key)}:{_jcs(item)}' for key, item in by_unit)}}}"
    message = f"no canonical form of a {type(value).__name__}"
    raise ValueError(message)


def _ecmascript(value: float) -> str:
    """Write a number as ECMAScript does: the shortest digits, as Python, placed differently."""
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    if not isinstance(exponent, int):
        message = "no canonical form of a number that is not finite"
        raise ValueError(message)  # noqa: TRY004 - the type is right, the value is not
    if value == 0:
        return "0"
    text, minus = "".join(map(str, digits)), "-" if sign else ""
    point = len(text) + exponent
    if len(text) <= point <= _PLAIN_TO:
        return minus + text.ljust(point, "0")
    if 0 < point <= _PLAIN_TO:
        return f"{minus}{text[:point]}.{text[point:]}"
    if _PLAIN_FROM < point <= 0:
        return f"{minus}0.{'0' * -point}{text}"
    fraction = f".{text[1:]}" if text[1:] else ""
    return f"{minus}{text[0]}{fraction}e{point - 1:+d}"
