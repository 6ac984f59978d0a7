"""The ledger of exceptions: a JSON file to which `audit waive` adds, entry chained to entry.

Each entry holds the SHA-256 of the entry before it in the form of RFC 8785, and `head` that of the
last, so an entry that was edited, moved or taken out is found. Whoever writes the whole chain anew
is found by the head that an earlier record or pack holds (docs/adr/0016-exceptions.md).
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from auditor import saying, yamlfile
from auditor.canonical import dumps, rfc8785, sha256
from auditor.effective import day_of, lay_over
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.model import (
    AuditRecord,
    Per,
    Profile,
    Waiver,
    WaiverLedger,
    Waivers,
    WaiverState,
)
from auditor.yamlfile import FieldPath

SCHEMA = "urn:audit:waivers:v1"
NAME = "waivers.json"
"""The ledger's name in a run folder and in a pack."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
Refusal = tuple[FieldPath, str, str]


@dataclass(frozen=True, slots=True)
class LoadedLedger:
    """A ledger that was read: its bytes, and each entry with its digest."""

    content: bytes
    entries: tuple[tuple[str, Waiver], ...]

    @property
    def head(self) -> str:
        """The digest of the last entry; empty for none."""
        return self.entries[-1][0] if self.entries else ""

    def layer(self, record: AuditRecord) -> Waivers:
        """Lay these exceptions over a record's findings, as of the day on which it began."""
        return lay_over(
            record.profile,
            record.findings,
            self.entries,
            sha256(self.content),
            day_of(record.started_at),
        )


def read(path: Path) -> LoadedLedger:
    """Read a ledger. Raises `BadInput` with file, line, field and remedy."""
    try:
        content = path.read_bytes()
    except OSError as error:
        remedy = _("Check the path, or make a ledger with `audit waive`.")
        raise BadInput(Problem(str(path), saying.system(error), remedy)) from error
    return parse(content, str(path))


def parse(content: bytes, name: str) -> LoadedLedger:
    """Read a ledger's bytes and hold its chain. Raises `BadInput`."""
    try:
        json.loads(content)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        remedy = _("Use an unaltered copy; entries are added by `audit waive` only.")
        raise BadInput(Problem(name, _("not valid JSON"), remedy, line)) from error
    document = yamlfile.parse(content, name)
    ledger = yamlfile.build(document, WaiverLedger)
    plain = cast("dict[str, list[dict[str, Any]]]", document.data)["waivers"]
    digests = [sha256(rfc8785(entry)) for entry in plain]
    problems = [
        document.problem(*refusal)
        for refusal in (*_chain(ledger, digests), *_entries(ledger.waivers))
    ]
    if problems:
        raise BadInput(*problems)
    return LoadedLedger(content, tuple(zip(digests, ledger.waivers, strict=True)))


def _chain(ledger: WaiverLedger, digests: list[str]) -> Iterator[Refusal]:
    if ledger.schema != SCHEMA:
        yield ("schema",), _("unknown schema"), _("Write `schema: {schema}`.", schema=SCHEMA)
    remedy = _("Use an unaltered copy; entries are added by `audit waive` only.")
    for index, (waiver, expected) in enumerate(
        zip(ledger.waivers, ["", *digests][:-1], strict=True)
    ):
        if waiver.previous != expected:
            problem = _("the entry before it was altered, moved or taken out")
            yield ("waivers", index, "previous"), problem, remedy
    if ledger.head != (digests[-1] if digests else ""):
        problem = _("the last entry was altered, or entries were taken out at the end")
        yield ("head",), problem, remedy


def _entries(waivers: tuple[Waiver, ...]) -> Iterator[Refusal]:
    for index, waiver in enumerate(waivers):
        for field, problem, remedy in refusals(waiver):
            yield ("waivers", index, *field), problem, remedy


def refusals(waiver: Waiver) -> Iterator[Refusal]:
    """Yield what is wrong with one entry, whatever it is about."""
    for name in ("indicator", "reason", "applicant", "approver"):
        if not getattr(waiver, name).strip():
            yield (name,), _("empty"), _("Write what the document that grants it says.")
    if not waiver.document.number.strip():
        yield ("document", "number"), _("empty"), _("Write the number of the document.")
    if not _DIGEST.fullmatch(waiver.document.sha256):
        problem, remedy = _("no SHA-256"), _("Write 64 lower-case hexadecimal digits.")
        yield ("document", "sha256"), problem, remedy
    if folded(waiver.applicant) == folded(waiver.approver):
        yield (
            ("approver",),
            _("the applicant cannot approve it: {name}", name=waiver.approver),
            _("Name the other person who approved it."),
        )
    if waiver.until < waiver.recorded_on:
        yield ("until",), _("ends before it begins"), _("Write a last day that is still to come.")


def folded(name: str) -> str:
    """Return a person's name so that writings of the same name are equal."""
    whole = unicodedata.normalize("NFKC", name).casefold()
    seen = (letter for letter in whole if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFC", " ".join("".join(seen).split()))


def hold_against(
    ledger: LoadedLedger, profile: Profile, systems: frozenset[str] | None, name: str
) -> None:
    """Refuse entries about what is not judged. Raises `BadInput`.

    `systems` are the ids of the site's information systems, None where no site is known.
    """
    document = yamlfile.parse(ledger.content, name)
    problems = [
        document.problem(("waivers", index, field), problem, remedy)
        for index, (_digest, waiver) in enumerate(ledger.entries)
        for field, problem, remedy in misplaced(waiver, profile, systems)
    ]
    if problems:
        raise BadInput(*problems)


def misplaced(
    waiver: Waiver, profile: Profile, systems: frozenset[str] | None
) -> Iterator[tuple[str, str, str]]:
    """Say why an entry is about nothing that this profile and site have."""
    indicator = next((item for item in profile.indicators if item.id == waiver.indicator), None)
    if indicator is None:
        words = ", ".join(item.id for item in profile.indicators)
        problem = _("no such indicator: {id}", id=waiver.indicator)
        yield "indicator", problem, _("Use one of: {words}.", words=words)
    elif waiver.system and indicator.per is not Per.INFORMATION_SYSTEM:
        problem = _("{id} is not judged for each information system", id=waiver.indicator)
        yield "system", problem, _("Leave the system out.")
    elif waiver.system and systems is not None and waiver.system not in systems:
        problem = _("no such information system: {id}", id=waiver.system)
        yield "system", problem, _("Use one of: {words}.", words=", ".join(sorted(systems)))


def with_one_more(ledger: LoadedLedger | None, waiver: Waiver) -> bytes:
    """Return the bytes of a ledger with one more entry, whose `previous` is the ledger's head."""
    old = json.loads(ledger.content)["waivers"] if ledger else []
    added = as_json(waiver)
    whole = {"schema": SCHEMA, "head": sha256(rfc8785(added)), "waivers": [*old, added]}
    return dumps(whole, indent=2)


def as_json(waiver: Waiver) -> dict[str, Any]:
    """Write an entry as it stands in the file."""
    days = {"recorded_on": waiver.recorded_on.isoformat(), "until": waiver.until.isoformat()}
    return {**asdict(waiver), **days}


def lapsed(record: AuditRecord) -> Iterator[Waiver]:
    """Yield the exceptions that are over and are not replaced by one in force."""
    layer = record.waivers
    if layer is None:
        return
    live = {
        (held.waiver.indicator, held.waiver.system)
        for held in layer.entries
        if held.state is WaiverState.IN_FORCE
    }
    for held in layer.entries:
        about = held.waiver.indicator
        if held.state is WaiverState.LAPSED and not live & {
            (about, held.waiver.system),
            (about, ""),
        }:
            yield held.waiver
