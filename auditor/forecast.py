"""What will lapse: a record and its dates give a list of last days; nothing else does.

Pure: the day to look from, and the law's transition, are given. What a record does not date is not
here: silence is no promise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from auditor import system_names
from auditor.effective import day_of
from auditor.model import (
    Attestation,
    AuditRecord,
    Basis,
    CheckFinding,
    Confidence,
    Finding,
    NotMeasured,
    Observation,
    Operator,
    Profile,
    Row,
    Site,
    Statement,
    Text,
    Verdict,
    Waiver,
)
from auditor.model.document_checks import Transition


class LapseKind(StrEnum):
    """What may lapse."""

    WAIVER = "waiver"
    ATTESTATION = "attestation"
    AUTHORISATION = "authorisation"
    CERTIFICATE = "certificate"
    DOCUMENT = "document"
    REVIEW = "review"
    UPDATE = "update"
    LAW = "law"


@dataclass(frozen=True, slots=True, order=True)
class Lapse:
    """The last good day of something. `source` is an observation's key, a ledger's entry or a law.

    `what` comes from outside in part and is cleaned by who prints it.
    """

    day: date
    kind: LapseKind
    vi: str
    en: str
    source: str
    system: str = ""
    """The key of the information system that it is about."""

    @property
    def what(self) -> Text:
        """What lapses, in both languages."""
        return Text(vi=self.vi, en=self.en)


def of_record(record: AuditRecord, law: Transition, site: Site | None = None) -> tuple[Lapse, ...]:
    """Return everything in a record that has a last day, the earliest first.

    Information systems have the names of the record, or of the site file of today.
    """
    names = {**system_names.of_record(record), **(_named(site) if site else {})}
    held = record.waivers.entries if record.waivers else ()
    entries = tuple((item.digest, item.waiver) for item in held)
    found = {
        *_waivers(entries, names),
        *(lapse for seen in record.observations for lapse in _observed(seen, record.profile, law)),
        *(lapse for finding in record.findings for lapse in _ages(finding, record, names)),
    }
    return tuple(sorted(found))


def of_site(
    site: Site, profile: Profile, ledger: tuple[tuple[str, Waiver], ...], law: Transition
) -> tuple[Lapse, ...]:
    """Return what a site file alone dates: papers, words of people, the authorisation, a ledger."""
    found = set(_waivers(ledger, _named(site)))
    for paper in site.documents:
        named = _kind(profile, paper.kind)
        if paper.valid_until:
            found.add(_lapse(paper.valid_until, LapseKind.DOCUMENT, named, paper.file, "documents"))
        if paper.exists and paper.issued_on and _is_older(law, paper.kind, paper.issued_on):
            found.add(_transition(law, named, paper.file))
    for word in _lasting(site.attestations):
        for about in _about(word, site, profile):
            lapse = _lapse(word.until, LapseKind.ATTESTATION, about, word.file, "attestations")
            found.add(lapse)
    if letter := site.scope.authorisation:
        about = Text(vi=f"văn bản cho phép {letter.number}", en=f"authorisation {letter.number}")
        found.add(_lapse(letter.expires_on, LapseKind.AUTHORISATION, about, letter.file, "scope"))
    return tuple(sorted(found))


def _named(site: Site) -> dict[str, str]:
    return system_names.told_apart({each.id: each.name for each in site.information_systems})


def _lasting(words: tuple[Attestation, ...]) -> Iterator[Attestation]:
    """Yield of the words on one file, or of the statements on one subject, the one that lasts."""
    last: dict[tuple[Statement | None, str], Attestation] = {}
    for word in words:
        name = (word.states, word.subject if word.states else word.file)
        if name not in last or last[name].until <= word.until:
            last[name] = word
    yield from last.values()


def _about(word: Attestation, site: Site, profile: Profile) -> Iterator[Text]:
    """Yield what a word is about, as a record says it: what is told twice has to read alike."""
    if word.states:
        yield _declared(word.subject)
        return
    for paper in site.documents:
        if paper.exists and paper.file == word.file:
            yield _confirmed(_kind(profile, paper.kind))


def _declared(subject: str) -> Text:
    return Text(vi=f"khai báo về {subject}", en=f"declaration on {subject}")


def _confirmed(named: Text) -> Text:
    return Text(vi=f"xác nhận của {named.vi}", en=f"confirmation of {named.en}")


def _waivers(entries: tuple[tuple[str, Waiver], ...], names: Mapping[str, str]) -> Iterator[Lapse]:
    last: dict[tuple[str, str], date] = {}
    for _digest, waiver in entries:
        name = (waiver.indicator, waiver.system)
        last[name] = max(waiver.until, last.get(name, waiver.until))
    for digest, waiver in entries:
        if waiver.until < last[waiver.indicator, waiver.system]:
            continue  # another one took its place
        about = _place(waiver.indicator, waiver.system, names)
        named = Text(vi=f"ngoại lệ đối với {about}", en=f"exception for {about}")
        paper = waiver.document.number
        lapse = _lapse(waiver.until, LapseKind.WAIVER, named, paper, digest)
        yield replace(lapse, system=waiver.system)


def _place(indicator: str, system: str, names: Mapping[str, str]) -> str:
    return ", ".join(filter(None, (indicator, names.get(system, system))))


def _observed(seen: Observation, profile: Profile, law: Transition) -> Iterator[Lapse]:
    if isinstance(seen.result, NotMeasured):
        return
    for row in seen.result.rows:
        yield from _paper(row, seen, profile, law)
        yield from _word(row, seen)
        yield from _certificate(row, seen)


def _paper(row: Row, seen: Observation, profile: Profile, law: Transition) -> Iterator[Lapse]:
    """Read the last days of a document: its own, and of the word that confirms it."""
    if seen.measurement.probe not in {"documents", "document_content"}:
        return
    key, file, named = seen.measurement.key, _text(row, "file"), _kind(profile, _text(row, "kind"))
    if day := _day(row, "valid_until"):
        yield _lapse(day, LapseKind.DOCUMENT, named, file, key)
    if day := _day(row, "confirmed_until"):
        yield _lapse(day, LapseKind.ATTESTATION, _confirmed(named), file, key)
    issued = _day(row, "issued_on")
    if issued and row.get("is_present") is True and _is_older(law, _text(row, "kind"), issued):
        yield _transition(law, named, file)


def _word(row: Row, seen: Observation) -> Iterator[Lapse]:
    if seen.measurement.probe == "declarations" and (day := _day(row, "until")):
        about, file = _declared(_text(row, "subject")), _text(row, "file")
        yield _lapse(day, LapseKind.ATTESTATION, about, file, seen.measurement.key)


def _certificate(row: Row, seen: Observation) -> Iterator[Lapse]:
    """Read the end of a certificate that is the centre's: libraries of others are not."""
    if row.get("is_domestic") is not None:
        return
    ends = _day(row, "tls_ends_at")
    left = row.get("cert_days_left")
    if ends is None and isinstance(left, int):
        ends = day_of(seen.started_at) + timedelta(days=left)
    if ends is None:
        return
    name = _text(row, "name") or _text(row, "tls_subject") or seen.measurement.target
    place = ":".join(str(row[part]) for part in ("address", "port") if row.get(part) is not None)
    named = Text(vi=f"chứng thư TLS {name}", en=f"TLS certificate {name}")
    yield _lapse(ends, LapseKind.CERTIFICATE, named, place, seen.measurement.key)


def _ages(finding: Finding, record: AuditRecord, names: Mapping[str, str]) -> Iterator[Lapse]:
    """Read when something that is young enough today will be too old by its own threshold."""
    by_key = {seen.measurement.key: seen for seen in record.observations}
    for check in finding.checks:
        seen = [by_key[key].started_at for key in check.observations if key in by_key]
        left = _days_left(check)
        if left is None or not seen:
            continue
        kind = LapseKind.REVIEW if check.basis is Basis.DOCUMENT else LapseKind.UPDATE
        detail = _place(finding.indicator, check.system, names)
        day = day_of(min(seen)) + timedelta(days=left)
        lapse = _lapse(day, kind, check.title, detail, ", ".join(check.observations))
        yield replace(lapse, system=check.system)


def _days_left(check: CheckFinding) -> int | None:
    is_age = check.operator is Operator.AT_MOST and check.unit.en == "days"
    actual, allowed = check.actual, check.expected
    if not is_age or check.verdict is not Verdict.MET:
        return None
    if isinstance(actual, bool | str | tuple | None) or isinstance(allowed, bool | str | tuple):
        return None
    return int(allowed - actual)


def _is_older(law: Transition, kind: str, issued: date) -> bool:
    """Whether a law's transition binds a document; a law known less surely binds nothing here."""
    known = law.basis.confidence is Confidence.READ
    return known and kind in law.kinds and issued < law.before


def _transition(law: Transition, named: Text, file: str) -> Lapse:
    return _lapse(law.until, LapseKind.LAW, named, file, law.basis.citation)


def _kind(profile: Profile, kind: str) -> Text:
    return profile.document_kinds.get(kind) or Text(vi=kind, en=kind)


def _lapse(day: date, kind: LapseKind, named: Text, detail: str, source: str) -> Lapse:
    tail = f" ({detail})" if detail else ""
    return Lapse(day, kind, f"{named.vi}{tail}", f"{named.en}{tail}", source)


def _text(row: Row, column: str) -> str:
    cell = row.get(column)
    return cell if isinstance(cell, str) else ""


def _day(row: Row, column: str) -> date | None:
    """Read a day or a moment; anything else in a record is no date."""
    written = _text(row, column)
    try:
        if len(written) > len("2026-11-21"):
            return day_of(datetime.fromisoformat(written))
        return date.fromisoformat(written)
    except ValueError:
        return None
