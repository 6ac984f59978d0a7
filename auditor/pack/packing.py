"""Pack a finished run folder: what is damaged or does not follow is refused, not sealed."""

import re
from collections.abc import Iterator
from pathlib import Path

from auditor import runfolder, saying, waivers
from auditor.canonical import sha256
from auditor.errors import BadInput, CannotPerform, Problem
from auditor.language import _
from auditor.pack import certificates, container, keys
from auditor.pack.certificates import Certificates
from auditor.pack.forms import (
    CHAIN,
    INDEX,
    SEAL,
    SIGNER,
    STAMP,
    STAMP_SEAL,
    UNLISTED,
    index_of,
    stamp_statement_of,
    statement_of,
)
from auditor.pack.seal import seal
from auditor.pack.verifying import cited_by, verify
from auditor.record_reader import parse

SUFFIX = ".auditpack"
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)", re.ASCII)


def pack(folder: Path, key: keys.SigningKey, chain: Certificates = ()) -> bytes:
    """Return the pack of a run: the same run, key and certificates give the same bytes.

    `chain` begins with the certificate of the key.

    Raises `BadInput` for a folder that is no finished run or is damaged, `CannotPerform` for one
    that is too large.
    """
    sums = _sums(folder)
    record = parse(_content(folder, runfolder.RECORD, sums), str(folder / runfolder.RECORD))
    names = {runfolder.RECORD, runfolder.PROFILE, runfolder.SITE}
    names |= {name for name in sums if name.startswith("report.") or name == waivers.NAME}
    names |= {name for name, _key in cited_by(record)}
    files = {name: _content(folder, name, sums) for name in sorted(names)}
    files[SIGNER] = keys.pem(key.public_key())
    if chain:
        files[CHAIN] = certificates.to_pem(chain)
    if (
        len(files) + len(UNLISTED) > container.MOST_FILES
        or sum(map(len, files.values())) > container.MOST_BYTES // 2
    ):
        raise CannotPerform(
            _("{folder} is too large for a pack of version 1. Audit in parts", folder=folder)
        )
    index = index_of(files)
    sealed = seal(statement_of(index, record), key)
    files |= {INDEX: index, SEAL: sealed}
    content = container.build(files)
    del files, record  # a large run would else be held twice while it is verified
    if faults := verify(content).faults:
        raise BadInput(*_problems(folder, faults))
    return content


def envelope_of(content: bytes, name: str, signer: keys.PublicKey) -> bytes:
    """Return what a time-stamp of a pack is over. Raises `BadInput` for a pack of another key."""
    files, damage = container.read(content)
    remedy = _("Give an undamaged pack and the key that signed it.")
    if damage or SEAL not in files:
        raise BadInput(Problem(name, _("this is no evidence pack, or it is damaged"), remedy))
    if files.get(SIGNER) != keys.pem(signer):
        raise BadInput(Problem(name, _("signed by another key"), remedy))
    return files[SEAL]


def stamped(content: bytes, response: bytes, key: keys.SigningKey) -> bytes:
    """Put an authority's response into a pack, with the signer's word on it."""
    files = dict(container.read(content).files)
    vouched = seal(stamp_statement_of(files[SEAL], response), key)
    return container.build({**files, STAMP: response, STAMP_SEAL: vouched})


def _problems(folder: Path, faults: tuple[container.Fault, ...]) -> Iterator[Problem]:
    remedy = _("Use an undamaged copy of the run folder, with the version that made it.")
    for fault in faults:
        yield Problem(str(folder / fault.file), fault.problem, remedy)


def _sums(folder: Path) -> dict[str, str]:
    """Read SHA256SUMS, which is written last and so tells a finished run."""
    path = folder / runfolder.SUMS
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        problem = saying.system(error) if isinstance(error, OSError) else _("not readable")
        remedy = _("Give the folder of a finished run, or resume this one.")
        raise BadInput(Problem(str(path), problem, remedy)) from error
    found = (_LINE.fullmatch(line) for line in lines)
    return {match.group(2): match.group(1) for match in found if match}


def _content(folder: Path, name: str, sums: dict[str, str]) -> bytes:
    remedy = _("Use an undamaged copy of the run folder.")
    path = folder / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(Problem(str(path), saying.system(error), remedy)) from error
    if sums.get(name) != sha256(content):
        problem = _("not the file that {sums} lists", sums=runfolder.SUMS)
        raise BadInput(Problem(str(path), problem, remedy))
    return content
