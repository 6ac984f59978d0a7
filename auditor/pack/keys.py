"""Keys that sign packs: Ed25519, or ECDSA over P-256 with deterministic nonces (RFC 6979)."""

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from auditor import saying
from auditor.canonical import sha256
from auditor.errors import BadInput, CannotPerform, Problem
from auditor.language import _

SHORTEST_PASSPHRASE = 12
PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey


class KeptElsewhere(Protocol):
    """A key that signs where it lies, as one on a token does, and is never read."""

    def public_key(self) -> PublicKey:
        """Return its public half."""

    def sign_message(self, message: bytes) -> bytes:
        """Return the signature in the form that packs hold. Raises `BadInput`."""


SigningKey = PrivateKey | KeptElsewhere

_BLOCK = re.compile(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----\r?\n?", re.DOTALL)


class Kind(StrEnum):
    """The kinds of keys that sign packs."""

    ED25519 = "ed25519"
    P256 = "p256"


def generate(kind: Kind) -> PrivateKey:
    """Make a new key."""
    if kind is Kind.ED25519:
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def write(key: PrivateKey, private: Path, public: Path, passphrase: str) -> None:
    """Write both halves; a file that exists is never touched. Raises `BadInput`."""
    encryption: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )
    for path in (private, public):
        if path.exists() or path.is_symlink():
            raise _refused(path, _("exists already"))
    _create(private, content, 0o600)
    write_public(key.public_key(), public)


def write_public(key: PublicKey, path: Path) -> None:
    """Write a public key; a file that exists is never touched. Raises `BadInput`."""
    _create(path, pem(key), 0o644)


def _create(path: Path, content: bytes, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _refused(path, saying.system(error)) from error


def _refused(path: Path, problem: str) -> BadInput:
    return BadInput(Problem(str(path), problem, _("Choose another --out; no key is overwritten.")))


def pem(key: PublicKey) -> bytes:
    """Write a public key as PEM."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def fingerprint(key: PublicKey) -> str:
    """Return `sha256:` and the digest of the public key's DER form."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return f"sha256:{sha256(key.public_bytes(serialization.Encoding.DER, form))}"


def is_encrypted(content: bytes) -> bool:
    """Tell whether a private key wants a passphrase."""
    return b"-----BEGIN ENCRYPTED PRIVATE KEY-----" in content


def load_private(content: bytes, name: str, passphrase: str) -> PrivateKey:
    """Read a private key. Raises `BadInput`."""
    try:
        key = serialization.load_pem_private_key(content, passphrase.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        wrong = (
            (_("the passphrase is wrong"), _("Give the passphrase chosen at `audit keygen`."))
            if is_encrypted(content)
            else (_("not a readable private key"), _("Make one with `audit keygen`."))
        )
        raise BadInput(Problem(name, *wrong)) from error
    if isinstance(key, ed25519.Ed25519PrivateKey) or (
        isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)
    ):
        return key
    problem = _("a key of another kind than Ed25519 and P-256")
    raise BadInput(Problem(name, problem, _("Make one with `audit keygen`.")))


def load_public(content: bytes) -> PublicKey | None:
    """Read one public key; None for anything else, and for another writing of the same key."""
    try:
        key = serialization.load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, (ed25519.Ed25519PublicKey, ec.EllipticCurvePublicKey)):
        return None
    if isinstance(key, ec.EllipticCurvePublicKey) and not isinstance(key.curve, ec.SECP256R1):
        return None
    return key if pem(key) == content else None


def load_trusted(content: bytes, name: str) -> frozenset[str]:
    """Read public keys that stand one after the other; return fingerprints. Raises `BadInput`."""
    keys = [
        load_public(block.replace(b"\r\n", b"\n").rstrip() + b"\n")
        for block in _BLOCK.findall(content)
    ]
    found = [key for key in keys if key is not None]
    # A pack holds a key too: taken for a file of trusted keys it would vouch for itself.
    if not found or len(found) != len(keys) or _BLOCK.sub(b"", content).strip():
        problem = _("holds something else than public keys of kind Ed25519 or P-256, or none")
        remedy = _("Put the files that `audit keygen` names public one after the other.")
        raise BadInput(Problem(name, problem, remedy))
    return frozenset(map(fingerprint, found))


def sign(key: SigningKey, message: bytes) -> bytes:
    """Sign; the same key and message give the same signature, but for P-256 on a token.

    Raises `CannotPerform`, and `BadInput` where a token refuses.
    """
    if not isinstance(key, PrivateKey):
        return key.sign_message(message)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    try:
        return key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    except UnsupportedAlgorithm as error:
        raise CannotPerform(
            _("this machine's OpenSSL cannot sign with P-256 repeatably. Use an Ed25519 key")
        ) from error


def is_signed(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Tell whether a signature is that of this key over this message."""
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        else:
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
