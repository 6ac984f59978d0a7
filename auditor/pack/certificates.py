"""Certificates of signers and of time-stamp authorities, and whether a chain is trusted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from auditor.at_once import at_once
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.model import NotMeasured
from auditor.outcome import as_data
from auditor.pack import keys

Certificates = tuple[bytes, ...]
"""DER, in the order of the file."""


def load(content: bytes, name: str) -> Certificates:
    """Read certificates in PEM, one after the other. Raises `BadInput`."""
    found = from_pem(content)
    if not found:
        problem = _("holds no certificate in PEM, or something that is none")
        remedy = _("Put certificates one after the other, that of the signer first.")
        raise BadInput(Problem(name, problem, remedy))
    return found


def from_pem(content: bytes) -> Certificates:
    """Return the certificates of a PEM file; nothing if any part of it is unreadable."""
    from cryptography import x509  # noqa: PLC0415 - slow to load, and few packs need it
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    try:
        found = x509.load_pem_x509_certificates(content)
    except ValueError:
        return ()
    return tuple(item.public_bytes(Encoding.DER) for item in found)


def to_pem(certificates: Certificates) -> bytes:
    """Write certificates in the one form that a pack holds."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    loaded = map(x509.load_der_x509_certificate, certificates)
    return b"".join(item.public_bytes(Encoding.PEM) for item in loaded)


def is_of(certificate: bytes, signer: keys.PublicKey) -> bool:
    """Tell whether a certificate is that of a key."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415

    try:
        return x509.load_der_x509_certificate(certificate).public_key() == signer
    except (ValueError, UnsupportedAlgorithm):
        return False


def subject(certificate: bytes) -> str:
    """Return whom a certificate names."""
    return named(parsed(certificate))


def named(certificate: Any) -> str:  # noqa: ANN401 - of a library without types
    """Return the common name in a certificate as pyHanko knows it, or all of the name."""
    subject = certificate.subject
    return str(subject.native.get("common_name") or subject.human_friendly)


def why_not_trusted(chain: Certificates, roots: Certificates, at: datetime) -> str:
    """Say why a chain, leaf first, does not lead to one of these at a moment; nothing if it does.

    Nothing is fetched: a certificate that was taken back since counts as valid.
    """
    from pyhanko_certvalidator import CertificateValidator  # noqa: PLC0415 - slow to load

    def look() -> str:
        leaf, *others = map(parsed, chain)
        validator: Any = CertificateValidator(leaf, others, validation_context=context(roots, at))
        at_once(validator.async_validate_usage({"digital_signature"}))
        return ""

    found = as_data(look)
    return found.detail if isinstance(found, NotMeasured) else found


def context(roots: Sequence[bytes], at: datetime) -> Any:  # noqa: ANN401 - of a library without types
    """Trust these at a moment, and nothing that the system or the network offers."""
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    return ValidationContext(
        trust_roots=[parsed(item) for item in roots], moment=at, allow_fetching=False
    )


def parsed(certificate: bytes) -> Any:  # noqa: ANN401 - the same
    """Return a certificate as pyHanko knows it."""
    from asn1crypto import x509  # type: ignore[import-untyped]  # noqa: PLC0415 - ships no types

    return x509.Certificate.load(certificate, strict=True)
