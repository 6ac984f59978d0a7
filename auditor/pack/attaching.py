"""Put a signed document into a pack, which is then indexed and signed anew by its own key."""

import re
import unicodedata
from collections.abc import Mapping

from auditor.canonical import sha256
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.pack import container, keys
from auditor.pack.forms import INDEX, SEAL, SIGNER, index_of, statement_of
from auditor.pack.seal import seal
from auditor.pack.verifying import Depth, verify
from auditor.record_reader import parse
from auditor.runfolder import RECORD

FOLDER = "signed"
"""Where signed documents lie in a pack."""

_LONGEST = 80


def attached(content: bytes, pack: str, document: bytes, title: str, key: keys.SigningKey) -> bytes:
    """Return the pack with the document in it; `pack` and `title` are names of files.

    Raises `BadInput` where the pack is damaged, of another signer, or has the document already.
    """
    signer = keys.fingerprint(key.public_key())
    found = verify(content, depth=Depth(evidence=False))
    if found.faults:
        remedy = _("Attach to an undamaged copy.")
        raise BadInput(*(Problem(pack, f"{f.file}: {f.problem}", remedy) for f in found.faults))
    if signer != found.signer:
        problem = _("signed by {key}, not by the key given", key=found.signer)
        raise BadInput(Problem(pack, problem, _("Use the key that sealed the pack.")))
    files = container.read(content).files
    for name in documents(files):
        if files[name] == document:
            problem = _("is in the pack already, as {name}", name=name)
            raise BadInput(Problem(title, problem, _("Give another document.")))
    listed = {name: files[name] for name in set(files) - {INDEX, SEAL}}
    listed[_free(title, files)] = document
    listed[SIGNER] = keys.pem(key.public_key())
    index = index_of(listed)
    sealed = seal(statement_of(index, parse(files[RECORD], RECORD)), key)
    return container.build({**listed, INDEX: index, SEAL: sealed})


def documents(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the names of the signed documents."""
    return tuple(sorted(name for name in files if name.startswith(f"{FOLDER}/")))


def record_of(files: Mapping[str, bytes]) -> str:
    """Return the digest that documents of this run carry."""
    return sha256(files[RECORD])


def _free(title: str, files: Mapping[str, bytes]) -> str:
    """Return a name for the document that a pack may hold and that is not taken."""
    letters = unicodedata.normalize("NFD", title.lower().removesuffix(".pdf").replace("đ", "d"))
    plain = "".join(letter for letter in letters if letter.isascii())
    stem = re.sub(r"[^a-z0-9._-]+", "-", plain).strip("._-")[:_LONGEST] or "document"
    number, name = 1, f"{FOLDER}/{stem}.pdf"
    while name in files:
        number += 1
        name = f"{FOLDER}/{stem}-{number}.pdf"
    return name
