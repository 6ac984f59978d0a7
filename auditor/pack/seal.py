"""The DSSE envelope: the statement about an index, and its signature."""

import base64
import binascii

from pydantic import TypeAdapter

from auditor.canonical import rfc8785
from auditor.language import _
from auditor.pack import keys
from auditor.pack.container import Fault
from auditor.pack.forms import PAYLOAD_TYPE, SEAL, SIGNER, EnvelopeV1


def encoded(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Return what is signed: DSSE's pre-authentication encoding."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal(statement: bytes, key: keys.SigningKey, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Sign a statement and put both into an envelope."""
    return rfc8785(
        {
            "payload": base64.b64encode(statement).decode(),
            "payloadType": payload_type,
            "signatures": [
                {
                    "keyid": keys.fingerprint(key.public_key()),
                    "sig": base64.b64encode(
                        keys.sign(key, encoded(statement, payload_type))
                    ).decode(),
                }
            ],
        }
    )


def unseal(
    envelope: bytes, signer: bytes, names: tuple[str, str] = (SEAL, SIGNER)
) -> tuple[bytes, str, tuple[Fault, ...]]:
    """Return the statement, the signer's fingerprint and what is wrong with the signature.

    `names` are those of envelope and key, for the faults.
    An envelope counts in one writing only, so that no byte of it can change unseen.
    """
    seal_name, key_name = names
    key = keys.load_public(signer)
    if key is None:
        return b"", "", (Fault(key_name, _("not a readable public key")),)
    known_as = keys.fingerprint(key)
    try:
        read = TypeAdapter(EnvelopeV1).validate_json(envelope)
        payload = base64.b64decode(read["payload"], validate=True)
        (given,) = read["signatures"]
        signature = base64.b64decode(given["sig"], validate=True)
    except (ValueError, binascii.Error):
        return b"", known_as, (Fault(seal_name, _("not a readable envelope with one signature")),)
    rewritten = rfc8785(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": known_as, "sig": base64.b64encode(signature).decode()}],
        }
    )
    faults = []
    if rewritten != envelope:
        faults.append(Fault(seal_name, _("the envelope is not in its one form, or of another key")))
    if not keys.is_signed(key, signature, encoded(payload)):
        faults.append(Fault(seal_name, _("the signature is not that of the key in the pack")))
    return payload, known_as, tuple(faults)
