"""Verify a pack: every byte, the signature, the signer, and every verdict again.

Nothing here measures: it takes bytes and returns what is wrong with them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from auditor import clock, yamlfile
from auditor.errors import BadInput
from auditor.language import _
from auditor.model import AuditRecord, Challenge, Site
from auditor.pack import container, freshness, previous, replanning, rerendering, signature
from auditor.pack.comparing import short
from auditor.pack.container import Fault
from auditor.pack.forms import (
    DOSSIER,
    INDEX,
    SEAL,
    SIGNER,
    UNLISTED,
    index_from,
    statement_of,
)
from auditor.pack.layering import against_ledger
from auditor.pack.rejudging import rejudge
from auditor.pack.signature import Signature, Trust
from auditor.pack.source import Bytes, Files
from auditor.pack.verifying_copy import verify_copy
from auditor.record_reader import parse
from auditor.record_v1 import RecordV1
from auditor.runfolder import EVIDENCE, PROFILE, RECORD, SITE
from auditor.telling import tell

if TYPE_CHECKING:
    from auditor.pack.rereading import Reread

REQUIRED = (PROFILE, RECORD, SIGNER, SITE)
COPY_REQUIRED = (DOSSIER, PROFILE, RECORD, SIGNER)


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found. `record` is None where it was not reached or not readable.

    `signature` says who signed and when; `reread` is None where the evidence was not read again;
    `is_rendered` tells that every report there was made again and is the same. `followed` counts
    verdicts that followed again; in a public copy not all can. `is_compared` tells the same of
    what changed since the run before.
    """

    sha256: str
    size: int
    files: tuple[str, ...]
    signature: Signature
    record: AuditRecord | None
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    reread: "Reread | None" = None
    is_rendered: bool = False
    followed: int = 0
    is_compared: bool = False

    @property
    def signer(self) -> str:
        """The fingerprint of the key in the pack; empty where there is none."""
        return self.signature.signer

    @property
    def is_known(self) -> bool | None:
        """Whether that key is a trusted one; None where no trusted keys were given."""
        return self.signature.is_known

    @property
    def is_intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


ANYBODY = Trust()
"""Whoever signed: whether that is right is for a person to say."""


@dataclass(frozen=True, slots=True)
class Depth:
    """What is derived again beside the verdicts: rows from raw outputs, reports from the record."""

    evidence: bool = True
    reports: bool = False


ROWS = Depth()


def verify(
    content: Bytes,
    trusted: frozenset[str] | None = None,
    challenge: Challenge | None = None,
    trust: Trust = ANYBODY,
    depth: Depth = ROWS,
) -> Verification:
    """Verify a pack against trusted keys (fingerprints), a challenge and authorities, if given."""
    tell(_("Checking every byte"))
    files, damage = container.read(content, RECORD)
    found = Signature()
    faults, notes = [*damage], list[str]()
    if files:
        faults += _against_index(files)
        found = signature.check(
            files, replace(trust, keys=trusted) if trusted is not None else trust
        )
        faults += found.faults
    record, centre, again, is_rendered, followed = None, None, None, False, 0
    if faults:
        notes.append(_("The verdicts were not judged again, because the pack is damaged."))
    elif DOSSIER in files:
        copy = verify_copy(files, found.statement)
        record, followed, faults = copy.record, copy.followed, [*copy.faults]
        notes.append(_("This is a public copy: no raw output is in it."))
    else:
        tell(_("Judging again"))
        record, centre, wrong, told = _contents(files, found.statement)
        faults, notes = [*wrong], [*notes, *told]
        followed = len(record.findings) if record else 0
    if record is not None and not faults:
        signature.certified(files, trust, found, record.finished_at)
        faults += found.faults
        # Reports first, though told last: to set them needs much memory of its own.
        wrong, told = rerendering.compare(record, files) if depth.reports else ((), ())
        is_rendered = depth.reports and not wrong and not told
        if depth.evidence and centre is not None:
            again = _again(record, centre, files)
            faults, notes = [*faults, *again.faults], [*notes, *again.notes]
        faults, notes = [*faults, *wrong], [*notes, *told]
    if record is not None:
        faults = [*faults, *freshness.faults(record, challenge)]
        notes = [*notes, *freshness.notes(record, challenge)]
    return Verification(
        files.sha256, len(content), tuple(sorted(files)), found, record,
        tuple(dict.fromkeys(faults)), (*notes, *found.notes), again,
        is_rendered, followed,
    )  # fmt: skip


def _against_index(files: Files) -> Iterator[Fault]:
    """Hold every file against the index, and the index against every file."""
    index = index_from(files.get(INDEX, b""))
    if index is None:
        yield Fault(INDEX, _("missing, or not the canonical index of a pack of version 1"))
        return
    paths = [entry["path"] for entry in index["files"]]
    if paths != sorted(set(paths)):
        yield Fault(INDEX, _("its paths are not in order, or one stands twice"))
    for name in (*(COPY_REQUIRED if DOSSIER in files else REQUIRED), SEAL):
        if name not in (*files, *paths):
            yield Fault(name, _("missing"))
    for name in sorted(set(files) - {*paths, *UNLISTED}):
        yield Fault(name, _("not in the index"))
    for entry in index["files"]:
        name = entry["path"]
        if name not in files or name in UNLISTED:
            yield Fault(name, _("in the index, but not in the pack"))
        elif files.size(name) != entry["size"]:
            yield Fault(name, _("not of the size in the index"))
        elif files.digest(name) != entry["sha256"]:
            yield Fault(name, _("altered: another digest than in the index"))


class _Contents(NamedTuple):
    """What an intact and signed pack says: its run and its site file, and what is wrong."""

    record: AuditRecord | None
    centre: Site | None
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()


def _contents(files: Files, statement: bytes) -> _Contents:
    """Read what is intact and signed: whether it is one run and its verdicts follow."""
    try:
        sealed = parse(files[RECORD], RECORD)
        centre = yamlfile.build(yamlfile.parse(files[SITE], SITE), Site)
    except BadInput as error:
        wrong = (Fault(item.file, f"{item.problem}. {item.remedy}") for item in error.problems)
        return _Contents(None, None, tuple(wrong))
    faults = [*_belonging(files, sealed)]
    if "public_copy" in sealed:
        faults.append(Fault(RECORD, _("is that of a public copy, without what belongs to one")))
    if statement != statement_of(files[INDEX], sealed):
        faults.append(Fault(SEAL, _("what was signed is about another index or another run")))
    again, notes = rejudge(sealed, files[PROFILE]), list[str]()
    if again.record is not None:
        faults += against_ledger(files, sealed, again.record)
        faults += previous.faults(again.record)
        faults += replanning.faults(again.record, centre)
        notes += replanning.notes(again.record, centre)
    return _Contents(again.record, centre, (*faults, *again.faults), (*again.notes, *notes))


def _again(record: AuditRecord, centre: Site, files: Mapping[str, bytes]) -> "Reread":
    """Read the evidence again and derive from what it gave."""
    # What reads evidence is much, and not needed for less than that.
    from auditor.pack.rereading import reread  # noqa: PLC0415

    found = reread(record, centre, files)
    derived = clock.offset(record.observations)
    if derived != record.clock_offset_s:
        problem = _("clock_offset_s is sealed as {sealed}, but follows as {derived}",
                    sealed=short(record.clock_offset_s), derived=short(derived))  # fmt: skip
        found.faults.append(Fault(RECORD, problem))
    return found


def _belonging(files: Files, sealed: RecordV1) -> Iterator[Fault]:
    """Say which files are not those that the record speaks of."""
    for name, digest in (
        (PROFILE, sealed["profile"]["sha256"]),
        (SITE, sealed["site"]["sha256"]),
    ):
        if files.digest(name) != digest:
            yield Fault(name, _("not the file that the record was made with"))
    kept = {name for name in files if name.startswith(f"{EVIDENCE}/")}
    for name in sorted(kept):
        if name != f"{EVIDENCE}/{files.digest(name)}":
            yield Fault(name, _("not named by its own digest"))
    cited = dict(cited_by(sealed))
    for name in sorted(set(cited) - kept):
        yield Fault(name, _("missing: {key} rests on it", key=cited[name]))
    for name in sorted(kept - set(cited)):
        yield Fault(name, _("no observation rests on it"))


def cited_by(sealed: RecordV1) -> Iterator[tuple[str, str]]:
    """Yield the path of every capture, with the key of the observation that rests on it."""
    for item in sealed["observations"]:
        for capture in item["captures"]:
            for digest in (capture["sha256"], capture["stderr_sha256"]):
                if digest:
                    yield f"{EVIDENCE}/{digest}", item["key"]
