"""The appraiser's challenge: 32 random bytes, kept back, and the digest that commits to them.

The public file goes to the centre before the run, the one with the nonce is shown after the pack:
the centre cannot choose the sample, because it does not know the nonce, and the appraiser cannot,
because the digest is in the pack.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NotRequired

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from auditor import saying
from auditor.canonical import dumps, rfc8785, sha256
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.model import Challenge
from auditor.moments import moment
from auditor.pack import keys
from auditor.pack.seal import encoded

SCHEMA = "urn:audit:challenge:v1"
PAYLOAD_TYPE = "application/vnd.audit.challenge+json"
NONCE_BYTES = 32
_STRICT = ConfigDict(extra="forbid", strict=True)
_DIGEST = re.compile(r"[0-9a-f]{64}")


@with_config(_STRICT)
class ChallengeSignatureV1(TypedDict):
    """Who vouches for a challenge: a public key in PEM and its signature in base64."""

    key: str
    sig: str


@with_config(_STRICT)
class ChallengeFileV1(TypedDict):
    """A challenge's file; `nonce` is in the appraiser's own copy only."""

    schema: str
    nonce: NotRequired[str]
    nonce_sha256: str
    issuer: str
    issued_at: str
    signature: ChallengeSignatureV1 | None


def create(issuer: str, now: datetime, key: keys.SigningKey | None) -> tuple[bytes, bytes]:
    """Return a new challenge's two files: the appraiser's, and the one for the centre."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    public: ChallengeFileV1 = {
        "schema": SCHEMA,
        "nonce_sha256": sha256(nonce),
        "issuer": issuer,
        "issued_at": moment(now),
        "signature": None,
    }
    if key is not None:
        public["signature"] = {
            "key": keys.pem(key.public_key()).decode(),
            "sig": base64.b64encode(keys.sign(key, _signed(public))).decode(),
        }
    return dumps({**public, "nonce": nonce.hex()}, indent=2), dumps(public, indent=2)


def _signed(read: ChallengeFileV1) -> bytes:
    """Return what is signed; the nonce is bound by its digest."""
    told = {name: value for name, value in read.items() if name not in {"nonce", "signature"}}
    return encoded(rfc8785(told), PAYLOAD_TYPE)


class LoadedChallenge:
    """A challenge that was read: what a run carries, the nonce if it is there, and who signed."""

    def __init__(self, read: ChallengeFileV1) -> None:
        """Take what `parse` has checked."""
        self.challenge = Challenge(
            nonce_sha256=read["nonce_sha256"],
            issuer=read["issuer"],
            issued_at=datetime.fromisoformat(read["issued_at"]),
        )
        self.nonce = bytes.fromhex(read.get("nonce", ""))
        signed = read["signature"]
        key = keys.load_public(signed["key"].encode()) if signed else None
        self.signer = keys.fingerprint(key) if key else ""


def load(path: Path) -> LoadedChallenge:
    """Read a challenge's file. Raises `BadInput`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        remedy = _("Give the file that `audit challenge` made.")
        raise BadInput(Problem(str(path), saying.system(error), remedy)) from error
    return parse(content, str(path))


def parse(content: bytes, name: str) -> LoadedChallenge:
    """Read a challenge and hold its digest, its time and its signature. Raises `BadInput`."""
    remedy = _("Give the file that `audit challenge` made, unaltered.")
    try:
        read = TypeAdapter(ChallengeFileV1).validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        problem = _("no readable challenge: {problem}", problem=first["msg"])
        field = ".".join(str(part) for part in first["loc"])
        raise BadInput(Problem(name, problem, remedy, field=field)) from error
    for field, problem in _wrong(read):
        raise BadInput(Problem(name, problem, remedy, field=field))
    return LoadedChallenge(read)


def _wrong(read: ChallengeFileV1) -> Iterator[tuple[str, str]]:
    nonce, signed = read.get("nonce"), read["signature"]
    if read["schema"] != SCHEMA:
        yield "schema", _("unknown schema")
    if not _DIGEST.fullmatch(read["nonce_sha256"]):
        yield "nonce_sha256", _("no SHA-256")
    if nonce is not None and not (
        _DIGEST.fullmatch(nonce) and sha256(bytes.fromhex(nonce)) == read["nonce_sha256"]
    ):
        yield "nonce", _("not the nonce that the digest commits to")
    if not read["issuer"].strip() or not read["issuer"].isprintable():
        yield "issuer", _("empty, or not on one line")
    if not _is_moment(read["issued_at"]):
        yield "issued_at", _("no time with a zone")
    if signed is not None and not _is_signed(read, signed):
        yield "signature", _("the signature is not that of the key beside it")


def _is_moment(written: str) -> bool:
    try:
        return datetime.fromisoformat(written).tzinfo is not None
    except ValueError:
        return False


def _is_signed(read: ChallengeFileV1, signed: ChallengeSignatureV1) -> bool:
    key = keys.load_public(signed["key"].encode())
    try:
        signature = base64.b64decode(signed["sig"], validate=True)
    except binascii.Error:
        return False
    return key is not None and keys.is_signed(key, signature, _signed(read))
