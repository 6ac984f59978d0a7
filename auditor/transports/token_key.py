"""A key on a token: found by its URI, signing where it lies, with the certificates beside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from auditor.language import _
from auditor.pack import keys
from auditor.pack.certificates import Certificates
from auditor.token_uri import Reference
from auditor.transports.secrets import Secret
from auditor.transports.token import Asked, Opened, opened, refused, told

if TYPE_CHECKING:
    import pkcs11

_P256 = bytes.fromhex("06082a8648ce3d030107")
"""The curve's name as tokens keep it (DER)."""
_POINT, _HALF = 65, 32


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key that never leaves its token. `certificates` are DER, its own first; or none.

    It signs for packs where `public` is of a kind that they know. `private` is a
    `pkcs11.PrivateKey`, whose types do not say that it signs.
    """

    private: Any
    place: Opened
    certificates: Certificates
    public: keys.PublicKey | None

    def public_key(self) -> keys.PublicKey:
        """Return its public half. Raises `BadInput` for a key that packs do not know."""
        if self.public is not None:
            return self.public
        import pkcs11  # noqa: PLC0415 - only with a token

        known = (pkcs11.KeyType.EC, pkcs11.KeyType.EC_EDWARDS)
        if self.private.key_type not in known or self.certificates:
            problem = _("a key of another kind than Ed25519 and P-256 ({kind})",
                        kind=_kind(self.private))  # fmt: skip
            remedy = _("Seal with a key of `audit keygen`; this one can sign in `audit sign-pdf`.")
            raise refused(problem, remedy)
        problem = _("the token shows no Ed25519 or P-256 public key and no certificate of this key")
        raise refused(problem, _("Write one of them to the token, under the id of the key."))

    def sign_message(self, message: bytes) -> bytes:
        """Sign on the token, and hold the signature against the public key. Raises `BadInput`."""
        import pkcs11  # noqa: PLC0415

        public, way = self.public_key(), pkcs11.Mechanism
        with told():
            if isinstance(public, ed25519.Ed25519PublicKey):
                made: bytes = self.private.sign(message, mechanism=way.EDDSA, **self.again())
            else:
                digest = sha256(message).digest()
                made = self.private.sign(digest, mechanism=way.ECDSA, **self.again())
                r, s = made[: len(made) // 2], made[len(made) // 2 :]
                made = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
        if not keys.is_signed(public, made, message):
            problem = _("what the token signed does not fit the public key that it shows")
            raise refused(problem, _("Name the key by its id, and look what else has that id."))
        return made

    def again(self) -> dict[str, Any]:
        """Return the PIN for keys that want it for each signature."""
        import pkcs11  # noqa: PLC0415

        wants = _attribute(self.private, pkcs11.Attribute.ALWAYS_AUTHENTICATE)
        secret: Secret | None = self.place.secret
        return {"pin": secret.reveal()} if wants and secret else {}


@contextmanager
def held(
    wanted: Reference, module: Path | None, pin: Callable[[Asked], Secret]
) -> Iterator[TokenKey]:
    """Log in and hold the one key that is meant. Raises `BadInput`."""
    with opened(wanted, module, pin) as place:
        private = _private(place, wanted)
        chain = _chain(place.session, private.id)
        yield TokenKey(private, place, chain, _public(place.session, private.id, chain))


def _private(place: Opened, wanted: Reference) -> Any:  # noqa: ANN401 - types of an extra
    import pkcs11  # noqa: PLC0415

    like: dict[Any, Any] = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY}
    there: list[Any] = list(place.session.get_objects(like))
    fitting = [
        key
        for key in there
        if wanted.object in {"", key.label} and wanted.id in {b"", key.id}
    ]  # fmt: skip
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(sorted(f"object={key.label};id=%{key.id.hex('%')}" for key in there))
    if not there:
        problem = _("there is no private key on {token}", token=repr(place.label))
    elif fitting:
        problem = _("{n} keys fit; there are: {names}", n=len(fitting), names=names)
    else:
        problem = _("no such key; there are: {names}", names=names)
    raise refused(problem, _("Name one key by object= or id= in the address."))


def _chain(session: "pkcs11.Session", key_id: bytes) -> Certificates:
    """Return the key's certificate and those above it, as far as the token has them."""
    import pkcs11  # noqa: PLC0415

    at, kind = pkcs11.Attribute, pkcs11.ObjectClass.CERTIFICATE
    contents = {
        bytes(item[at.VALUE]): bytes(item[at.ID])
        for item in session.get_objects({at.CLASS: kind})
        if _attribute(item, at.VALUE)
    }
    read = {content: found for content in contents if (found := _certificate(content))}
    chain = [content for content in read if contents[content] == key_id][:1]
    while chain:
        last = read[chain[-1]]
        above = [content for content in read if read[content].subject == last.issuer]
        if not above or above[0] in chain:
            break
        chain.append(above[0])
    return tuple(chain)


def _certificate(content: bytes) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(content)
    except ValueError:
        return None


def _public(session: "pkcs11.Session", key_id: bytes, chain: Certificates) -> keys.PublicKey | None:
    """Return the public half from the object beside the key, else from its certificate."""
    import pkcs11  # noqa: PLC0415

    at, kind = pkcs11.Attribute, pkcs11.ObjectClass.PUBLIC_KEY
    for item in session.get_objects({at.CLASS: kind, at.ID: key_id}):
        point, curve = _attribute(item, at.EC_POINT), _attribute(item, at.EC_PARAMS)
        if point and (found := _of_point(bytes(point), bytes(curve or b""))):
            return found
    if not chain:
        return None
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    try:
        public = x509.load_der_x509_certificate(chain[0]).public_key()
        return keys.load_public(public.public_bytes(serialization.Encoding.PEM, form))
    except (ValueError, UnsupportedAlgorithm):
        return None


def _of_point(point: bytes, curve: bytes) -> keys.PublicKey | None:
    """Read a point: some tokens wrap it in an OCTET STRING or a BIT STRING, some do not."""
    try:
        if curve == _P256:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point[-_POINT:])
        if len(point) <= _HALF + 3:
            return ed25519.Ed25519PublicKey.from_public_bytes(point[-_HALF:])
    except ValueError:
        return None
    return None


def _attribute(item: Any, name: "pkcs11.Attribute") -> Any:  # noqa: ANN401
    """Return what an object says of itself; None where it has no word for it."""
    import pkcs11  # noqa: PLC0415

    try:
        return item[name]
    except (pkcs11.AttributeTypeInvalid, pkcs11.AttributeSensitive, pkcs11.FunctionFailed):
        return None


def _kind(private: Any) -> str:  # noqa: ANN401
    return str(getattr(private.key_type, "name", private.key_type))
