"""What a certificate says."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from auditor.lan.errands import Tls
from auditor.lan.talk import clean


def shown(version: str, der: bytes, now: datetime) -> Tls:
    """Read a certificate in DER. What is malformed is unknown, not an error."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        ends = certificate.not_valid_after_utc
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        authorities = certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
        return Tls(
            version,
            subject=clean(str(names[0].value)) if names else None,
            is_self_issued=certificate.subject == certificate.issuer,
            ends_at=f"{ends:%Y-%m-%dT%H:%M:%SZ}",
            days_left=(ends - now.astimezone(UTC)).days,
            fingerprint=certificate.fingerprint(SHA256()).hex(),
            issuer=clean(str(authorities[0].value)) if authorities else None,
        )
    except (ValueError, TypeError, OverflowError):
        return Tls(version)
