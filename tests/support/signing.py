"""A certificate authority for tests, and PDF files signed by people whom it certified."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import typst
from asn1crypto import crl as asn1_crl  # type: ignore[import-untyped]  # ships no types
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko_certvalidator.registry import CertificateRegistry

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Public = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
SIGNER = "Nguyễn Văn Mẫu"
BODY = "Trung tâm đổi mới sáng tạo mẫu"


def paper(text: str = "Quyết định phê duyệt cấp độ an toàn", pages: int = 1) -> bytes:
    """Return a PDF."""
    return bytes(typst.compile("\n#pagebreak()\n".join((text,) * pages).encode(), format="pdf"))


@dataclass
class Authority:
    """A root that certifies people, a time stamping service, and what it took back."""

    name: str = "CA thử nghiệm"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def __post_init__(self) -> None:
        """Sign its own certificate."""
        self.certificate = self._certified(
            self.key.public_key(), self.name, (NOW - 3650 * DAY, NOW + 3650 * DAY)
        )

    def certified(self, public: Public) -> bytes:
        """Certify somebody whose key lies elsewhere; the certificate in DER."""
        made = self._certified(public, SIGNER, (NOW - 300 * DAY, NOW + 300 * DAY))
        return made.public_bytes(serialization.Encoding.DER)

    def _certified(
        self,
        public: Public,
        name: str,
        days: tuple[datetime, datetime],
        *,
        stamps: bool = False,
    ) -> x509.Certificate:
        is_root = public == self.key.public_key()
        subject = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
        if not is_root:
            subject.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, BODY))
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name(subject))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(days[0])
            .not_valid_after(days[1])
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=not is_root, content_commitment=not is_root,
                    key_cert_sign=is_root, crl_sign=is_root, key_encipherment=False,
                    data_encipherment=False, key_agreement=False, encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
        )  # fmt: skip
        if not is_root:  # as every public authority writes; nothing may ever ask there
            place = x509.UniformResourceIdentifier("http://127.0.0.1:9/ca.crl")
            point = x509.DistributionPoint([place], None, None, None)
            points = x509.CRLDistributionPoints([point])
            builder = builder.add_extension(points, critical=False)
        if stamps:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(self.key, hashes.SHA256())

    @property
    def pem(self) -> bytes:
        """The root for a trust folder."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def signer(
        self, since: datetime = NOW - 300 * DAY, until: datetime = NOW + 300 * DAY
    ) -> signers.SimpleSigner:
        """Certify somebody and return what signs for them."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certified(key.public_key(), SIGNER, (since, until))
        return signers.SimpleSigner(_asn1(certificate), _key(key), self._store())

    def pkcs12(
        self,
        passphrase: str,
        days: tuple[datetime, datetime] = (NOW - 300 * DAY, NOW + 300 * DAY),
        *,
        stamps: bool = False,
    ) -> bytes:
        """Certify somebody and return key and certificate as people get them, with the root."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certified(key.public_key(), SIGNER, days, stamps=stamps)
        secret = serialization.BestAvailableEncryption(passphrase.encode())
        return pkcs12.serialize_key_and_certificates(
            SIGNER.encode(), key, certificate, [self.certificate], secret
        )

    def time_stamper(self, when: datetime) -> DummyTimeStamper:
        """Return a service that stamps with a time of our choice."""
        key = rsa.generate_private_key(65537, 2048)  # pyHanko's stand-in knows no other kind
        certificate = self._certified(
            key.public_key(), "TSA", (NOW - 900 * DAY, NOW + 900 * DAY), stamps=True
        )
        return DummyTimeStamper(
            _asn1(certificate), _key(key), self._store(), fixed_dt=when, include_nonce=False
        )

    def revocation(self, signer: signers.SimpleSigner, when: datetime) -> asn1_crl.CertificateList:
        """Return a CRL that takes a certificate back."""
        assert signer.signing_cert is not None
        entry = x509.RevokedCertificateBuilder(signer.signing_cert.serial_number, when)
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(NOW - DAY)
            .next_update(NOW + DAY)
            .add_revoked_certificate(entry.build())
            .sign(self.key, hashes.SHA256())
        )
        return asn1_crl.CertificateList.load(made.public_bytes(serialization.Encoding.DER))

    def _store(self) -> CertificateRegistry:
        store: CertificateRegistry = CertificateRegistry.build([_asn1(self.certificate)])
        return store


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _key(key: Key) -> asn1_keys.PrivateKeyInfo:
    return asn1_keys.PrivateKeyInfo.load(
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def signed(
    content: bytes,
    signer: signers.SimpleSigner,
    name: str = "ChuKy1",
    stamper: DummyTimeStamper | None = None,
    **settings: Any,  # noqa: ANN401 - fields of PdfSignatureMetadata
) -> bytes:
    """Sign a PDF in an incremental update, as real programs do."""
    settings = {"md_algorithm": "sha256", "subfilter": fields.SigSeedSubFilter.PADES, **settings}
    made = signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name=name, **settings), signer, timestamper=stamper
    ).sign_pdf(IncrementalPdfFileWriter(BytesIO(content)))
    return bytes(made.getbuffer())


def span(content: bytes) -> list[int]:
    """Return the byte range of the last signature."""
    found = re.findall(rb"/ByteRange \[([0-9 ]+)\]", content)
    return [int(number) for number in found[-1].split()]


def resigned(content: bytes, signer: signers.SimpleSigner, uncovered: int) -> bytes:
    """Sign again what the last signature covers, except its last bytes."""
    start, length, second, rest = span(content)
    old = re.findall(rb"/ByteRange \[[0-9 ]+\]", content)[-1]
    new = b"/ByteRange [%d %d %d %d" % (start, length, second, rest - uncovered)
    changed = content.replace(old, new.ljust(len(old) - 1) + b"]")
    covered = changed[:length] + changed[second : second + rest - uncovered]
    made = signer.async_sign(sha256(covered).digest(), "sha256", use_pades=True)
    cms = asyncio.run(made).dump()
    value = b"<" + cms.hex().encode().ljust(second - length - 2, b"0") + b">"
    return bytes(changed[:length] + value + changed[second:])


def updated(content: bytes, change: Callable[[IncrementalPdfFileWriter], object]) -> bytes:
    """Append an incremental update, as every PDF editor can."""
    writer = IncrementalPdfFileWriter(BytesIO(content), strict=False)
    out = BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


def archived(
    content: bytes, signer: signers.SimpleSigner, revoked: asn1_crl.CertificateList
) -> bytes:
    """Append a document security store with a CRL, as programs for long-term validity do."""
    out = BytesIO(content)
    DocumentSecurityStore.add_dss(
        out, sig_contents=None, certs=[signer.signing_cert], crls=[revoked]
    )
    return out.getvalue()


def stripped(content: bytes) -> bytes:
    """Take the signature out of what is shown, by an incremental update."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root["/AcroForm"] = generic.DictionaryObject()
        writer.update_root()

    return updated(content, change)


def repainted(writer: IncrementalPdfFileWriter) -> None:
    """Show something else on the first page."""
    page = writer.find_page_for_modification(0)[0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 9 9 re f"))
    writer.update_container(page)
