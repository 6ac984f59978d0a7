"""What documents say."""

from datetime import date

from auditor.documents.attested import confirmation, words_on
from auditor.documents.remarks import remarks
from auditor.documents.said import Item, Said
from auditor.errors import CannotMeasure
from auditor.model import Document, Failure, Hides, Measured, Row, Subject, Text
from auditor.parsing import in_order
from auditor.probing import Column, Papers, probe

_OCR = Text(
    vi="Trang ảnh được nhận dạng chữ có thể sai, có thể sót; từ đó chỉ kết luận cái thấy được.",
    en="Pages that are pictures were recognised and may be wrong; only what is seen there counts.",
)


@probe(
    Column(
        "kind",
        str,
        "Kind of document, as the site file says; of other files, as recognised",
        hides=Hides.NOTHING,
    ),
    Column("file", str, "Path relative to the site file", hides=Hides.FILE),
    Column("is_declared", bool, "Named in the site file; false: only lies in the folder"),
    Column("is_confirmed", bool, "A named person confirmed exactly these bytes"),
    Column(
        "information_systems",
        tuple,
        "Systems by the site file, else those that it names",
        hides=Hides.NOTHING,
    ),
    Column("sha256", str, "Digest of the bytes that were read", hides=Hides.NOTHING),
    Column("is_read", bool, "Some text came out; null if the file could not be opened"),
    Column("is_complete", bool, "All pages were read as characters: what is missing is not there"),
    Column("pages", int, "Pages read"),
    Column("faults", tuple, "Why something was not read, as codes", hides=Hides.NOTHING),
    Column(
        "recognised_kinds",
        tuple,
        "Kinds that it may be by its words, best first: a proposal",
        hides=Hides.NOTHING,
    ),
    Column("number", str, "Number and symbol, as read", hides=Hides.NOTHING),
    Column("issued_on", str, "Day of issue, as read", hides=Hides.NOTHING),
    Column("issuer", str, "Issuing body, as read", hides=Hides.NOTHING),
    Column(
        "signer",
        str,
        "Name under the signature, as read; no proof of a signature",
        hides=Hides.PERSON,
    ),
    Column("is_draft", bool, "Calls itself a draft, or its number or day was left blank"),
    Column(
        "contradictions", tuple, "field: site file ≠ document, as surely read", hides=Hides.TEXT
    ),
    Column("valid_until", str, "Last day of validity, as read", hides=Hides.NOTHING),
    Column("is_expired", bool, "Past that day in the site's time zone; null without one"),
    Column("level", int, "Approved security level, where the decision names just one"),
    Column(
        "vocabulary",
        tuple,
        "old (an toàn thông tin), new (an ninh mạng): both are accepted",
        hides=Hides.NOTHING,
    ),
    Column("operating_unit", str, "Operating unit that the decision names", hides=Hides.NOTHING),
    Column("operating_unit_matches", bool, "It is the centre, or the system's declared unit"),
    Column("signer_matches_level", bool, "The issuer may approve that level; null: not to be told"),
    Column("required_items", int, "Required contents of a plan that are there with text below"),
    Column(
        "headings_found",
        tuple,
        "Contents of an incident plan that are there; null: no plan",
        hides=Hides.NOTHING,
    ),
    Column(
        "headings_bare", tuple, "Of these, headings with nothing below them", hides=Hides.NOTHING
    ),
    Column(
        "items_missing",
        tuple,
        "Contents that are not there; null unless read as a whole",
        hides=Hides.NOTHING,
    ),
    Column("items_missing_vi", tuple, "Their titles, required ones marked", hides=Hides.NOTHING),
    Column("items_missing_en", tuple, "The same in English", hides=Hides.NOTHING),
    Column("states_24h", bool, "States the 24-hour deadline for reports; null unless a plan"),
    Column("states_72h", bool, "States the 72-hour deadline"),
    Column("states_five_days", bool, "States the old five-day deadline"),
    Column("stale_terms", tuple, "Former bodies and texts that it names", hides=Hides.NOTHING),
    Column(
        "systems_named",
        tuple,
        "Information systems of the site whose names stand in it",
        hides=Hides.NOTHING,
    ),
    Column("backup_every_h", int, "Shortest interval that a backup rule names, in hours"),
    Column(
        "backup_items",
        tuple,
        "What else the rule speaks of: copies, places, restore_test, …",
        hides=Hides.NOTHING,
    ),
    Column("contract_down_mbps", float, "Download speed of a contract; null unless it is one"),
    Column("contract_up_mbps", float, "Upload speed"),
    Column("contract_international_mbps", float, "International speed"),
    Column(
        "listed_devices",
        tuple,
        "Devices in its tables: page; addresses; MACs; name",
        hides=Hides.TEXT,
    ),
    Column(
        "listed_networks",
        tuple,
        "Networks in its tables: page; network; words of the row",
        hides=Hides.TEXT,
    ),
    Column("remarks_vi", tuple, "What a person should look at, in sentences", hides=Hides.TEXT),
    Column("remarks_en", tuple, "The same in English", hides=Hides.TEXT),
    Column(
        "excerpts", tuple, "Where it stands: field, page, at most 200 letters", hides=Hides.TEXT
    ),
    subject=Subject.CENTRE,
    timeout_s=1800.0,
)
def document_content(papers: Papers) -> Measured:
    """Words of each document and where they stand; a phrase proves a heading, never fitness.

    Documents of the site file, and those that only lie in its folder of documents. Each is read in
    a process of its own; its text is not kept, only short quotations.
    """
    today = papers.today
    rows: list[Row] = []
    limitations: list[Text] = []
    documents = [document for document in papers.site.documents if document.exists]
    for document in (*documents, *(Document(kind="", file=file) for file in papers.found())):
        try:
            said = papers.said(document)
        except CannotMeasure as failure:
            if failure.failure is not Failure.TOOL_MISSING:  # the probe `documents` tells that
                limitations.append(_unread(document, failure))
            continue
        words = words_on(document, said.sha256, papers.site, today)
        _word, is_confirmed, _last = confirmation(document, said.sha256, words)
        rows.append(parse(document, said, today, is_confirmed=is_confirmed))
        if said.is_read and not said.is_complete:
            limitations.append(_OCR)
    return Measured(
        rows=in_order(rows, "kind", "file"), limitations=tuple(dict.fromkeys(limitations))
    )


def parse(document: Document, said: Said, today: date, *, is_confirmed: bool) -> Row:
    """Put what the document says beside what the site file says of it."""
    is_declared = bool(document.kind)
    is_plan = bool(said.items)
    lacking = [item for item in said.items if item.was_found is False]
    remarked = tuple(remarks(said, today))
    return {
        "kind": said.kind or None,
        "file": document.file,
        "is_declared": is_declared,
        "is_confirmed": is_confirmed,
        "information_systems": document.information_systems if is_declared else said.systems,
        "sha256": said.sha256,
        "is_read": said.is_read,
        "is_complete": said.is_complete,
        "pages": said.pages,
        "faults": tuple(fault.value for fault in said.faults),
        "recognised_kinds": said.recognised_kinds,
        "number": said.number or None,
        "issued_on": said.issued_on or None,
        "issuer": said.issuer or None,
        "signer": said.signer or None,
        "is_draft": said.is_draft if said.is_read else None,
        "contradictions": tuple(f"{d.field}: {d.declared} ≠ {d.read}" for d in said.differences),
        "valid_until": said.valid_until.isoformat() if said.valid_until else None,
        "is_expired": today > said.valid_until if said.valid_until else None,
        "level": said.level,
        "vocabulary": said.vocabulary,
        "operating_unit": said.operating_unit or None,
        "operating_unit_matches": said.operating_unit_matches,
        "signer_matches_level": said.signer_matches_level,
        "required_items": sum(_counts(item) for item in said.items) if is_plan else None,
        "headings_found": _ids(said, was_found=True) if is_plan else None,
        "headings_bare": tuple(i.id for i in said.items if i.is_bare) if is_plan else None,
        "items_missing": _ids(said, was_found=False) if is_plan and said.is_complete else None,
        "items_missing_vi": (
            tuple(f"{item.title.vi}{' (bắt buộc)' * item.is_required}" for item in lacking)
            if is_plan and said.is_complete
            else None
        ),
        "items_missing_en": (
            tuple(f"{item.title.en}{' (required)' * item.is_required}" for item in lacking)
            if is_plan and said.is_complete
            else None
        ),
        "states_24h": "24h" in said.within if is_plan else None,
        "states_72h": "72h" in said.within if is_plan else None,
        "states_five_days": "five_days" in said.within if is_plan else None,
        "stale_terms": tuple(term.id for term in said.stale_terms),
        "systems_named": said.systems,
        "backup_every_h": said.backup_every_h,
        "backup_items": tuple(item.id for item in said.backup_items if item.was_found),
        "contract_down_mbps": said.speed_down_mbps,
        "contract_up_mbps": said.speed_up_mbps,
        "contract_international_mbps": said.speed_international_mbps,
        "listed_devices": tuple(
            f"{d.page}; {' '.join(d.addresses)}; {' '.join(d.macs)}; {d.name}" for d in said.devices
        ),
        "listed_networks": tuple(f"{n.page}; {n.network}; {n.words}" for n in said.networks),
        "remarks_vi": tuple(remark.vi for remark in remarked),
        "remarks_en": tuple(remark.en for remark in remarked),
        "excerpts": tuple(f"{q.field}; {q.page}; {q.text}" for q in said.quotes),
    }


def _counts(item: Item) -> bool:
    return item.is_required and item.was_found is True and not item.is_bare


def _ids(said: Said, *, was_found: bool) -> tuple[str, ...]:
    return tuple(item.id for item in said.items if item.was_found is was_found)


def _unread(document: Document, failure: CannotMeasure) -> Text:
    return Text(
        vi=f"Không đọc được nội dung {document.file}: {failure.detail}",
        en=f"The content of {document.file} could not be read: {failure.detail}",
    )
