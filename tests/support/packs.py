"""Packs to be altered, and signed anew by whoever holds a key."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from auditor import profile, yamlfile
from auditor.canonical import dumps
from auditor.judge import Case
from auditor.pack import container, keys, seal
from auditor.pack.forms import INDEX, SEAL, SIGNER, index_of, statement_of
from auditor.pack.verifying import cited_by
from auditor.record import to_v1
from auditor.record_reader import from_v1, parse
from auditor.record_v1 import RecordV1
from auditor.rollup import judge
from auditor.runfolder import EVIDENCE, PROFILE, RECORD


@dataclass(frozen=True)
class Sealed:
    """A pack of the least run there is, with the key that signed it."""

    run: Path
    content: bytes
    key: keys.PrivateKey

    @property
    def files(self) -> dict[str, bytes]:
        """What lies in it, to be altered."""
        return dict(container.read(self.content).files)

    def full_name(self, member: str) -> str:
        """Return the path that begins so."""
        return next(name for name in self.files if name.startswith(member))

    def again(
        self,
        files: dict[str, bytes],
        key: keys.PrivateKey | None = None,
        record: RecordV1 | None = None,
    ) -> bytes:
        """Index and sign anew, as whoever holds a key can; the statement is about `record`."""
        signing = key or self.key
        listed = {name: files[name] for name in set(files) - {INDEX, SEAL}}
        listed[SIGNER] = keys.pem(signing.public_key())
        index = index_of(listed)
        about = record or parse(self.files[RECORD], RECORD)
        signed = seal.seal(statement_of(index, about), signing)
        return container.build({**listed, INDEX: index, SEAL: signed})


def trusted(*signers: keys.PrivateKey) -> bytes:
    """Return a file of trusted keys."""
    return b"".join(keys.pem(key.public_key()) for key in signers)


def forged(pack: Sealed, change: Callable[[dict[str, Any]], None]) -> bytes:
    """Alter a record as whoever holds the key can.

    Verdicts follow from what it then says, and captures that nothing rests on are left out.
    """
    altered = json.loads(pack.files[RECORD])
    change(altered)
    read = parse(json.dumps(altered).encode(), RECORD)
    document = yamlfile.parse(pack.files[PROFILE], PROFILE)
    record = from_v1(read, profile.from_document(document, ()).profile)
    judged = judge(Case(record.profile, record.targets, record.plan, record.observations))
    told = replace(record, findings=judged.findings, groups=judged.groups)
    rested_on = {name for name, _key in cited_by(to_v1(told))}
    kept = {
        name: content
        for name, content in pack.files.items()
        if name in rested_on or not name.startswith(f"{EVIDENCE}/")
    }
    return pack.again({**kept, RECORD: dumps(to_v1(told), indent=1)}, record=to_v1(told))
