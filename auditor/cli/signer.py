"""The one door to keys that sign: a file of `audit keygen`, or a token (PKCS#11)."""

import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from auditor import token_uri
from auditor.cli.options import FILE, content_of
from auditor.cli.page import echo
from auditor.errors import BadInput, CannotMeasure, Problem
from auditor.language import _
from auditor.pack import keys

if TYPE_CHECKING:
    from auditor.transports.secrets import Secret
    from auditor.transports.token import Asked
    from auditor.transports.token_key import TokenKey

PASSPHRASE = "AUDIT_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable, no passphrase
PIN = "AUDIT_TOKEN_PIN"
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Signer:
    """Which key the options name; none of them, or one."""

    file: Path | None = None
    token: str | None = None
    module: Path | None = None
    pin_from: str | None = None

    def __bool__(self) -> bool:
        """Tell whether a key is named."""
        return bool(self.file or self.token)

    @property
    def name(self) -> str:
        """What problems call the key."""
        return str(self.file) if self.file else token_uri.OPTION

    def key(self) -> keys.SigningKey:
        """Open the key until the command ends, asking for its secret. Raises `BadInput`."""
        if self.file is None:
            return self.on_token()
        content = content_of(self.file, _("Make one with `audit keygen`."))
        return keys.load_private(content, str(self.file), _passphrase(content, self.file))

    def on_token(self) -> "TokenKey":
        """Log in to the token until the command ends. Raises `BadInput`."""
        from auditor.transports import token_key  # noqa: PLC0415 - nothing else needs it

        wanted = token_uri.parse(self.token or "")
        held = token_key.held(wanted, self.module, self._pin)
        return click.get_current_context().with_resource(held)

    def _pin(self, asked: "Asked") -> "Secret":
        """Return the PIN; the last try is a person's own. Raises `BadInput`."""
        from auditor.transports.secrets import Secret  # noqa: PLC0415

        given = self._stored() if not asked.is_last_try else None
        if given is not None:
            return given
        if not sys.stdin.isatty():
            problem = _("there is no terminal to ask for the PIN")
            remedy = _("Set AUDIT_TOKEN_PIN, or --pin-from keyring:SERVICE/USER.")
            if asked.is_last_try:
                remedy = _("One try is left: run the command in a terminal and type the PIN.")
            raise BadInput(Problem(token_uri.OPTION, problem, remedy))
        if asked.is_last_try:
            echo(_("Careful: one more wrong PIN locks this token."), err=True)
        question = _("PIN of token {name}", name=repr(asked.label))
        return Secret(str(click.prompt(question, hide_input=True, err=True)))

    def _stored(self) -> "Secret | None":
        from auditor.transports.secrets import Secret, looked_up  # noqa: PLC0415

        if self.pin_from is None:
            given = os.environ.get(PIN)
            return Secret(given) if given else None
        try:
            return looked_up(self.pin_from, None)
        except CannotMeasure as error:
            problem = _("no PIN can be read there ({why})", why=error.detail)
            remedy = _("Write it as keyring:SERVICE/USER or env:NAME, and store the PIN there.")
            raise BadInput(Problem("--pin-from", problem, remedy)) from error


def key_option(words: str, *, is_needed: bool = True) -> Callable[[Function], Function]:
    """Accept `--key FILE` or `--token URI`; the command gets both as one `signer`."""

    def decorated(function: Function) -> Function:
        return click.option("--key", "key_file", type=FILE, help=words)(
            token_option(function, is_needed=is_needed)
        )

    return decorated


def token_option(function: Function, *, is_needed: bool = False) -> Function:
    """Accept `--token URI` and what belongs to it; the command gets one `signer`."""

    @functools.wraps(function)
    def inner(**given: Any) -> Any:  # noqa: ANN401 - the options of the command, as click has them
        file, token = given.pop("key_file", None), given.pop("token")
        module, pin_from = given.pop("pkcs11_module"), given.pop("pin_from")
        if file and token:
            raise click.UsageError(_("give one of --key and --token"))
        if is_needed and not (file or token):
            raise click.UsageError(_("give --key or --token"))
        if (module or pin_from) and not token:
            raise click.UsageError(_("--pkcs11-module and --pin-from go with --token"))
        return function(signer=Signer(file, token, module, pin_from), **given)

    words = _("where the PIN is: keyring:SERVICE/USER or env:NAME")
    inner = click.option("--pin-from", metavar=_("PLACE"), help=words)(inner)
    words = _("the token's PKCS#11 module (.so, .dll)")
    inner = click.option("--pkcs11-module", type=FILE, help=words)(inner)
    words = _("the key on a token (pkcs11:token=…;object=…)")
    return click.option("--token", metavar="URI", help=words)(inner)  # type: ignore[return-value]  # takes other options than the command


def must_be_askable(file: Path) -> None:
    """Refuse to wait for a person where there is none."""
    if not sys.stdin.isatty():
        problem = _("there is no terminal to ask for the passphrase")
        raise BadInput(Problem(str(file), problem, _("Set AUDIT_KEY_PASSPHRASE.")))


def _passphrase(content: bytes, name: Path) -> str:
    """Return the passphrase of a key that wants one, from the environment or the terminal."""
    if not keys.is_encrypted(content):
        return ""
    given = os.environ.get(PASSPHRASE)
    if given is None:
        must_be_askable(name)
        question = _("Passphrase of {file}", file=name)
        given = str(click.prompt(question, hide_input=True, err=True))
    return given
