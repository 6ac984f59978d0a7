"""Digital signatures of documents."""

from auditor.documents.signed import (
    BROKEN,
    CHANGED_SINCE,
    WORDS,
    SignatureFault,
    SignedFile,
)
from auditor.errors import CannotMeasure
from auditor.model import Document, Failure, Hides, Measured, Row, Subject, Text
from auditor.parsing import in_order
from auditor.probing import Column, Papers, probe

_OFFLINE = Text(
    vi="Chữ ký số được kiểm ngoại tuyến: chứng thư bị thu hồi chỉ biết được qua CRL, OCSP nằm "
    "trong tệp. Ảnh chữ ký, ảnh con dấu không phải là chữ ký số và chưa được kiểm chứng.",
    en="Signatures are verified offline: a revoked certificate is known only by a CRL or OCSP "
    "answer inside the file. A picture of a signature or seal is no digital signature and was not "
    "verified.",
)


@probe(
    Column("kind", str, "Kind of document, as the profile names it", hides=Hides.NOTHING),
    Column("file", str, "Path relative to the site file", hides=Hides.FILE),
    Column(
        "information_systems",
        tuple,
        "Systems it speaks of; none means the whole centre",
        hides=Hides.NOTHING,
    ),
    Column("signature_present", bool, "Null where the file could not be read"),
    Column("signature_count", int, "Signatures of people or bodies; timestamps are none"),
    Column(
        "signature_valid",
        bool,
        "True: each is intact and nothing but signatures, timestamps and their proofs came later; "
        "false: proven broken; null: neither is proven",
    ),
    Column("covers_whole_document", bool, "The last signature covers the file to its last byte"),
    Column("changed_after_signing", bool, "Signed content, forms or bytes changed after signing"),
    Column("chain_trusted", bool, "Every chain leads to the trust folder; null without a folder"),
    Column(
        "signers",
        tuple,
        "Name and organisation in each certificate, in order of signing",
        hides=Hides.PERSON,
    ),
    Column(
        "signed_at", tuple, "When each was signed; empty text where unknown", hides=Hides.NOTHING
    ),
    Column(
        "time_sources",
        tuple,
        "Who says so: timestamp, timestamp_untrusted, claimed, none",
        hides=Hides.NOTHING,
    ),
    Column("certificates_expire", tuple, "Last moment of each certificate", hides=Hides.NOTHING),
    Column(
        "faults",
        tuple,
        "What is wrong, or keeps a signature from being verified",
        hides=Hides.NOTHING,
    ),
    subject=Subject.CENTRE,
    timeout_s=1800.0,
)
def document_signature(papers: Papers) -> Measured:
    """Digital signatures inside the documents that the site file names.

    PDF signatures are verified by pyHanko without any network; those of other formats are only
    seen. A valid signature proves that the bytes are the signer's, not that the content is fit.
    """
    rows: list[Row] = []
    limitations: list[Text] = []
    for document in papers.site.documents:
        found: SignedFile | None = None
        if document.exists:
            try:
                found = papers.signatures(document.file)
            except CannotMeasure as failure:
                if failure.failure is not Failure.TOOL_MISSING:
                    limitations.append(_failed(document.file, failure))
        rows.append(parse(document, found))
        if found is not None:
            limitations += told(document.file, rows[-1], found)
    if rows:
        limitations.append(_OFFLINE)
    return Measured(
        rows=in_order(rows, "kind", "file"), limitations=tuple(dict.fromkeys(limitations))
    )


def parse(document: Document, found: SignedFile | None) -> Row:
    """Say of one document what its signatures prove together."""
    seen = found or SignedFile(sha256="", faults=(SignatureFault.UNREADABLE,))
    signatures, faults = seen.signatures, frozenset(seen.all_faults)
    whole = [s.covers_whole_file for s in signatures if s.covers_whole_file is not None]
    return {
        "kind": document.kind,
        "file": document.file,
        "information_systems": document.information_systems,
        "signature_present": seen.is_present,
        "signature_count": None if seen.is_present is None else len(signatures),
        "signature_valid": seen.is_valid,
        "covers_whole_document": any(whole) if whole else None,
        "changed_after_signing": True
        if CHANGED_SINCE & faults
        else (False if whole and not BROKEN & faults else None),
        "chain_trusted": seen.chain_trusted,
        "signers": tuple(s.signer for s in signatures),
        "signed_at": tuple(s.signed_at for s in signatures),
        "time_sources": tuple(str(s.time_source) for s in signatures),
        "certificates_expire": tuple(s.certificate_expires for s in signatures),
        "faults": tuple(str(fault) for fault in seen.all_faults) if found else (),
    }


def told(file: str, row: Row, found: SignedFile) -> list[Text]:
    """Return what a reader must know of a signed file, or nothing where all is in order."""
    if row["signature_present"] is False or (row["signature_valid"] and row["chain_trusted"]):
        return []
    if row["signature_valid"]:
        note = (
            Text(vi=" (chưa khai trust_folder)", en=" (no trust_folder given)")
            if row["chain_trusted"] is None
            else Text(vi="", en="")
        )
        return [
            Text(
                vi=f"{file}: chữ ký số hợp lệ về toàn vẹn, chưa tin cậy chuỗi chứng thư{note.vi}.",
                en=f"{file}: the signature is intact, its certificate chain is not "
                f"trusted{note.en}.",
            )
        ]
    words = [WORDS[fault] for fault in found.all_faults]
    vi, en = ("; ".join(getattr(word, code) for word in words) for code in ("vi", "en"))
    if row["signature_valid"] is False:
        return [
            Text(
                vi=f"{file}: chữ ký số KHÔNG hợp lệ: {vi}.",
                en=f"{file}: the signature is NOT valid: {en}.",
            )
        ]
    return [
        Text(
            vi=f"{file}: chữ ký số chưa kiểm chứng được: {vi}.",
            en=f"{file}: the signature is not verified: {en}.",
        )
    ]


def _failed(file: str, failure: CannotMeasure) -> Text:
    return Text(
        vi=f"{file}: không kiểm được chữ ký số: {failure.detail}",
        en=f"{file}: signatures could not be verified: {failure.detail}",
    )
