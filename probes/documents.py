"""Papers of the centre."""

from datetime import date

from auditor.documents.attested import Words, confirmation, listing, words_on
from auditor.errors import CannotMeasure
from auditor.model import (
    Attestation,
    Document,
    Failure,
    Hides,
    Measured,
    Row,
    Subject,
    Text,
)
from auditor.parsing import in_order
from auditor.probing import Column, FileFacts, Papers, probe


@probe(
    Column("kind", str, "Kind of document, as the profile names it", hides=Hides.NOTHING),
    Column(
        "file", str, "Path relative to the site file; empty for a stated absence", hides=Hides.FILE
    ),
    Column("exists", bool, "False where the centre states that it has none of this kind"),
    Column("is_present", bool, "The file is there and could be hashed; null for a stated absence"),
    Column("is_confirmed", bool, "A named person confirmed exactly these bytes, or the absence"),
    Column("is_expired", bool, "Past its last day in the site's time zone; null without one"),
    Column(
        "number", str, "Number and symbol (số, ký hiệu), as the site file says", hides=Hides.NOTHING
    ),
    Column("issuer", str, "Who issued it, as the site file says", hides=Hides.NOTHING),
    Column("issued_on", str, "Day of issue, as the site file says", hides=Hides.NOTHING),
    Column("valid_until", str, "Last day of validity, as the site file says", hides=Hides.NOTHING),
    Column("age_days", int, "Days since the day of issue"),
    Column(
        "information_systems",
        tuple,
        "Systems it speaks of; none means the whole centre",
        hides=Hides.NOTHING,
    ),
    Column("confirmed_by", str, "Who confirmed it", hides=Hides.PERSON),
    Column("confirmed_on", str, "Day of the confirmation", hides=Hides.NOTHING),
    Column(
        "confirmed_until",
        str,
        "Last day of a confirmation made with `audit attest`",
        hides=Hides.NOTHING,
    ),
    Column("is_confirmation_over", bool, "It ended; null for a confirmation without a last day"),
    Column("sha256", str, "Digest of the file now", hides=Hides.NOTHING),
    Column("size_bytes", int, "Size of the file"),
    Column("modified_at", str, "Last change of the file", hides=Hides.NOTHING),
    subject=Subject.CENTRE,
)
def documents(papers: Papers) -> Measured:
    """Documents that the site file names, as they lie on disk.

    What a document says is not read here; a person's confirmation is bound to its bytes, and one
    made with `audit attest` also to its last day.
    """
    today = papers.today
    rows: list[Row] = []
    limitations: list[Text] = []
    for document in papers.site.documents:
        facts, is_present = None, None
        if document.exists:
            try:
                facts, is_present = papers.digest(document.file), True
            except CannotMeasure as failure:
                is_present = False if failure.failure is Failure.TOOL_MISSING else None
                if is_present is None:
                    limitations.append(_unreadable(failure))
        words = words_on(document, facts.sha256 if facts else None, papers.site, today)
        limitations += listing(words)
        rows.append(parse(document, facts, words, is_present=is_present, today=today))
    listed = {document.file for document in papers.site.documents if document.exists}
    limitations += [
        _orphan(word)
        for word in papers.site.attestations
        if word.states is None and word.file not in listed
    ]
    return Measured(
        rows=in_order(rows, "kind", "file"), limitations=tuple(dict.fromkeys(limitations))
    )


def parse(
    document: Document,
    facts: FileFacts | None,
    words: Words,
    *,
    is_present: bool | None,
    today: date,
) -> Row:
    """Put what the site file and its people say beside what the file is."""
    issued, until = document.issued_on, document.valid_until
    word, confirmed, last = confirmation(document, facts.sha256 if facts else None, words)
    return {
        "kind": document.kind,
        "file": document.file,
        "exists": document.exists,
        "is_present": is_present,
        "is_confirmed": confirmed,
        "is_expired": today > until if until else None,
        "number": document.number or None,
        "issuer": document.issuer or None,
        "issued_on": issued.isoformat() if issued else None,
        "valid_until": until.isoformat() if until else None,
        "age_days": (today - issued).days if issued else None,
        "information_systems": document.information_systems,
        "confirmed_by": word.by if word else None,
        "confirmed_on": word.on.isoformat() if word else None,
        "confirmed_until": last.isoformat() if last else None,
        "is_confirmation_over": today > last if last else None,
        "sha256": facts.sha256 if facts else None,
        "size_bytes": facts.size_bytes if facts else None,
        "modified_at": facts.modified_at if facts else None,
    }


def _orphan(word: Attestation) -> Text:
    return Text(
        vi=f"Xác nhận của {word.by} ({word.position}) ngày {word.on:%d/%m/%Y} không được tính: tệp "
        f"{word.file} không có trong documents của tệp mô tả.",
        en=f"The confirmation by {word.by} ({word.position}) of {word.on:%d/%m/%Y} does not count: "
        f"{word.file} is not among the documents of the site file.",
    )


def _unreadable(failure: CannotMeasure) -> Text:
    return Text(
        vi=f"Không đọc được một tệp tài liệu nên không biết nội dung còn nguyên hay không: "
        f"{failure.detail}",
        en=f"A document file could not be read, so nothing is known of it: {failure.detail}",
    )
