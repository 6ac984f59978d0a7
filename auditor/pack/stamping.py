"""RFC 3161: what an authority is asked, and what its answer proves of an envelope."""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditor.at_once import at_once
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.model import NotMeasured
from auditor.outcome import as_data
from auditor.pack.certificates import Certificates, context, named

logging.getLogger("pyhanko").addHandler(logging.NullHandler())  # we say ourselves what failed
logging.getLogger("pyhanko").propagate = False

_NONCE_BITS = 64
_GRANTED = "granted"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who attests that an envelope was there at a moment; `is_trusted` is None without roots."""

    at: datetime
    authority: str
    is_trusted: bool | None


def request(envelope: bytes) -> bytes:
    """Return the request (DER) for a time-stamp over the SHA-256 of an envelope."""
    from asn1crypto import tsp  # type: ignore[import-untyped]  # noqa: PLC0415 - ships no types

    asked = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": hashlib.sha256(envelope).digest(),
            },
            "nonce": secrets.randbits(_NONCE_BITS),
            "cert_req": True,
        }
    )
    return bytes(asked.dump())


def accepted(response: bytes, envelope: bytes, roots: Certificates, name: str) -> Stamp:
    """Return what a response attests. Raises `BadInput` for one that must not be attached."""
    remedy = _("Ask the authority again, and check --tsa-ca.")
    found = read(response, envelope, roots)
    if isinstance(found, str):
        raise BadInput(Problem(name, found, remedy))
    if found.is_trusted is False:
        raise BadInput(Problem(name, _("its authority is not one that you trust"), remedy))
    return found


def read(response: bytes, envelope: bytes, roots: Certificates) -> Stamp | str:
    """Check a response (DER) offline; return what it attests, or what is wrong with it."""
    found = as_data(lambda: _checked(response, envelope, roots))
    if isinstance(found, NotMeasured):
        return _("not a readable time-stamp ({problem})", problem=found.detail)
    return found


def _checked(response: bytes, envelope: bytes, roots: Certificates) -> Stamp | str:
    from asn1crypto import tsp  # noqa: PLC0415
    from pyhanko.sign.validation.generic_cms import (  # noqa: PLC0415 - slow to load
        validate_tst_signed_data,
    )
    from pyhanko.sign.validation.status import TimestampSignatureStatus  # noqa: PLC0415

    answer = tsp.TimeStampResp.load(response, strict=True)
    status = answer["status"]["status"].native
    if status != _GRANTED:
        return _("the authority did not grant it ({status})", status=status)
    data = answer["time_stamp_token"]["content"]
    info = data["encap_content_info"]["content"].parsed
    at: datetime = info["gen_time"].native
    validated: dict[str, Any] = at_once(
        validate_tst_signed_data(
            data,
            context(roots, at),
            lambda algorithm: hashlib.new(algorithm, envelope).digest(),
        )
    )
    found = TimestampSignatureStatus(**validated)
    if not found.intact:
        return _("it is about something else than the signed statement")
    if not found.valid:
        return _("its signature does not hold")
    return Stamp(at, named(found.signing_cert), bool(found.trusted) if roots else None)
