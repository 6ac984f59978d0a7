"""An authorisation that is in force today, and evidence that is hashed and forgotten."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from auditor.model import Authorisation, Method


def keep(_request: str, content: bytes) -> str:
    """Hash and forget."""
    return sha256(content).hexdigest()


def letter_for(*methods: Method) -> Authorisation:
    """Return an authorisation in force today."""
    return Authorisation(
        number="12/VP-TTĐMST",
        issued_on=date(2026, 1, 1),
        issuing_body="Sở KH&CN",
        signer="Nguyễn Văn A",
        signer_position="Giám đốc",
        operating_unit="Trung tâm",
        performing_unit="Phòng CNTT",
        independent=False,
        methods=methods,
        emergency_contact="0213 000 000",
        tool_operator="Trần B",
        expires_on=datetime.now(UTC).date() + timedelta(days=2),
        file="letter.pdf",
    )
