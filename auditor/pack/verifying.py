"""Verify a pack: every byte, the signature, the signer, and every verdict again.

Nothing here measures: it takes bytes and returns what is wrong with them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor import clock
from auditor.canonical import sha256
from auditor.errors import BadInput
from auditor.language import _
from auditor.model import AuditRecord
from auditor.pack import container
from auditor.pack.comparing import short
from auditor.pack.container import Fault
from auditor.pack.forms import DOSSIER, INDEX, SEAL, SIGNER, index_from, statement_of
from auditor.pack.rejudging import rejudge
from auditor.pack.rereading import Reread, reread
from auditor.pack.seal import unseal
from auditor.pack.verifying_copy import verify_copy
from auditor.record_reader import parse
from auditor.record_v1 import RecordV1
from auditor.runfolder import EVIDENCE, PROFILE, RECORD, SITE

REQUIRED = (PROFILE, RECORD, SIGNER, SITE)
COPY_REQUIRED = (DOSSIER, PROFILE, RECORD, SIGNER)


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found. `record` is None where it was not reached or not readable.

    `signer` is the fingerprint of the key in the pack; `is_known` is None without a trusted file.
    `followed` counts verdicts that followed again; in a public copy not all can.
    `reread` is None where the evidence was not read again.
    """

    sha256: str
    size: int
    files: tuple[str, ...]
    signer: str
    is_known: bool | None
    record: AuditRecord | None
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    followed: int = 0
    reread: Reread | None = None

    @property
    def is_intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify(
    content: bytes, trusted: frozenset[str] | None = None, *, with_evidence: bool = True
) -> Verification:
    """Verify the bytes of a pack against the fingerprints of trusted keys, if any are given.

    Without `with_evidence` the raw outputs are only hashed, not read again.
    """
    files, damage = container.read(content)
    faults = [*damage]
    signer, is_known, statement = "", None, b""
    if files:
        faults += _against_index(files)
        statement, signer, wrong = unseal(files.get(SEAL, b""), files.get(SIGNER, b""))
        faults += wrong
        if sha256(files.get(INDEX, b"")).encode() not in statement:
            faults.append(Fault(INDEX, _("not the index that was signed")))
        is_known = None if trusted is None else signer in trusted
        if is_known is False:
            faults.append(Fault(SIGNER, _("signed by {key}, which you do not trust", key=signer)))
    notes: tuple[str, ...] = ()
    record, again, followed = None, None, 0
    if faults:
        notes = (_("The verdicts were not judged again, because the pack is damaged."),)
    elif DOSSIER in files:
        copy = verify_copy(files, statement)
        record, followed = copy.record, copy.followed
        faults += copy.faults
        notes = (_("This is a public copy: no raw output is in it."),)
    else:
        record, more, notes = _contents(files, statement)
        faults += more
        followed = len(record.findings) if record else 0
        if with_evidence and record is not None and not faults:
            again = _again(record, files)
            faults, notes = again.faults, (*notes, *again.notes)
    return Verification(
        sha256(content), len(content), tuple(sorted(files)), signer, is_known, record,
        tuple(dict.fromkeys(faults)), notes, followed, again,
    )  # fmt: skip


def _against_index(files: Mapping[str, bytes]) -> Iterator[Fault]:
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
    for name in sorted(set(files) - {*paths, INDEX, SEAL}):
        yield Fault(name, _("not in the index"))
    for entry in index["files"]:
        found = files.get(entry["path"])
        if found is None or entry["path"] in {INDEX, SEAL}:
            yield Fault(entry["path"], _("in the index, but not in the pack"))
        elif len(found) != entry["size"]:
            yield Fault(entry["path"], _("not of the size in the index"))
        elif sha256(found) != entry["sha256"]:
            yield Fault(entry["path"], _("altered: another digest than in the index"))


def _contents(
    files: Mapping[str, bytes], statement: bytes
) -> tuple[AuditRecord | None, list[Fault], tuple[str, ...]]:
    """Read what is intact and signed: whether it is one run and its verdicts follow."""
    try:
        sealed = parse(files[RECORD], RECORD)
    except BadInput as error:
        return (
            None,
            [Fault(RECORD, f"{item.problem}. {item.remedy}") for item in error.problems],
            (),
        )
    faults = [*_belonging(files, sealed)]
    if "public_copy" in sealed:
        faults.append(Fault(RECORD, _("is that of a public copy, without what belongs to one")))
    if statement != statement_of(files[INDEX], sealed):
        faults.append(Fault(SEAL, _("what was signed is about another index or another run")))
    again = rejudge(sealed, files[PROFILE])
    return again.record, [*faults, *again.faults], again.notes


def _again(record: AuditRecord, files: Mapping[str, bytes]) -> Reread:
    """Read the evidence again and derive from what it gave."""
    found = reread(record, files)
    derived = clock.offset(record.observations)
    if derived != record.clock_offset_s:
        problem = _("clock_offset_s is sealed as {sealed}, but follows as {derived}",
                    sealed=short(record.clock_offset_s), derived=short(derived))  # fmt: skip
        found.faults.append(Fault(RECORD, problem))
    return found


def _belonging(files: Mapping[str, bytes], sealed: RecordV1) -> Iterator[Fault]:
    """Say which files are not those that the record speaks of."""
    for name, digest in (
        (PROFILE, sealed["profile"]["sha256"]),
        (SITE, sealed["site"]["sha256"]),
    ):
        if sha256(files[name]) != digest:
            yield Fault(name, _("not the file that the record was made with"))
    kept = {name for name in files if name.startswith(f"{EVIDENCE}/")}
    for name in sorted(kept):
        if name != f"{EVIDENCE}/{sha256(files[name])}":
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
