"""Packs to be altered, and signed anew by whoever holds a key."""

from dataclasses import dataclass
from pathlib import Path

from auditor.pack import container, keys, seal
from auditor.pack.forms import INDEX, SEAL, SIGNER, index_of, statement_of
from auditor.record_reader import parse


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

    def again(self, files: dict[str, bytes], key: keys.PrivateKey | None = None) -> bytes:
        """Index and sign anew, as whoever holds a key can."""
        signing = key or self.key
        listed = {name: files[name] for name in set(files) - {INDEX, SEAL}}
        listed[SIGNER] = keys.pem(signing.public_key())
        index = index_of(listed)
        record = parse(self.files["record.json"], "record.json")
        signed = seal.seal(statement_of(index, record), signing)
        return container.build({**listed, INDEX: index, SEAL: signed})


def trusted(*signers: keys.PrivateKey) -> bytes:
    """Return a file of trusted keys."""
    return b"".join(keys.pem(key.public_key()) for key in signers)
