"""Passwords: looked up where the site says they are, shown nowhere, never asked for or guessed."""

import importlib
import os
import stat
from pathlib import Path

from auditor import guard
from auditor.errors import CannotMeasure
from auditor.logins import SECRET_IN_ENVIRONMENT, SECRET_IN_FILE, SECRET_IN_KEYRING
from auditor.model import Failure


class Secret:
    """A text that no representation, comparison or format shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep the text."""
        self._text = text

    def reveal(self) -> str:
        """Return the text, to hand it to a library at once and store it nowhere."""
        return self._text

    def __repr__(self) -> str:
        """Say that there is one."""
        return "<secret>"


def looked_up(reference: str, gate: object) -> Secret:
    """Return the secret behind "env:NAME", "keyring:SERVICE/USER" or "file:PATH".

    Raises `CannotMeasure` with `auth_failed` that names the reference and what to do.
    """
    place, _, name = reference.partition(":")
    if place == SECRET_IN_ENVIRONMENT:
        found = os.environ.get(name)
    elif place == SECRET_IN_KEYRING:
        found = _from_keyring(reference, name, gate)
    elif place == SECRET_IN_FILE:
        found = _from_file(reference, Path(name).expanduser())
    else:
        raise _missing(reference, "is neither env:NAME nor keyring:SERVICE/USER nor file:PATH")
    if not found:
        raise _missing(reference, "holds nothing")
    return Secret(found)


def _from_file(reference: str, path: Path) -> str:
    """Read a file's first line. One that others may read holds no secret; Windows has no modes."""
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name != "nt" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise _missing(reference, "may be read by others: chmod 600")
            return file.readline().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _missing(reference, f"could not be read ({type(error).__name__})") from None


def _from_keyring(reference: str, name: str, gate: object) -> str | None:
    service, _, user = name.rpartition("/")
    try:
        keyring = importlib.import_module("keyring")
        errors = importlib.import_module("keyring.errors")
    except ImportError:
        raise _missing(
            reference, "needs the keyring library: pip install 'centre-audit[keyring]'"
        ) from None
    problem = ""
    found: str | None = None
    try:
        # the desktop's keyring answers on a local socket, through helpers of its own
        with guard.through(gate), guard.on_machine():
            found = keyring.get_password(service, user)
    except errors.KeyringError as error:
        problem = type(error).__name__  # a backend's own words could quote what it holds
    if problem:
        raise _missing(reference, f"could not be read ({problem})")
    return found


def _missing(reference: str, problem: str) -> CannotMeasure:
    return CannotMeasure(Failure.AUTH_FAILED, f"auth: password_from {reference} {problem}")
