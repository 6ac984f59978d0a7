"""What is hidden in a public copy, opened: as a whole beside its full pack, or field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import TypeAdapter

from auditor.canonical import dumps, sha256
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.pack import container
from auditor.pack.container import Fault
from auditor.pack.forms import DOSSIER, INDEX, dossier_from
from auditor.pack.source import Bytes
from auditor.pack.verifying import Depth, Verification, verify
from auditor.record_reader import parse
from auditor.record_v1 import RecordV1
from auditor.redaction.commitments import DISCLOSURE, DisclosureV1, misfits, opens
from auditor.runfolder import RECORD

_MOST_TOLD = 20
_LONGEST = 200


def with_full(
    found: Verification, copy: Bytes, full: Bytes, secret: bytes, *, with_evidence: bool = True
) -> Verification:
    """Hold an intact public copy against its full pack, which is verified too."""
    of_full = verify(full, depth=Depth(evidence=with_evidence))
    faults = of_full.faults
    if not faults and of_full.signer != found.signer:
        faults = (Fault("", _("the full pack was signed with another key than its public copy")),)
    if not faults:
        again = container.reopen(full, of_full.sha256)
        faults = tuple(_against(_files(copy, found.sha256), again, secret))
    notes = (
        _("Beside the full pack: nothing else differs, and every commitment is to its value."),
    )
    return replace(found, faults=faults, notes=found.notes if faults else (*found.notes, *notes))


def _against(
    files: Mapping[str, bytes], full: Mapping[str, bytes], secret: bytes
) -> Iterator[Fault]:
    dossier = dossier_from(files[DOSSIER])
    if dossier is None or DOSSIER in full or dossier["of_index_sha256"] != sha256(full[INDEX]):
        yield Fault(DOSSIER, _("is not of this full pack"))
        return
    copy = _without_mark(parse(files[RECORD], RECORD))
    words = {
        "unbound": _("differs from the full pack without being listed as hidden"),
        "other": _("the full pack or the secret is not the one that this was bound with"),
        "rewritten": _("shows something else than the full pack's value with parts hidden"),
        "superfluous": _("listed as hidden, but nothing is hidden there"),
    }
    found = [*misfits(parse(full[RECORD], RECORD), copy, secret, dossier["hidden"])]
    for path, code in found[:_MOST_TOLD]:
        yield Fault(RECORD, f"{path}: {words[code]}")


def _without_mark(record: RecordV1) -> dict[str, object]:
    return {name: value for name, value in record.items() if name != "public_copy"}


def with_disclosure(found: Verification, copy: Bytes, content: bytes, name: str) -> Verification:
    """Check disclosed fields of an intact public copy; each is told. Raises `BadInput`."""
    files, read = _files(copy, found.sha256), _disclosure(content, name)
    dossier = dossier_from(files[DOSSIER])
    if dossier is None or read["dossier_sha256"] != sha256(files[DOSSIER]):
        return replace(found, faults=(Fault(name, _("is of another dossier")),))
    faults, notes = [], [*found.notes]
    for field in read["fields"]:
        told = f"{field['path']}: {dumps(field['value']).decode()}"[:_LONGEST]
        if opens(field, dossier["hidden"]):
            notes.append(_("Disclosed, and what was hidden: {told}", told=told))
        else:
            faults.append(Fault(name, _("not what was hidden: {told}", told=told)))
    return replace(found, faults=tuple(faults), notes=tuple(notes))


def _files(copy: Bytes, digest: str) -> Mapping[str, bytes]:
    files = container.reopen(copy, digest)
    if DOSSIER not in files:
        problem = _("is no public copy")
        raise BadInput(Problem(RECORD, problem, _("Give what `audit pack --dossier` wrote.")))
    return files


def _disclosure(content: bytes, name: str) -> DisclosureV1:
    try:
        read = TypeAdapter(DisclosureV1).validate_json(content)
    except ValueError:
        read = None
    if read is None or read["schema"] != DISCLOSURE or not read["fields"]:
        problem = _("not a disclosure")
        raise BadInput(Problem(name, problem, _("Give a file that `audit disclose` wrote.")))
    return read
