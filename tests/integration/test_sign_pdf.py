"""`audit sign-pdf`: other programs find the signatures valid, and nothing unfit is signed with."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from signing import BODY, NOW, SIGNER, Authority, paper

from auditor import pdf_signing
from auditor.errors import BadInput

if TYPE_CHECKING:
    from tests.integration.conftest import Done, Program

PASSPHRASE = "mật khẩu của tôi"  # noqa: S105 - of keys that live for a test
PYHANKO = Path(sys.executable).parent / "pyhanko"
YEAR = timedelta(days=365)
pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture(scope="module")
def authority() -> Authority:
    """Return who certifies the signers."""
    return Authority()


@pytest.fixture
def desk(audit: Program, authority: Authority) -> Program:
    """Return the program beside a PDF of two pages, a key and the root's certificate."""
    (audit.folder / "a.pdf").write_bytes(paper(pages=2))
    (audit.folder / "khoa.p12").write_bytes(authority.pkcs12(PASSPHRASE))
    (audit.folder / "root.pem").write_bytes(authority.pem)
    return audit


def sign(desk: Program, file: str = "a.pdf", key: str = "khoa.p12", *more: str) -> Done:
    """Sign with the passphrase in the environment."""
    arguments = (file, "--pkcs12", key, *more, "--lang", "en")
    return desk("sign-pdf", *arguments, AUDIT_SIGN_PASSPHRASE=PASSPHRASE)


def refused(done: Done, *words: str) -> None:
    """Assert that a command ended with one line that says so, and no traceback."""
    assert done.code == 2, done
    assert len(done.err.splitlines()) == 1, done.err
    assert all(word in done.err for word in words), done.err


def said(folder: Path, *command: str | Path) -> str:
    """Return what another program prints; its home holds no certificates."""
    done = subprocess.run(
        [*map(str, command)], cwd=folder, capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    return done.stdout + done.stderr


def pictures(content: bytes) -> list[bytes]:
    """Return what the pages look like."""
    document = pypdfium2.PdfDocument(content)
    seen = [bytes(page.render().buffer) for page in document]
    document.close()
    return seen


@pytest.mark.package
def test_others_find_the_signatures_valid(desk: Program) -> None:
    """PyHanko's own program and Poppler's, with one signature and with two."""
    if shutil.which("pdfsig") is None:
        pytest.skip("needs the Debian package poppler-utils")
    before = (desk.folder / "a.pdf").read_bytes()
    done = sign(desk)
    assert done.code == 0, done.err
    assert SIGNER in done.out
    assert BODY in done.out
    again = sign(desk, "a.signed.pdf", "khoa.p12", "--out", "b.pdf")
    assert again.code == 0, again.err
    made = desk.folder / "a.signed.pdf"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert (desk.folder / "a.pdf").read_bytes() == before
    assert made.read_bytes().startswith(before)
    assert pictures(made.read_bytes()) == pictures(before), "nothing is drawn"
    for name, count in (("a.signed.pdf", 1), ("b.pdf", 2)):
        poppler = said(desk.folder, "pdfsig", name)
        assert poppler.count("Signature Validation: Signature is Valid.") == count
        assert poppler.count(f"Certificate Common Name: {SIGNER}") == count
        assert poppler.count("ETSI.CAdES.detached") == count
        assert "Total document signed" in poppler
        check = ("sign", "validate", "--pretty-print", "--no-revocation-check", "--trust")
        pyhanko = said(desk.folder, PYHANKO, *check, "root.pem", name)
        assert pyhanko.count("The signature is judged VALID.") == count
        assert "judged INVALID" not in pyhanko


def test_the_other_programs_can_fail(desk: Program) -> None:
    """One changed byte of the signed part, and both say so."""
    assert sign(desk).code == 0
    content = bytearray((desk.folder / "a.signed.pdf").read_bytes())
    place = content.index(b"/Type")
    content[place + 1 : place + 5] = b"Tyqe"
    (desk.folder / "bad.pdf").write_bytes(content)
    assert "Signature is Valid" not in said(desk.folder, "pdfsig", "bad.pdf")


def test_the_command_refuses_in_one_line(desk: Program) -> None:
    """It asks in a terminal only, says that a passphrase is wrong, and overwrites nothing."""
    refused(desk("sign-pdf", "a.pdf", "--pkcs12", "khoa.p12", "--lang", "en"), "terminal")
    (desk.folder / "a.signed.pdf").write_bytes(b"mine")
    refused(sign(desk), "a.signed.pdf", "exists already")
    assert (desk.folder / "a.signed.pdf").read_bytes() == b"mine"


def test_what_cannot_sign_is_refused(authority: Authority) -> None:
    """Wrong passphrase, no key, certificates out of force or for another use."""
    old, young = (NOW - 2 * YEAR, NOW - YEAR), (NOW + YEAR, NOW + 2 * YEAR)
    for content, passphrase, word in (
        (authority.pkcs12(PASSPHRASE), "khác", "passphrase"),
        (b"\x30\x82garbage" * 9, PASSPHRASE, "passphrase"),
        (authority.pkcs12(PASSPHRASE, old), PASSPHRASE, "in force"),
        (authority.pkcs12(PASSPHRASE, young), PASSPHRASE, "in force"),
        (of_no_use(), PASSPHRASE, "not one for signing"),
    ):
        with pytest.raises(BadInput, match=word):
            pdf_signing.from_pkcs12(content, "khoa.p12", passphrase, NOW)


def of_no_use() -> bytes:
    """Return a key whose certificate may only certify others."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CA")])
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=True,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
        .public_key(key.public_key()).not_valid_before(NOW - YEAR).not_valid_after(NOW + YEAR)
        .add_extension(usage, critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    secret = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    return pkcs12.serialize_key_and_certificates(b"ca", key, certificate, None, secret)


def test_what_cannot_be_signed_is_refused(authority: Authority) -> None:
    """No PDF, half a PDF, a PDF that names what it lacks."""
    signer = pdf_signing.from_pkcs12(authority.pkcs12(PASSPHRASE), "khoa.p12", PASSPHRASE, NOW)
    whole = paper()
    assert pdf_signing.signed(whole, "a.pdf", signer).startswith(whole)
    for content in (
        b"khong phai PDF",
        b"",
        whole[: len(whole) // 2],
        whole.replace(b"/Pages", b"/Pagxs"),
    ):
        with pytest.raises(BadInput, match="cannot be signed"):
            pdf_signing.signed(content, "a.pdf", signer)
