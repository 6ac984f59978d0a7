"""Which key on which token: a PKCS#11 URI (RFC 7512), as `p11tool` and `pkcs11-tool` show it."""

import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from auditor.errors import BadInput, Problem
from auditor.language import _

OPTION = "--token"
"""What problems name in place of the URI: somebody may have written a PIN into it."""

_SCHEME = "pkcs11:"
_PATH = frozenset({"token", "serial", "manufacturer", "model", "object", "id", "type"})
_PINS = frozenset({"pin-value", "pin-source"})
_MODULE = "module-path"


@dataclass(frozen=True, slots=True)
class Reference:
    """What a URI asks for. Empty means any; texts are NFC, `module` is a file."""

    token: str = ""
    serial: str = ""
    manufacturer: str = ""
    model: str = ""
    object: str = ""
    id: bytes = b""
    module: str = ""


def parse(uri: str) -> Reference:
    """Read a URI. Raises `BadInput`; a PIN in it is refused and never repeated."""
    if not uri.lower().startswith(_SCHEME):
        raise _refused(_("not a PKCS#11 address"))
    path, _mark, query = uri[len(_SCHEME) :].partition("?")
    parts = [part for part in path.split(";") if part]
    parts += [part for part in query.split("&") if part]
    if _PINS & {part.partition("=")[0] for part in parts}:
        problem = _("a PIN on the command line can be read by everybody on this machine")
        remedy = _("Take it out of the address, change the PIN, and type it when asked.")
        raise BadInput(Problem(OPTION, problem, remedy))
    found: dict[str, bytes] = {}
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals or name in found or name not in _PATH | {_MODULE}:
            raise _refused(_("cannot use {part}", part=repr(name)))
        found[name] = unquote_to_bytes(value)
    if found.pop("type", b"private") != b"private":
        raise _refused(_("names something else than a private key"))
    key_id = found.pop("id", b"")
    try:
        texts = {
            name.removesuffix("-path"): unicodedata.normalize("NFC", value.decode())
            for name, value in found.items()
        }
    except UnicodeDecodeError as error:
        raise _refused(_("not UTF-8")) from error
    return Reference(**texts, id=key_id)


def _refused(problem: str) -> BadInput:
    remedy = _("Write it as pkcs11:token=NAME;object=KEY; others: serial, id, manufacturer, model.")
    return BadInput(Problem(OPTION, problem, remedy))
