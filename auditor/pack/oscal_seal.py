"""Signatures beside OSCAL documents in the forms that `trestle verify` and `verify-manifest` read.

compliance-trestle 5: RFC 8785, SHA-256, in-toto Statement v1 in a DSSE envelope. Its predicate
types are its own, and it refuses all others; the pack's own statement stands elsewhere.
"""

import json
from collections.abc import Mapping

from auditor.canonical import dumps, rfc8785, sha256
from auditor.pack import keys
from auditor.pack.forms import STATEMENT
from auditor.pack.seal import seal

_PREDICATES = "https://oscal-compass.github.io/compliance-trestle/predicates"
SIGNING = f"{_PREDICATES}/oscal-signing/v1"
PACKAGE = f"{_PREDICATES}/oscal-package/v1"
TOOL = "compliance-trestle"
"""What their verifier demands as the name of the tool: it names the form, not who signed."""

MANIFEST = "manifest.json"
MANIFEST_SEAL = "manifest.dsse.json"
_MEDIA = "application/oscal+json"


def sidecars(
    documents: Mapping[str, bytes], primary: str, key: keys.SigningKey
) -> dict[str, bytes]:
    """Return an envelope for each JSON document, and a manifest of all of them with its envelope.

    `primary` names the document that the others belong to. Raises `CannotPerform` where the
    machine cannot sign with this kind of key.
    """
    digests = {name: _digest(content) for name, content in sorted(documents.items())}
    artifacts = [{"name": name, "uri": name, "mediaType": _MEDIA} for name in digests]
    made = {
        name.removesuffix(".json") + ".dsse.json": seal(_about(name, digest), key)
        for name, digest in digests.items()
    }
    manifest = {"primaryArtifact": primary, "artifacts": artifacts}
    statement = _statement(PACKAGE, digests, {"tool": TOOL, "manifestVersion": "v1", **manifest})
    return {
        **made,
        MANIFEST: dumps(manifest, indent=2),
        MANIFEST_SEAL: seal(statement, key),
    }


def _about(name: str, digest: str) -> bytes:
    return _statement(
        SIGNING,
        {name: digest},
        {
            "canonicalization": "RFC8785",
            "digestAlgorithm": "sha256",
            "digestSource": "canonical-json",
            "tool": TOOL,
        },
    )


def _statement(kind: str, digests: Mapping[str, str], predicate: Mapping[str, object]) -> bytes:
    subjects = [{"name": name, "digest": {"sha256": digest}} for name, digest in digests.items()]
    return rfc8785(
        {
            "_type": STATEMENT,
            "subject": subjects,
            "predicateType": kind,
            "predicate": dict(predicate),
        }
    )


def _digest(document: bytes) -> str:
    """Return the digest of the canonical form, which spaces and the order of members leave."""
    return sha256(rfc8785(json.loads(document)))
