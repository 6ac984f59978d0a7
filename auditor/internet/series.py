"""Samples as records: JSON whose figures anyone can compute again, chained by their digests."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from auditor.canonical import dumps, sha256
from auditor.internet.sample import Sample, derive

SCHEMA = "urn:audit:speed-sample:v1"
FIRST = "0" * 64
"""What stands for the digest of the record before the first."""


def record_of(sample: Sample, previous_sha256: str) -> dict[str, Any]:
    """Return a sample as plain JSON data, with what follows from it and its place in the chain."""
    record = {
        "schema": SCHEMA,
        "sample": plain(asdict(sample)),
        "derived": plain(asdict(derive(sample))),
        "prev_sha256": previous_sha256,
    }
    return {**record, "record_sha256": sha256(dumps(record))}


def faults(record: Mapping[str, Any], sample: Sample) -> tuple[str, ...]:
    """Say what of a record does not follow from its own raw counts, or is not what was hashed.

    `sample` is the record's raw part, read back.
    """
    found = []
    if record.get("schema") != SCHEMA:
        found.append("schema")
    if record.get("derived") != plain(asdict(derive(sample))):
        found.append("derived")
    rest = {name: value for name, value in record.items() if name != "record_sha256"}
    if record.get("record_sha256") != sha256(dumps(rest)):
        found.append("record_sha256")
    return tuple(found)


def breaks(records: Iterable[Mapping[str, Any]]) -> tuple[int, ...]:
    """Return the positions of records that do not name the digest of the one before them."""
    before, found = FIRST, []
    for position, record in enumerate(records):
        if record.get("prev_sha256") != before:
            found.append(position)
        before = str(record.get("record_sha256"))
    return tuple(found)


def plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Turn tuples and sets into lists and enums into texts; sets in order."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(plain(item) for item in value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, str) else value
