"""One signature of a PDF: whether it holds, whose it is, and what came after it.

ISO 32000-2, 12.8 and ETSI EN 319 142 (PAdES). Attacks that are told from honest signatures:
universal signature forgery, incremental saving and signature wrapping (Mladenov et al., "1 Trillion
Dollar Refund", CCS 2019) and shadow attacks (Mainka et al., NDSS 2021).
"""

import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import x509  # type: ignore[import-untyped]  # ships no types
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import find_unique_cms_attribute
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
)
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import extract_contents
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import AcceptAllAlgorithms

from auditor.at_once import at_once
from auditor.documents.signed import BROKEN, Signature, SignatureFault, TimeSource

MALFORMED = (
    *(PdfError, ValueError, LookupError, TypeError, AttributeError, AssertionError),
    *(NotImplementedError, RecursionError, OverflowError, struct.error),
)
"""What the libraries raise on input that is no well-formed PDF or CMS."""

_VERIFIED = frozenset(
    {SigSeedSubFilter.ADOBE_PKCS7_DETACHED, SigSeedSubFilter.PADES, SigSeedSubFilter.PBAD_PADES}
)
_WEAK = frozenset({"md2", "md5", "sha1"})
_OUT_OF_FORCE = frozenset(
    {SignatureFault.EXPIRED, SignatureFault.NOT_YET_VALID, SignatureFault.REVOKED}
)
_USAGE = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"})
_LONGEST_NAME = 200
_SECOND = timedelta(seconds=1)


class Verifier:
    """Verifies the signatures of one PDF."""

    def __init__(
        self,
        content: bytes,
        reader: PdfFileReader,
        roots: tuple[x509.Certificate, ...],
        now: datetime,
    ) -> None:
        """Verify against these roots, as of now."""
        self.content = content
        self.reader = reader
        self.roots = roots
        self.now = now

    def verified(self, name: str, field: generic.DictionaryObject) -> tuple[int, Signature]:
        """Return a signature under the revision that it was made in."""
        try:
            if _is_hollow(field["/V"]):
                return 0, Signature(faults=(SignatureFault.HOLLOW,))
            embedded = EmbeddedPdfSignature(self.reader, field, name)
            if embedded.sig_object.get("/SubFilter") not in {kind.value for kind in _VERIFIED}:
                return embedded.signed_revision, Signature(faults=(SignatureFault.UNSUPPORTED,))
            return embedded.signed_revision, self._signature(embedded)
        except MALFORMED:
            return 0, Signature(faults=(SignatureFault.UNREADABLE,))

    def _signature(self, embedded: EmbeddedPdfSignature) -> Signature:
        certificate = embedded.signer_cert
        first, last = certificate.not_valid_before, certificate.not_valid_after
        # Its chain is looked at on its last day at most: that it expired since is no fault.
        status = self._status(embedded, min(self.now, max(first, last - _SECOND)))
        source, signed_at = _time(embedded, status)
        if source is TimeSource.TIMESTAMP and signed_at is not None and status.revoked:
            # A trusted token proves that it was signed earlier; the revocation may be younger.
            status = self._status(embedded, signed_at)
        doubts = _doubts(embedded, status, signed_at or self.now)
        faults = tuple(dict.fromkeys((*self._integrity(embedded, status), *doubts)))
        known = bool(self.roots) and not BROKEN & set(faults)
        return Signature(
            faults=faults,
            signer=_name(certificate),
            signed_at=_moment(signed_at) if signed_at else "",
            time_source=source,
            certificate_expires=_moment(last),
            covers_whole_file=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
            chain_trusted=status.trusted and not _OUT_OF_FORCE & set(faults) if known else None,
        )

    def _status(self, embedded: EmbeddedPdfSignature, moment: datetime) -> PdfSignatureStatus:
        return at_once(
            async_validate_pdf_signature(
                embedded,
                self._context(embedded, moment),
                self._context(embedded, self.now),
                key_usage_settings=_USAGE,
            )
        )

    def _context(self, embedded: EmbeddedPdfSignature, moment: datetime) -> ValidationContext:
        """Trust the given certificates, and nothing that the system or the network offers."""
        settings: dict[str, Any] = {
            "trust_roots": list(self.roots),
            "moment": moment,
            "allow_fetching": False,
            "retroactive_revinfo": True,
            "algorithm_usage_policy": AcceptAllAlgorithms(),  # weak ones are told apart below
            **_archived(embedded),
        }
        try:
            store = DocumentSecurityStore.read_dss(self.reader)
        except NoDSSFoundError:
            return ValidationContext(**settings)
        return store.as_validation_context(settings)

    def _integrity(
        self, embedded: EmbeddedPdfSignature, status: PdfSignatureStatus
    ) -> Iterator[SignatureFault]:
        if not status.intact:
            yield SignatureFault.ALTERED
        if not status.valid:
            yield SignatureFault.FORGED
        if not self._leaves_out_only_itself(embedded) or (
            status.coverage is not None and status.coverage < SignatureCoverageLevel.ENTIRE_REVISION
        ):
            yield SignatureFault.PARTIAL
        elif status.modification_level is ModificationLevel.OTHER or not status.docmdp_ok:
            yield SignatureFault.CHANGED
        elif self._filled(status):
            yield SignatureFault.FORM_FILLED
        if status.coverage is SignatureCoverageLevel.ENTIRE_REVISION and self._appended(embedded):
            yield SignatureFault.APPENDED

    def _leaves_out_only_itself(self, embedded: EmbeddedPdfSignature) -> bool:
        """Hold the gap between the signed parts against the signature value, byte for byte.

        pyHanko adds lengths only, which a value that is stored compressed could stretch.
        """
        start, length, second, _rest = map(int, embedded.byte_range)
        gap = self.content[start + length : second]
        return (
            gap[:1] == b"<"
            and gap[-1:] == b">"
            and bytes.fromhex(gap[1:-1].decode("ascii")) == bytes(embedded.pkcs7_content)
        )

    def _filled(self, status: PdfSignatureStatus) -> bool:
        """Tell whether fields other than signatures changed; signing again changes only these."""
        if not isinstance(status.diff_result, DiffResult):
            return False
        signatures = {name for name, _value, _field in enumerate_sig_fields(self.reader)}
        return bool(status.diff_result.changed_form_fields - signatures)

    def _appended(self, embedded: EmbeddedPdfSignature) -> bool:
        """Tell whether bytes follow a signature of the last revision, where none belong."""
        if embedded.signed_revision != self.reader.xrefs.total_revisions - 1:
            return False
        _start, _length, second, rest = map(int, embedded.byte_range)
        return bool(self.content[second + rest :].strip())


def _is_hollow(signature: generic.DictionaryObject) -> bool:
    """Tell whether a signature lacks what would make it one (universal signature forgery)."""
    try:
        value, span = extract_contents(signature), signature["/ByteRange"]
    except (PdfError, KeyError):
        return True
    if not isinstance(span, generic.ArrayObject) or len(span) != 4:  # noqa: PLR2004 - two pairs
        return True
    whole = all(isinstance(part, generic.NumberObject) and part >= 0 for part in span)
    return not (whole and span[1] and span[3] and value.strip(b"\0"))


def _doubts(
    embedded: EmbeddedPdfSignature, status: PdfSignatureStatus, signed_at: datetime
) -> Iterator[SignatureFault]:
    certificate, token = embedded.signer_cert, status.timestamp_validity
    algorithms = (embedded.signer_info["signature_algorithm"], certificate["signature_algorithm"])
    if status.md_algorithm in _WEAK or any(_hash(each) in _WEAK for each in algorithms):
        yield SignatureFault.WEAK_DIGEST
    if signed_at > certificate.not_valid_after:
        yield SignatureFault.EXPIRED
    if signed_at < certificate.not_valid_before:
        yield SignatureFault.NOT_YET_VALID
    if status.revoked:
        yield SignatureFault.REVOKED
    if token is not None and not (token.intact and token.valid):
        yield SignatureFault.BAD_TIMESTAMP


def _hash(algorithm: Any) -> str:  # noqa: ANN401 - asn1crypto has no types
    try:
        return str(algorithm.hash_algo)
    except ValueError:  # Ed25519 and others have their own
        return ""


def _archived(embedded: EmbeddedPdfSignature) -> Mapping[str, Any]:
    """Return the CRLs and OCSP answers that Adobe's signed attribute holds."""
    try:
        kept = find_unique_cms_attribute(
            embedded.signer_info["signed_attrs"], "adobe_revocation_info_archival"
        )
    except (KeyError, ValueError):  # none, or more than one: then nobody knows which counts
        return {}
    return {"crls": list(kept["crl"] or ()), "ocsps": list(kept["ocsp"] or ())}


def _time(
    embedded: EmbeddedPdfSignature, status: PdfSignatureStatus
) -> tuple[TimeSource, datetime | None]:
    token = status.timestamp_validity
    if token is not None and token.intact and token.valid:
        source = TimeSource.TIMESTAMP if token.trusted else TimeSource.TIMESTAMP_UNTRUSTED
        return source, token.timestamp
    claimed = embedded.self_reported_timestamp
    if claimed is None:
        return TimeSource.NONE, None
    return TimeSource.CLAIMED, claimed if claimed.tzinfo else claimed.replace(tzinfo=UTC)


def _name(certificate: x509.Certificate) -> str:
    """Return common name and organisation, as a person knows a signer."""
    subject = certificate.subject.native
    parts = (subject.get(key) for key in ("common_name", "organization_name"))
    named = ", ".join(part for part in parts if isinstance(part, str))
    return (named or certificate.subject.human_friendly)[:_LONGEST_NAME]


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
