"""From a reading and its form to what the document says, beside what the site file says of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from auditor.documents.backup_rule import backup_rule
from auditor.documents.device_table import devices, networks
from auditor.documents.form import Form
from auditor.documents.levels import level_of, named, signer_matches
from auditor.documents.names import is_same_body
from auditor.documents.plan import deadline, items_found
from auditor.documents.said import Difference, Item, Quote, Said
from auditor.documents.stream import Hit, Words, words_in
from auditor.documents.terms import promised, speeds, valid_until
from auditor.documents.text import Origin, Reading, ReadingFault
from auditor.model import Document, Site
from auditor.model.document_checks import DocumentChecks

HARMLESS = frozenset(
    {ReadingFault.MACROS, ReadingFault.WRONG_EXTENSION, ReadingFault.LEGACY_ENCODING}
)
"""Faults beside which the whole text was read; a text in an old encoding was then converted."""

SURE = 0.8
"""From this confidence on, a field that was read is held against the site file."""

_ISSUED_WITH = re.compile(r" kem theo (?:quyet dinh|cong van|van ban|to trinh) so \d+ ")

_Part = tuple[dict[str, object], list[Quote]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One document with all that its checks may rest on; `pictures` are pages without letters."""

    reading: Reading
    words: Words
    form: Form
    kind: str
    document: Document
    site: Site
    checks: DocumentChecks
    pictures: frozenset[int]

    @property
    def absent(self) -> bool | None:
        """What it means that words were not found: False only if all pages were read as letters."""
        return None if self.pictures or not set(self.reading.faults) <= HARMLESS else False


def content_of(
    reading: Reading, form: Form, document: Document, site: Site, checks: DocumentChecks
) -> Said:
    """Check a reading. `document` is the site file's entry, or an empty one of a found file."""
    kind = document.kind or form.kind or ""
    pictures = frozenset(p.number for p in reading.pages if p.origin is not Origin.TEXT)
    is_read = bool(reading.lines or reading.tables)
    words = words_in(reading, checks.negations)
    asked = _Asked(reading, words, form, kind, document, site, checks, pictures)
    fields: dict[str, object] = {}
    quotes: list[Quote] = []
    for part in (_form, _terms, _plan, _level, _backup, _speed, _devices) if is_read else ():
        found, told = part(asked)
        fields |= found
        quotes += told
    until = fields.get("valid_until")
    return Said(
        sha256=reading.sha256,
        kind=kind,
        is_read=is_read,
        is_complete=is_read and asked.absent is False,
        pages=len(reading.pages),
        faults=reading.faults,
        differences=tuple(_differences(asked, until if isinstance(until, date) else None)),
        quotes=tuple(quotes),
        **fields,  # type: ignore[arg-type]  # each part gives the fields that it is about
    )


def _form(asked: _Asked) -> _Part:
    form = asked.form
    quotes = [
        Quote(field=name, page=item.page, text=item.excerpt, confidence=item.confidence)
        for name, item in (
            ("document_type", form.document_type),
            ("number", form.number),
            ("issued_on", form.issued_on),
            ("issuer", form.issuer),
            *(("signer", signer.name) for signer in form.signers),
            *(("draft", mark) for mark in form.draft_marks),
        )
        if item.excerpt
    ]
    return {
        "recognised_kinds": tuple(guess.kind for guess in form.kinds),
        "document_type": form.document_type.value or "",
        "number": form.number.value or "",
        "issued_on": form.issued_on.value or "",
        "issuer": form.issuer.value or "",
        "signer": _signer(form),
        # what a picture leaves blank may be written by hand
        "is_draft": bool(form.draft_marks) or (form.is_draft and not asked.pictures),
    }, quotes


def _terms(asked: _Asked) -> _Part:
    words, checks = asked.words, asked.checks
    until = valid_until(words, checks)
    stale = [(term, words.first(term.phrases)) for term in checks.stale_terms]
    told = [(f"stale_{term.id}", hit) for term, hit in stale]
    systems = asked.site.information_systems
    return {
        "valid_until": until[0] if until else None,
        "stale_terms": tuple(
            Item(id=term.id, title=term.title, was_found=True) for term, hit in stale if hit
        ),
        "systems": tuple(s.id for s in systems if words.first((s.name,)) is not None),
    }, [q for name, hit in (*told, ("valid_until", until and until[1])) for q in _quote(name, hit)]


def _plan(asked: _Asked) -> _Part:
    words, checks, form = asked.words, asked.checks, asked.form
    if asked.kind not in checks.plan_kinds:
        return {}, []
    found = {item.item.id: item for item in items_found(words, checks)}
    within = [
        (name, deadline(words, checks, phrases))
        for name, phrases in (
            ("24h", checks.within_24h),
            ("72h", checks.within_72h),
            ("five_days", checks.within_five_days),
        )
    ]
    attached = _ISSUED_WITH.search(words.main.text)
    own = (form.number.value, form.issued_on.value, form.document_type.value, _signer(form))
    form_hit = words.main.hit(attached.start() + 1, attached.end() - 1) if attached else None
    hits = {name: item.hit for name, item in found.items()}
    items = tuple(
        Item(
            id=item.id,
            title=item.title,
            is_required=item.is_required,
            was_found=(
                True
                if hits.get(item.id) or (not item.phrases and (all(own) or attached))
                else asked.absent
            ),
            is_bare=item.id in found and found[item.id].is_bare,
        )
        for item in checks.plan_items
    )
    told = (*hits.items(), ("legal_form", form_hit), *((f"within_{n}", hit) for n, hit in within))
    return {
        "items": items,
        "within": tuple(name for name, hit in within if hit),
    }, [q for name, hit in told for q in _quote(name, hit)]


def _level(asked: _Asked) -> _Part:
    """Read an approval; what stands on a page of pictures is quoted and concludes nothing."""
    words, checks, site, form = asked.words, asked.checks, asked.site, asked.form
    if asked.kind not in checks.level_kinds:
        return {}, []
    tables = asked.reading.tables
    found, unit = level_of(words), named(words, tables, checks.operating_unit)
    level = found.level if found.hit and found.hit.page not in asked.pictures else None
    mine = asked.document.information_systems
    systems = [s for s in site.information_systems if s.id in mine]
    centre = (site.centre.name, *(s.operating_unit for s in systems if s.operating_unit))
    matches = None
    if unit and unit[1].page not in asked.pictures:
        matches = any(is_same_body(unit[0], name, checks.abbreviations) for name in centre)
    rule = next((rule for rule in checks.level_authorities if level in rule.levels), None)
    issuer = (form.issuer.value or "") if form.issuer.confidence >= SURE else ""
    stated = named(words, tables, rule.phrases) if rule else None
    short = checks.abbreviations
    is_stated = is_same_body(stated[0], issuer, short) if stated and issuer else None
    used = (name for name, told in checks.vocabularies.items() if words.first(told))
    declared = asked.document.issued_on
    day = declared.isoformat() if declared else form.issued_on.value or ""
    law = checks.level_transition
    is_older = "" < day < law.before.isoformat() and asked.kind in law.kinds
    return {
        "level": level,
        "vocabulary": tuple(used),
        "transition": law.remark if is_older else None,
        "operating_unit": unit[0] if unit else "",
        "operating_unit_matches": matches,
        "signer_matches_level": signer_matches(
            rule,
            is_stated=is_stated,
            is_own=any(is_same_body(issuer, name, short) for name in centre),
            is_delegated=words.first(checks.delegation) is not None,
        ),
    }, [*_quote("level", found.hit), *_quote("operating_unit", unit[1] if unit else None)]


def _backup(asked: _Asked) -> _Part:
    if asked.kind not in asked.checks.backup_kinds:
        return {}, []
    rule = backup_rule(asked.words, asked.checks)
    items = tuple(
        Item(id=item.id, title=item.title, was_found=True if hit else asked.absent)
        for item, hit in rule.items
    )
    told = (("backup_every_h", rule.hit), *((item.id, hit) for item, hit in rule.items))
    return {"backup_every_h": rule.every_h, "backup_items": items}, [
        q for name, hit in told for q in _quote(name, hit)
    ]


def _speed(asked: _Asked) -> _Part:
    if asked.kind not in asked.checks.speed_kinds:
        return {}, []
    found = speeds(asked.words, asked.checks)
    chosen = {
        "speed_down_mbps": promised(found, "down", "domestic", "both"),
        "speed_up_mbps": promised(found, "up", "both"),
        "speed_international_mbps": promised(found, "international"),
    }
    return {name: speed.mbps if speed else None for name, speed in chosen.items()}, [
        Quote(field=name, page=speed.page, text=speed.excerpt)
        for name, speed in chosen.items()
        if speed
    ]


def _devices(asked: _Asked) -> _Part:
    if asked.kind not in asked.checks.device_kinds:
        return {}, []
    return {
        "devices": devices(asked.reading, asked.checks),
        "networks": networks(asked.reading),
    }, []


def _differences(asked: _Asked, until: date | None) -> Iterator[Difference]:
    """Yield where the document says otherwise than the site file; only what was surely read."""
    form, stated, short = asked.form, asked.document, asked.checks.abbreviations
    number, issued, issuer = (
        (item.value or "") if item.confidence >= SURE else ""
        for item in (form.number, form.issued_on, form.issuer)
    )
    day = stated.issued_on.isoformat() if stated.issued_on else ""
    last = stated.valid_until.isoformat() if stated.valid_until else ""
    if stated.number and number and _plain(stated.number) != _plain(number):
        yield Difference(field="number", declared=stated.number, read=number)
    if day and issued and day != issued:
        yield Difference(field="issued_on", declared=day, read=issued)
    if stated.issuer and issuer and not is_same_body(stated.issuer, issuer, short):
        yield Difference(field="issuer", declared=stated.issuer, read=issuer)
    if last and until and last != until.isoformat():
        yield Difference(field="valid_until", declared=last, read=until.isoformat())
    guesses = {guess.kind for guess in form.kinds}
    if stated.kind and form.kind and stated.kind not in guesses:
        yield Difference(field="kind", declared=stated.kind, read=form.kind)


def _plain(number: str) -> str:
    return "".join(number.split()).upper().lstrip("0")


def _signer(form: Form) -> str:
    return (form.signers[-1].name.value or "") if form.signers else ""


def _quote(name: str, hit: Hit | None) -> list[Quote]:
    return [Quote(field=name, page=hit.page, text=hit.excerpt)] if hit else []
