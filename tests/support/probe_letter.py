"""Authorisations, of November 2026 or in force today; evidence that is hashed and forgotten."""

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


def letter_of_november(*methods: Method) -> Authorisation:
    """Return the letter for tests that bring a clock of their own: in force in November 2026."""
    return Authorisation(
        number="12/VP",
        issued_on=date(2026, 11, 1),
        issuing_body="Sở KH&CN",
        signer="A",
        signer_position="Giám đốc",
        operating_unit="B",
        performing_unit="C",
        independent=True,
        methods=methods,
        emergency_contact="D",
        tool_operator="E",
        expires_on=date(2026, 11, 30),
        file="letter.pdf",
    )
