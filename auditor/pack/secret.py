"""The secret of a dossier: 32 random bytes that the centre keeps beside its full pack."""

import re
import secrets

from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from auditor.canonical import dumps
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.redaction.commitments import SECRET_BYTES

SCHEMA = "urn:audit:dossier-secret:v1"
SUFFIX = ".dossier-secret.json"


@with_config(ConfigDict(extra="forbid", strict=True))
class SecretV1(TypedDict):
    """The file: the secret in hexadecimal."""

    schema: str
    secret: str


def new() -> bytes:
    """Make a secret."""
    return secrets.token_bytes(SECRET_BYTES)


def written(secret: bytes) -> bytes:
    """Write a secret as a file."""
    content: SecretV1 = {"schema": SCHEMA, "secret": secret.hex()}
    return dumps(content, indent=1)


def load(content: bytes, name: str) -> bytes:
    """Read a secret. Raises `BadInput`."""
    try:
        read = TypeAdapter(SecretV1).validate_json(content)
    except ValueError:
        read = {"schema": "", "secret": ""}
    if read["schema"] != SCHEMA or not re.fullmatch("[0-9a-f]{64}", read["secret"]):
        problem = _("not the secret of a dossier")
        remedy = _("Give the file that `audit pack --dossier` wrote.")
        raise BadInput(Problem(name, problem, remedy))
    return bytes.fromhex(read["secret"])
