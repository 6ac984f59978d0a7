"""What is known of a file's digital signatures: values that carry no judgement."""

from enum import StrEnum
from types import MappingProxyType

from auditor.model import Text, noun


class SignatureFault(StrEnum):
    """What is wrong with a signature, or keeps it from being verified."""

    ALTERED = "altered"  # the signed bytes are not those that were signed
    FORGED = "forged"  # the signature value does not belong to the certificate
    HOLLOW = "hollow"  # no byte range or no signature value: nothing is signed
    PARTIAL = "partial"  # covers less than the document as it was when signed
    CHANGED = "changed"  # content was changed by a later incremental update
    REMOVED = "removed"  # an earlier revision holds a signature that a later one takes away
    FORM_FILLED = "form_filled"  # fields of a form were filled in after signing
    APPENDED = "appended"  # bytes that belong to no revision follow the signed ones
    WEAK_DIGEST = "weak_digest"  # MD5 or SHA-1: anybody may make another file with this digest
    EXPIRED = "expired"  # signed after the certificate's last day
    NOT_YET_VALID = "not_yet_valid"  # signed before the certificate's first day
    REVOKED = "revoked"  # by a CRL or OCSP answer inside the file
    BAD_TIMESTAMP = "bad_timestamp"  # a timestamp token that does not fit the signature
    UNSUPPORTED = "unsupported"  # a kind of signature that is not verified here
    UNREADABLE = "unreadable"


BROKEN = frozenset(
    {
        *(SignatureFault.ALTERED, SignatureFault.FORGED, SignatureFault.HOLLOW),
        *(SignatureFault.PARTIAL, SignatureFault.CHANGED, SignatureFault.REMOVED),
    }
)
"""Proof that a signature does not hold; with any other fault nothing is proven."""


CHANGED_SINCE = frozenset(
    {
        *(SignatureFault.ALTERED, SignatureFault.CHANGED, SignatureFault.REMOVED),
        *(SignatureFault.FORM_FILLED, SignatureFault.APPENDED),
    }
)
"""Proof that the file is not as it was signed."""

_F = SignatureFault
WORDS = MappingProxyType(
    {
        _F.ALTERED: Text(
            vi="nội dung đã bị sửa so với lúc ký", en="the content is not what was signed"
        ),
        _F.FORGED: Text(
            vi="trị số chữ ký không khớp chứng thư",
            en="the signature value does not belong to the certificate",
        ),
        _F.HOLLOW: Text(
            vi="trường chữ ký rỗng, không ký lên nội dung nào",
            en="the signature is hollow and covers nothing",
        ),
        _F.PARTIAL: Text(
            vi="chữ ký không bao trùm toàn bộ văn bản lúc ký",
            en="the signature does not cover the whole document as it was when signed",
        ),
        _F.CHANGED: Text(
            vi="nội dung bị thay đổi sau khi ký", en="content was changed after signing"
        ),
        _F.REMOVED: Text(
            vi="một chữ ký có trước đó đã bị gỡ khỏi tệp",
            en="a signature that was there earlier was taken out",
        ),
        _F.FORM_FILLED: Text(
            vi="biểu mẫu được điền thêm sau khi ký", en="form fields were filled in after signing"
        ),
        _F.APPENDED: Text(
            vi="có dữ liệu lạ nối thêm sau phần đã ký", en="foreign bytes follow the signed ones"
        ),
        _F.WEAK_DIGEST: Text(
            vi="dùng hàm băm yếu (MD5 hoặc SHA-1), không chứng minh được toàn vẹn",
            en="it rests on a weak digest (MD5 or SHA-1), which proves no integrity",
        ),
        _F.EXPIRED: Text(
            vi="ký khi chứng thư đã hết hạn", en="signed after the certificate had expired"
        ),
        _F.NOT_YET_VALID: Text(
            vi="ký khi chứng thư chưa có hiệu lực", en="signed before the certificate was valid"
        ),
        _F.REVOKED: Text(vi="chứng thư đã bị thu hồi", en="the certificate was revoked"),
        _F.BAD_TIMESTAMP: Text(
            vi="dấu thời gian không khớp chữ ký", en="the timestamp does not fit the signature"
        ),
        _F.UNSUPPORTED: Text(
            vi="có chữ ký số loại công cụ không kiểm được (như chữ ký trong tệp Word)",
            en="it is of a kind that is not verified here (such as one inside a Word file)",
        ),
        _F.UNREADABLE: Text(vi="không đọc được chữ ký", en="it could not be read"),
    }
)
"""What each fault is called in a report."""


class TimeSource(StrEnum):
    """Who says when a signature was made."""

    TIMESTAMP = "timestamp"  # a token whose chain leads to the trust folder
    TIMESTAMP_UNTRUSTED = "timestamp_untrusted"
    CLAIMED = "claimed"  # the signer's own clock
    NONE = "none"


@noun
class Signature:
    """One signature. Times are RFC 3339 in UTC, empty where unknown.

    `chain_trusted` is None where there is no trust folder or the signature itself does not hold.
    """

    faults: tuple[SignatureFault, ...] = ()
    signer: str = ""
    signed_at: str = ""
    time_source: TimeSource = TimeSource.NONE
    certificate_expires: str = ""
    covers_whole_file: bool | None = None
    chain_trusted: bool | None = None


class SignatureState(StrEnum):
    """What the signatures of a file prove together."""

    NONE = "none"
    TRUSTED = "trusted"
    CHAIN_NOT_TRUSTED = "chain_not_trusted"  # intact; the chain leads to no trust folder
    BROKEN = "broken"
    NOT_VERIFIED = "not_verified"


STATES = MappingProxyType(
    {
        SignatureState.NONE: Text(vi="không có", en="none"),
        SignatureState.TRUSTED: Text(vi="hợp lệ", en="valid"),
        SignatureState.CHAIN_NOT_TRUSTED: Text(
            vi="toàn vẹn, chưa tin cậy chuỗi chứng thư", en="intact, chain not trusted"
        ),
        SignatureState.BROKEN: Text(vi="KHÔNG hợp lệ", en="NOT valid"),
        SignatureState.NOT_VERIFIED: Text(vi="chưa kiểm chứng được", en="not verified"),
    }
)
"""What each state is called in a table."""


@noun
class SignedFile:
    """The signatures of one file, in the order of signing, and what is wrong with it as a whole."""

    sha256: str
    signatures: tuple[Signature, ...] = ()
    faults: tuple[SignatureFault, ...] = ()

    @property
    def all_faults(self) -> tuple[SignatureFault, ...]:
        """Return every fault once, those of the file first."""
        each = (fault for signature in self.signatures for fault in signature.faults)
        return tuple(dict.fromkeys((*self.faults, *each)))

    @property
    def is_present(self) -> bool | None:
        """Whether there is a signature; None where the file could not be read."""
        if self.signatures or SignatureFault.REMOVED in self.all_faults:
            return True
        return None if SignatureFault.UNREADABLE in self.all_faults else False

    @property
    def is_valid(self) -> bool | None:
        """True: each is intact and no content came later; false: proven broken; None: neither."""
        if not self.is_present:
            return None
        if BROKEN & set(self.all_faults):
            return False
        return None if self.all_faults else True

    @property
    def chain_trusted(self) -> bool | None:
        """Whether every chain leads to the trust folder; None where that is not known."""
        chains = {signature.chain_trusted for signature in self.signatures}
        return None if not chains or None in chains else False not in chains

    @property
    def state(self) -> SignatureState:
        """Say in one word what the signatures prove."""
        if self.is_present is False:
            return SignatureState.NONE
        if self.is_valid is False:
            return SignatureState.BROKEN
        if self.is_valid is None:
            return SignatureState.NOT_VERIFIED
        if self.chain_trusted:
            return SignatureState.TRUSTED
        return SignatureState.CHAIN_NOT_TRUSTED
