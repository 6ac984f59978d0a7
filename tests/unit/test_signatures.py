"""PDF signatures against a test authority, with real attacks on real files."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject
from pyhanko.sign import signers
from signing import (
    BODY,
    DAY,
    NOW,
    SIGNER,
    Authority,
    archived,
    paper,
    repainted,
    resigned,
    signed,
    span,
    stripped,
    updated,
)

from auditor.documents.signed import Signature, SignatureFault, SignedFile, TimeSource
from auditor.transports.reader.signatures import read
from auditor.transports.verifying import may_be_signed

F = SignatureFault
CA = Authority()
WHO = CA.signer()
GENUINE = signed(paper(), WHO)


def seen(content: bytes, *roots: bytes) -> SignedFile:
    """Verify against our authority, or against other roots."""
    return read(content, roots or (CA.pem,), NOW)


def only(content: bytes, *roots: bytes) -> Signature:
    """Return the one signature of a file."""
    (signature,) = seen(content, *roots).signatures
    return signature


def test_a_genuine_signature_is_valid() -> None:
    """Signer, time and chain are what the test made them."""
    found = only(GENUINE)
    assert (found.faults, found.covers_whole_file, found.chain_trusted) == ((), True, True)
    assert found.signer == f"{SIGNER}, {BODY}"
    assert found.time_source is TimeSource.CLAIMED
    assert found.certificate_expires == f"{NOW + 300 * DAY:%Y-%m-%dT%H:%M:%SZ}"


def test_a_chain_is_trusted_only_by_the_folder() -> None:
    """Another authority is no trust, and no folder is no word about trust."""
    assert only(GENUINE, Authority("CA khác").pem).chain_trusted is False
    (found,) = read(GENUINE, (), NOW).signatures
    assert (found.faults, found.chain_trusted) == ((), None)


def test_two_people_may_sign_one_after_the_other() -> None:
    """The second signature changes the file and not what was signed."""
    first, second = seen(signed(GENUINE, CA.signer(), "ChuKy2")).signatures
    assert first.faults == second.faults == ()
    assert (first.covers_whole_file, second.covers_whole_file) == (False, True)


def page_added(writer: IncrementalPdfFileWriter) -> None:
    """Append a page."""
    nothing = writer.add_object(generic.StreamObject(stream_data=b""))
    writer.insert_page(PageObject(contents=nothing, media_box=(0, 0, 99, 99)))


def flipped(content: bytes, place: int) -> bytes:
    """Change one bit."""
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def value_flipped(content: bytes) -> bytes:
    """Change the last byte of the signature value, in hexadecimal."""
    _start, length, second, _rest = span(content)
    end = length + len(content[length : second - 1].rstrip(b"0"))
    return content[: end - 1] + (b"1" if content[end - 1 : end] != b"1" else b"2") + content[end:]


def without(pattern: bytes, instead: bytes, fill: bytes = b" ") -> bytes:
    """Replace a part of the signature by as many bytes."""
    return re.sub(pattern, lambda match: instead.ljust(len(match[0]), fill), GENUINE)


ATTACKS = {
    "byte flip": (flipped(GENUINE, 300), F.ALTERED),
    "signature value": (value_flipped(GENUINE), F.FORGED),
    "incremental update": (updated(GENUINE, repainted), F.CHANGED),
    "appended page": (updated(GENUINE, page_added), F.CHANGED),
    "signed over a part": (resigned(GENUINE, WHO, 40), F.PARTIAL),
    "USF: no byte range": (without(rb"/ByteRange \[", b"/ByteRangX ["), F.HOLLOW),
    "USF: no numbers": (without(rb"/ByteRange \[[^]]*\]", b"/ByteRange []"), F.HOLLOW),
    "USF: negative": (without(rb"/ByteRange \[0 [0-9]", b"/ByteRange [0 -"), F.HOLLOW),
    "USF: no contents": (without(rb"/Contents <", b"/Xontents <"), F.HOLLOW),
    "USF: zeros": (without(rb"(?<=<)[0-9a-fA-F]{999,}(?=>)", b"", b"0"), F.HOLLOW),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_tampering_is_proven(name: str) -> None:
    """Each attack is found, and found to be what it is."""
    content, fault = ATTACKS[name]
    assert content != GENUINE
    found = only(content)
    assert fault in found.faults
    assert found.chain_trusted is None


def test_a_signature_taken_out_is_remembered() -> None:
    """The earlier revision still holds it."""
    found = seen(stripped(GENUINE))
    assert (found.signatures, found.faults) == ((), (F.REMOVED,))


def test_a_signature_replaced_by_another_is_remembered() -> None:
    """Whoever signs over the same field leaves the first signature in the earlier revision."""

    def replaced(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        value = generic.DictionaryObject(field["/V"])
        value["/Contents"] = generic.ByteStringObject(b"\x30\x03\x02\x01\x01")
        field["/V"] = writer.add_object(value)
        writer.update_container(field)

    found = seen(updated(GENUINE, replaced))
    assert F.REMOVED in found.faults


DOUBTS: dict[str, tuple[Callable[[], bytes], SignatureFault]] = {
    "SHA-1": (lambda: signed(paper(), WHO, md_algorithm="sha1"), F.WEAK_DIGEST),
    "ISA: objects without a table": (
        lambda: GENUINE + b"\n4 0 obj <</Type /Page>> endobj\n",
        F.APPENDED,
    ),
    "expired": (lambda: signed(paper(), CA.signer(until=NOW - DAY)), F.EXPIRED),
    "not yet": (lambda: signed(paper(), CA.signer(since=NOW + DAY)), F.NOT_YET_VALID),
}


@pytest.mark.parametrize("name", DOUBTS)
def test_doubts_are_neither_valid_nor_broken(name: str) -> None:
    """What proves nothing has exactly its own name."""
    make, fault = DOUBTS[name]
    assert only(make()).faults == (fault,)


def test_a_trusted_timestamp_tells_the_time() -> None:
    """A certificate that expired since was good; without the chain the time is a claim."""
    when = NOW - 5 * DAY
    content = signed(paper(), CA.signer(until=NOW - DAY), stamper=CA.time_stamper(when))
    found = only(content)
    assert (found.faults, found.time_source) == ((), TimeSource.TIMESTAMP)
    assert found.signed_at == f"{when:%Y-%m-%dT%H:%M:%SZ}"
    assert only(content, Authority("CA khác").pem).time_source is TimeSource.TIMESTAMP_UNTRUSTED


def test_revocation_inside_the_file_counts_from_its_day() -> None:
    """A claimed time cannot precede a revocation; a stamped one can. Archiving is no change."""
    revoked = CA.revocation(WHO, NOW - 2 * DAY)
    assert only(archived(GENUINE, WHO, revoked)).faults == (F.REVOKED,)
    stamped = signed(paper(), WHO, stamper=CA.time_stamper(NOW - 5 * DAY))
    assert only(archived(stamped, WHO, revoked)).faults == ()
    assert only(archived(GENUINE, WHO, CA.revocation(CA.signer(), NOW - DAY))).faults == ()


def test_document_timestamps_are_no_signatures() -> None:
    """They are added later, harm nothing and stand for nobody."""
    stamper = signers.PdfTimeStamper(CA.time_stamper(NOW - timedelta(hours=1)))
    writer = IncrementalPdfFileWriter(io.BytesIO(GENUINE))
    found = only(stamper.timestamp_pdf(writer, "sha256").getvalue())
    assert (found.faults, found.covers_whole_file) == ((), False)


def test_forms_filled_in_later_are_told_from_signatures() -> None:
    """A form may be meant to be filled in; a person has to look."""

    def with_field(writer: IncrementalPdfFileWriter) -> None:
        page = writer.find_page_for_modification(0)[0]
        made = {"/FT": "/Tx", "/Type": "/Annot", "/Subtype": "/Widget"}
        field = generic.DictionaryObject({pdf_name(k): pdf_name(v) for k, v in made.items()})
        field["/T"], field["/V"] = pdf_string("SoLuong"), pdf_string("1")
        field["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 9, 9)))
        where = writer.add_object(field)
        page.get_object()["/Annots"] = generic.ArrayObject([where])
        writer.update_container(page.get_object())
        form = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject([where])})
        writer.root["/AcroForm"] = writer.add_object(form)
        writer.update_root()

    def filled(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        field["/V"] = pdf_string("999")
        writer.update_container(field)

    content = signed(updated(paper(), with_field), WHO)
    assert only(content).faults == ()
    assert only(updated(content, filled)).faults == (F.FORM_FILLED,)


def test_other_formats_are_only_seen() -> None:
    """A signature in a Word file is present and not verified; none is none."""
    for name, count in (("_xmlsignatures/sig1.xml", 1), ("word/document.xml", 0)):
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as made:
            made.writestr(name, "<Signature/>")
        found = seen(package.getvalue())
        assert [s.faults for s in found.signatures] == [(F.UNSUPPORTED,)] * count
    assert seen(paper()).signatures == ()


@pytest.mark.parametrize("cut", range(1, 10))
def test_broken_files_are_unreadable_or_broken(cut: int) -> None:
    """A file that ends early never counts as signed and sound."""
    found = seen(GENUINE[: len(GENUINE) * cut // 10])
    assert found.all_faults or not found.signatures


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7 /ByteRange %%EOF", b"%PDF-1.7 /B#79teRange %%EOF", b"PK _xmlsignatures/sig1.xml"],
)
def test_what_may_be_signed_is_looked_at(content: bytes) -> None:
    """However the name is written; other files need no process of their own."""
    assert may_be_signed(content)
    assert not may_be_signed(content.replace(b"Range", b"").replace(b"signatures", b""))
