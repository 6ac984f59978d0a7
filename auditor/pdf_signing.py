"""Sign a PDF with a person's own key (PAdES, level B-B), by pyHanko.

The signature is an update at the end of the file and leaves nothing to see on its pages: no picture
of a signature, no seal. Nothing is fetched, and no time-stamp authority is asked.
"""

import logging
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from asn1crypto import x509  # type: ignore[import-untyped]  # ships no types
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError

from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.token_uri import OPTION

if TYPE_CHECKING:
    from auditor.transports.token_key import TokenKey

logging.getLogger("pyhanko").addHandler(logging.NullHandler())

_FIELD = "ChuKySo"
_MAY_SIGN = frozenset({"digital_signature", "non_repudiation"})
_UNFIT = (PdfError, SigningError, ValueError, LookupError, TypeError, AttributeError)
"""What pyHanko raises on a file that is no sound PDF."""


def from_pkcs12(content: bytes, name: str, passphrase: str, now: datetime) -> SimpleSigner:
    """Read a person's key and certificate. Raises `BadInput`, also where they do not count now."""
    try:
        signer: SimpleSigner = SimpleSigner.load_pkcs12_data(
            content, [], passphrase.encode() or None
        )
    except ValueError as error:
        problem = _("no key can be read: the passphrase is wrong, or this is no PKCS#12 file")
        remedy = _("Give a .p12 or .pfx file with its passphrase.")
        raise BadInput(Problem(name, problem, remedy)) from error
    certificate = signer.signing_cert
    if certificate is None:
        remedy = _("Export key and certificate together.")
        raise BadInput(Problem(name, _("holds no certificate of the key"), remedy))
    if problem := _unfit(certificate, now):
        raise BadInput(Problem(name, problem, _("Sign with a certificate that is in force.")))
    return signer


def from_token(key: "TokenKey", now: datetime) -> Signer:
    """Sign on the token, by its certificate. Raises `BadInput` where that does not count now."""
    from pyhanko.sign.pkcs11 import PKCS11Signer  # noqa: PLC0415 - needs an extra

    if not key.certificates:
        problem = _("the token holds no certificate of the key")
        remedy = _("Write it to the token, under the id of the key.")
        raise BadInput(Problem(OPTION, problem, remedy))
    certificate, *others = (x509.Certificate.load(item) for item in key.certificates)
    if problem := _unfit(certificate, now):
        raise BadInput(Problem(OPTION, problem, _("Sign with a certificate that is in force.")))
    private = key.private
    signer: Signer = PKCS11Signer(
        key.place.session,
        signing_cert=certificate,
        ca_chain=others,
        key_id=private.id or None,
        key_label=None if private.id else private.label,
        use_raw_mechanism=certificate.public_key.algorithm == "ec",  # all tokens know that one
        base_sign_kwargs=key.again(),
    )
    return signer


def signed(content: bytes, name: str, signer: Signer) -> bytes:
    """Return the PDF with one more signature. Raises `BadInput` for what cannot be signed."""
    try:
        writer = IncrementalPdfFileWriter(BytesIO(content), strict=False)
        taken = {field for field, _value, _reference in enumerate_sig_fields(writer.prev)}
        number = next(n for n in range(1, len(taken) + 2) if f"{_FIELD}{n}" not in taken)
        settings = PdfSignatureMetadata(
            field_name=f"{_FIELD}{number}", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
        )
        made: BytesIO = PdfSigner(settings, signer).sign_pdf(writer)
    except _UNFIT as error:
        problem = _("cannot be signed: {error}", error=error)
        raise BadInput(Problem(name, problem, _("Give an undamaged PDF."))) from error
    return made.getvalue()


def _unfit(certificate: x509.Certificate, now: datetime) -> str:
    """Say why nobody would accept a signature of this certificate, or nothing."""
    if not certificate.not_valid_before <= now <= certificate.not_valid_after:
        first, last = certificate.not_valid_before, certificate.not_valid_after
        return _(
            "the certificate is in force from {first} to {last} only",
            first=f"{first:%d/%m/%Y}",
            last=f"{last:%d/%m/%Y}",
        )
    usage = certificate.key_usage_value
    if usage is not None and not _MAY_SIGN & usage.native:
        return _("the certificate is not one for signing documents")
    return ""
