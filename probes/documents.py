"""Papers of the centre."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from auditor.errors import CannotMeasure
from auditor.model import Document, Failure, Measured, Row, Subject, Text
from auditor.parsing import in_order
from auditor.probing import Column, FileFacts, Papers, probe


@probe(
    Column("kind", str, "Kind of document, as the profile names it"),
    Column("file", str, "Path relative to the site file; empty for a stated absence"),
    Column("exists", bool, "False where the centre states that it has none of this kind"),
    Column("is_present", bool, "The file is there and could be hashed; null for a stated absence"),
    Column("is_confirmed", bool, "A named person confirmed exactly these bytes, or the absence"),
    Column("is_expired", bool, "Past its last day in the site's time zone; null without one"),
    Column("number", str, "Number and symbol (số, ký hiệu), as the site file says"),
    Column("issuer", str, "Who issued it, as the site file says"),
    Column("issued_on", str, "Day of issue, as the site file says"),
    Column("valid_until", str, "Last day of validity, as the site file says"),
    Column("age_days", int, "Days since the day of issue"),
    Column("information_systems", tuple, "Systems it speaks of; none means the whole centre"),
    Column("confirmed_by", str, "Who confirmed it"),
    Column("confirmed_on", str, "Day of the confirmation"),
    Column("sha256", str, "Digest of the file now"),
    Column("size_bytes", int, "Size of the file"),
    Column("modified_at", str, "Last change of the file"),
    subject=Subject.CENTRE,
)
def documents(papers: Papers) -> Measured:
    """Documents that the site file names, as they lie on disk.

    What a document says is not read here; a person's confirmation is bound to its bytes.
    """
    today = datetime.now(UTC).astimezone(ZoneInfo(papers.site.timezone)).date()
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
        rows.append(parse(document, facts, is_present=is_present, today=today))
    return Measured(
        rows=in_order(rows, "kind", "file"), limitations=tuple(dict.fromkeys(limitations))
    )


def parse(
    document: Document, facts: FileFacts | None, *, is_present: bool | None, today: date
) -> Row:
    """Put what the site file says beside what the file is."""
    issued, until, word = document.issued_on, document.valid_until, document.confirmation
    if word is None:
        confirmed = False
    elif document.exists:
        confirmed = facts is not None and word.sha256 == facts.sha256
    else:
        confirmed = True
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
        "sha256": facts.sha256 if facts else None,
        "size_bytes": facts.size_bytes if facts else None,
        "modified_at": facts.modified_at if facts else None,
    }


def _unreadable(failure: CannotMeasure) -> Text:
    return Text(
        vi=f"Không đọc được một tệp tài liệu nên không biết nội dung còn nguyên hay không: "
        f"{failure.detail}",
        en=f"A document file could not be read, so nothing is known of it: {failure.detail}",
    )
