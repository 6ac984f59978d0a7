"""Who signed a pack and when: the envelope, the signer's certificates, the time-stamp."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from auditor.canonical import sha256
from auditor.language import _
from auditor.pack import certificates, keys, stamping
from auditor.pack.certificates import Certificates
from auditor.pack.container import Fault
from auditor.pack.forms import (
    CHAIN,
    INDEX,
    SEAL,
    SIGNER,
    STAMP,
    STAMP_SEAL,
    stamp_statement_of,
)
from auditor.pack.seal import unseal
from auditor.pack.stamping import Stamp


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom a verifier trusts: fingerprints of keys, roots of signers and of time-stamps (DER).

    `keys` is None where no file of keys was given.
    """

    keys: frozenset[str] | None = None
    authorities: Certificates = ()
    stampers: Certificates = ()


@dataclass(slots=True)
class Signature:
    """What is known of a signature. `statement` is empty where it cannot be read.

    `is_known` is None without trusted keys; `named` is whom the certificate names, and
    `is_certified` is None without trusted authorities or without certificates.
    """

    statement: bytes = b""
    signer: str = ""
    is_known: bool | None = None
    named: str = ""
    is_certified: bool | None = None
    stamp: Stamp | None = None
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def check(files: Mapping[str, bytes], trust: Trust) -> Signature:
    """Check the envelope and what came along with it; the index is compared by the caller."""
    found = Signature()
    found.statement, found.signer, wrong = unseal(files.get(SEAL, b""), files.get(SIGNER, b""))
    found.faults += wrong
    if sha256(files.get(INDEX, b"")).encode() not in found.statement:
        found.faults.append(Fault(INDEX, _("not the index that was signed")))
    if trust.keys is not None:
        found.is_known = found.signer in trust.keys
    if found.is_known is False:
        problem = _("signed by {key}, which you do not trust", key=found.signer)
        found.faults.append(Fault(SIGNER, problem))
    if STAMP in files or STAMP_SEAL in files:
        _stamped(files, trust, found)
    elif trust.stampers:
        found.notes.append(_("There is no time-stamp in this pack."))
    return found


def _stamped(files: Mapping[str, bytes], trust: Trust, found: Signature) -> None:
    """Check that the signer vouches for the response, and what the response attests."""
    for name in (STAMP, STAMP_SEAL):
        if name not in files:
            found.faults.append(Fault(name, _("missing")))
            return
    envelope, response = files[SEAL], files[STAMP]
    names = (STAMP_SEAL, SIGNER)
    statement, _signer, wrong = unseal(files[STAMP_SEAL], files.get(SIGNER, b""), names)
    found.faults += wrong
    if statement != stamp_statement_of(envelope, response):
        is_other = sha256(response).encode() not in statement
        problem = _("what was signed is about another time-stamp or another statement")
        found.faults.append(Fault(STAMP if is_other else STAMP_SEAL, problem))
        return
    read = stamping.read(response, envelope, trust.stampers)
    if isinstance(read, str):
        found.faults.append(Fault(STAMP, read))
        return
    found.stamp = read
    if read.is_trusted is False:
        problem = _("its authority, {name}, is not one that you trust", name=read.authority)
        found.faults.append(Fault(STAMP, problem))


def certified(
    files: Mapping[str, bytes], trust: Trust, found: Signature, finished_at: datetime
) -> None:
    """Check the signer's certificates at the moment of the time-stamp, else of the run's end."""
    if CHAIN not in files:
        if trust.authorities:
            problem = _("missing: you asked for a chain of certificates")
            found.faults.append(Fault(CHAIN, problem))
        return
    chain, key = certificates.from_pem(files[CHAIN]), keys.load_public(files[SIGNER])
    if not chain or key is None or not certificates.is_of(chain[0], key):
        problem = _("its first certificate is not that of the key in the pack")
        found.faults.append(Fault(CHAIN, problem))
        return
    found.named = certificates.subject(chain[0])
    if not trust.authorities:
        return
    stamp = found.stamp
    at = stamp.at if stamp and stamp.is_trusted else finished_at
    why = certificates.why_not_trusted(chain, trust.authorities, at)
    found.is_certified = not why
    if why:
        problem = _("does not lead to an authority that you trust ({why})", why=why)
        found.faults.append(Fault(CHAIN, problem))
    elif at is finished_at:
        found.notes.append(
            _("The certificate was in force by the machine's clock; no trusted time-stamp says so.")
        )
