"""Make the public copy of a full pack, and open single fields of it (ADR 0017).

The full pack comes first: the copy names its index, and is made from its files alone.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from auditor import catalogue, profile, yamlfile
from auditor.canonical import dumps, rfc8785, sha256
from auditor.errors import BadInput, CannotPerform, Problem
from auditor.language import Language, _
from auditor.pack import container, keys
from auditor.pack.forms import (
    DOSSIER,
    DOSSIER_SCHEMA,
    INDEX,
    SEAL,
    SIGNER,
    DossierV1,
    index_of,
    statement_of,
)
from auditor.pack.seal import seal
from auditor.pack.verifying import Depth, verify
from auditor.record_reader import from_v1, parse
from auditor.record_v1 import PublicCopyV1, RecordV1
from auditor.redaction.commitments import (
    DISCLOSURE,
    DisclosedV1,
    DisclosureV1,
    commitments,
    hidden,
    salt_of,
)
from auditor.redaction.redacting import Sources, redacted
from auditor.runfolder import PROFILE, RECORD, SITE

SUFFIX = ".dossier.auditpack"
REPORTS = ("html", "pdf")


class Copied(NamedTuple):
    """The full record, its public copy, still without its mark, and what binds one to the other."""

    full: RecordV1
    copy: RecordV1
    dossier: DossierV1


def copied(files: Mapping[str, bytes], secret: bytes) -> Copied:
    """Redact what lies in a full pack. Raises `CannotPerform` for numbers without one form."""
    full = parse(files[RECORD], RECORD)
    columns = {
        probe.id: {column.name: column.hides for column in probe.columns}
        for probe in catalogue.probes().values()
    }
    sources = Sources(
        site=yamlfile.parse(files[SITE], SITE).data,
        profile=yamlfile.parse(files[PROFILE], PROFILE).data,
        columns=columns,
    )
    copy = redacted(full, sources, secret)
    try:
        bound = commitments(full, copy, secret)
    except ValueError as error:
        message = _("{file}: a hidden number is too large to be bound", file=RECORD)
        raise CannotPerform(message) from error
    dossier: DossierV1 = {
        "schema": DOSSIER_SCHEMA,
        "of_index_sha256": sha256(files[INDEX]),
        "hidden": bound,
    }
    return Copied(full, copy, dossier)


def publish(content: bytes, key: keys.SigningKey, secret: bytes, language: Language) -> bytes:
    """Return the public copy of a full pack; the same pack, key, secret and language, same bytes.

    Raises `BadInput` for what is no intact full pack.
    """
    files = opened(content, "")
    made = copied(files, secret)
    mark: PublicCopyV1 = {
        "of_index_sha256": made.dossier["of_index_sha256"],
        "hidden": len(made.dossier["hidden"]),
    }
    copy: RecordV1 = {**made.copy, "public_copy": mark}
    document = yamlfile.parse(files[PROFILE], PROFILE)
    record = from_v1(copy, profile.from_document(document, ()).profile)
    public = {
        DOSSIER: rfc8785(made.dossier),
        RECORD: dumps(copy, indent=1),
        PROFILE: files[PROFILE],
        SIGNER: keys.pem(key.public_key()),
        **{f"report.{name}": catalogue.render(name, record, language) for name in REPORTS},
    }
    index = index_of(public)
    sealed = seal(statement_of(index, copy), key)
    packed = container.build({**public, INDEX: index, SEAL: sealed})
    _refuse(packed, DOSSIER)
    return packed


def opened(content: bytes, name: str) -> Mapping[str, bytes]:
    """Return the files of an intact full pack. Raises `BadInput`."""
    _refuse(content, name)
    files = container.read(content).files
    if DOSSIER in files:
        problem = _("is a public copy itself")
        raise BadInput(Problem(name, problem, _("Give the full pack.")))
    return files


def _refuse(content: bytes, name: str) -> None:
    """Raise `BadInput` for a damaged pack; whoever sealed the full one has read its evidence."""
    remedy = _("Use an undamaged pack, with the version that made it.")
    if faults := verify(content, depth=Depth(evidence=False)).faults:
        raise BadInput(
            *(Problem(fault.file or name or RECORD, fault.problem, remedy) for fault in faults)
        )


def disclose(
    files: Mapping[str, bytes], secret: bytes, paths: Iterable[str]
) -> tuple[DisclosureV1, tuple[str, ...]]:
    """Return what opens these fields, and those paths under which nothing is hidden."""
    made = copied(files, secret)
    values = {path: value for path, value, _shown in hidden(made.full, made.copy)}
    wanted = tuple(dict.fromkeys(paths))
    fields: list[DisclosedV1] = [
        {"path": path, "value": values[path], "salt": salt_of(secret, path).hex()}
        for path in wanted
        if path in values
    ]
    found: DisclosureV1 = {
        "schema": DISCLOSURE,
        "dossier_sha256": sha256(rfc8785(made.dossier)),
        "fields": fields,
    }
    return found, tuple(path for path in wanted if path not in values)
