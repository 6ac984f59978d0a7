"""The frozen forms of a pack, version 1: its index, its statement and its envelope."""

from collections.abc import Mapping

from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from auditor.canonical import rfc8785, sha256
from auditor.record_v1 import RecordV1

SCHEMA = "urn:audit:pack:v1"
STATEMENT = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"

INDEX = "index.json"
SEAL = "statement.dsse.json"
SIGNER = "signer.pem"
CHAIN = "signer.chain.pem"
"""The public key, and its certificates where they came along; the index lists both."""

STAMP = "statement.tsr"
STAMP_SEAL = "timestamp.dsse.json"
"""The authority's response about the envelope, and the signer's statement about that response."""

UNLISTED = frozenset({INDEX, SEAL, STAMP, STAMP_SEAL})
"""What the index cannot list: itself, and what was made after it."""

STAMPED = "urn:audit:timestamp:v1"

DOSSIER = "dossier.json"
"""What a public copy has besides, and only it: which full pack it is of, and what it hides."""
DOSSIER_SCHEMA = "urn:audit:dossier:v1"

_STRICT = ConfigDict(extra="forbid", strict=True)
_CLOCK = {
    "vi": "thời gian theo đồng hồ máy",
    "en": "time by the machine's clock",
}


@with_config(_STRICT)
class PackedFileV1(TypedDict):
    """A file of the pack."""

    path: str
    sha256: str
    size: int


@with_config(_STRICT)
class IndexV1(TypedDict):
    """index.json: every other file except the envelope, in the order of their paths."""

    schema: str
    files: list[PackedFileV1]


@with_config(_STRICT)
class SignatureV1(TypedDict):
    """A signature in base64; `keyid` is the fingerprint of the key."""

    keyid: str
    sig: str


@with_config(_STRICT)
class EnvelopeV1(TypedDict):
    """A DSSE envelope; `payload` is base64."""

    payload: str
    payloadType: str
    signatures: list[SignatureV1]


@with_config(_STRICT)
class DossierV1(TypedDict):
    """dossier.json: the full pack by its index, and a commitment to each hidden field by path."""

    schema: str
    of_index_sha256: str
    hidden: dict[str, str]


def index_of(files: Mapping[str, bytes]) -> bytes:
    """Write index.json over files by their path."""
    index: IndexV1 = {
        "schema": SCHEMA,
        "files": [
            {"path": path, "sha256": sha256(content), "size": len(content)}
            for path, content in sorted(files.items())
        ],
    }
    return rfc8785(index)


def statement_of(index: bytes, record: RecordV1) -> bytes:
    """Write what the signer states: this index is that of this run, under this challenge."""
    predicate: dict[str, object] = {
        "tool": record["tool"],
        "run_id": record["run_id"],
        "started_at": record["started_at"],
        "finished_at": record["finished_at"],
        "clock": {"meaning": _CLOCK, "offset_s": record["clock_offset_s"]},
    }
    if "challenge" in record:
        predicate["challenge"] = record["challenge"]["nonce_sha256"]
    return rfc8785(
        {
            "_type": STATEMENT,
            "subject": [{"name": INDEX, "digest": {"sha256": sha256(index)}}],
            "predicateType": SCHEMA,
            "predicate": predicate,
        }
    )


def stamp_statement_of(envelope: bytes, response: bytes) -> bytes:
    """Write what the signer states of a time-stamp: so no byte of it can change unseen."""
    subjects = [
        {"name": name, "digest": {"sha256": sha256(content)}}
        for name, content in ((SEAL, envelope), (STAMP, response))
    ]
    return rfc8785(
        {"_type": STATEMENT, "subject": subjects, "predicateType": STAMPED, "predicate": {}}
    )


def index_from(content: bytes) -> IndexV1 | None:
    """Read an index; None if it is anything but the canonical form of one."""
    try:
        read = TypeAdapter(IndexV1).validate_json(content)
        is_canonical = rfc8785(read) == content
    except ValueError:  # pydantic's error is one too
        return None
    return read if is_canonical and read["schema"] == SCHEMA else None


def dossier_from(content: bytes) -> DossierV1 | None:
    """Read a dossier.json; None if it is anything but the canonical form of one."""
    try:
        read = TypeAdapter(DossierV1).validate_json(content)
        is_canonical = rfc8785(read) == content
    except ValueError:
        return None
    return read if is_canonical and read["schema"] == DOSSIER_SCHEMA else None
