"""Opening a token (PKCS#11): its module, which token, and one single try of the PIN.

A real token locks itself after a few wrong PINs, so a PIN is sent once and never again.
"""

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.token_uri import OPTION, Reference
from auditor.transports.secrets import Secret

if TYPE_CHECKING:
    import pkcs11

MODULE = "--pkcs11-module"


@dataclass(frozen=True, slots=True)
class Asked:
    """For which token a PIN is wanted, and whether a wrong one would lock it."""

    label: str
    is_last_try: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A session of a person who is logged in. `secret` is None where the token has its own keys."""

    session: "pkcs11.Session"
    label: str
    secret: Secret | None


def refused(problem: str, remedy: str, name: str = OPTION) -> BadInput:
    """Return the error for something that a token or its module would not do."""
    return BadInput(Problem(name, problem, remedy))


@contextmanager
def opened(
    wanted: Reference, module: Path | None, pin: Callable[[Asked], Secret]
) -> Iterator[Opened]:
    """Log in to the one token that is meant, and out again. Raises `BadInput`.

    `pin` is called once, after the token was found and only if a PIN can still be tried.
    """
    file = module or (Path(wanted.module) if wanted.module else None)
    if file is None:
        remedy = _("Give the file that came with the token: {option} FILE.", option=MODULE)
        raise refused(_("no PKCS#11 module is named"), remedy, MODULE)
    library = _library(file)
    import pkcs11  # noqa: PLC0415 - of the extra, which is there by now

    with told():
        found = _found(library, wanted, file)
        session, secret = _logged_in(found, pin)
        try:
            yield Opened(session, _label(found), secret)
        finally:
            with suppress(pkcs11.PKCS11Error):  # whoever pulled it out has logged out
                session.close()


@contextmanager
def told() -> Iterator[None]:
    """Turn what a module complains about into `BadInput`; nothing is tried again."""
    import pkcs11  # noqa: PLC0415 - only with a token

    try:
        yield
    except pkcs11.PKCS11Error as error:
        problem = _("the token refused ({error})", error=type(error).__name__)
        remedy = _("Look whether it is still plugged in, and whether its own program can sign.")
        raise refused(problem, remedy) from error


def _library(file: Path) -> Any:  # noqa: ANN401 - the type is that of an extra
    try:
        import pkcs11  # noqa: PLC0415 - of the extra "token"
    except ImportError as error:
        remedy = _("Run: pip install 'centre-audit[token]'.")
        raise refused(_("the library for tokens is missing"), remedy) from error
    remedy = _("Install the program that came with the token, and name its .so, .dll or .dylib.")
    if not file.is_file():
        raise refused(_("there is no such module"), remedy, str(file))
    try:
        return pkcs11.lib(str(file.absolute()))
    except pkcs11.PKCS11Error as error:
        problem = _("is no PKCS#11 module of this system, or does not start")
        raise refused(problem, remedy, str(file)) from error


def _found(library: Any, wanted: Reference, file: Path) -> "pkcs11.Token":  # noqa: ANN401
    """Return the one token that the URI describes."""
    present = tuple(_present(library))
    fitting = [token for token in present if _fits(token, wanted)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        serials = ", ".join(sorted(_serial(token) for token in fitting))
        problem = _(
            "{n} tokens fit, with serial numbers {serials}", n=len(fitting), serials=serials
        )
        raise refused(problem, _("Add ;serial=NUMBER to the address."))
    if present:
        labels = ", ".join(sorted(repr(_label(token)) for token in present))
        problem = _("no such token; plugged in: {labels}", labels=labels)
        raise refused(problem, _("Correct the address, or plug the token in."))
    problem = _("no token is plugged in that {file} knows", file=file)
    raise refused(problem, _("Plug it in, or name the module of this very make."))


def _present(library: Any) -> Iterator["pkcs11.Token"]:  # noqa: ANN401
    import pkcs11  # noqa: PLC0415

    for slot in library.get_slots(token_present=True):
        try:
            token = slot.get_token()
        except (pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised):
            continue
        if token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED:
            yield token


def _fits(token: "pkcs11.Token", wanted: Reference) -> bool:
    return all(
        not text or text == is_
        for text, is_ in (
            (wanted.token, _label(token)),
            (wanted.serial, _serial(token)),
            (wanted.manufacturer, _text(token.manufacturer_id)),
            (wanted.model, _text(token.model)),
        )
    )


def _label(token: "pkcs11.Token") -> str:
    return _text(token.label)


def _serial(token: "pkcs11.Token") -> str:
    return _text(token.serial.decode("utf-8", "replace"))


def _text(given: str) -> str:
    return unicodedata.normalize("NFC", given).strip(" \0")


def _logged_in(
    token: "pkcs11.Token", pin: Callable[[Asked], Secret]
) -> tuple["pkcs11.Session", Secret | None]:
    """Log in with one single try."""
    import pkcs11  # noqa: PLC0415

    flags = pkcs11.TokenFlag
    if token.flags & flags.USER_PIN_LOCKED:
        raise _locked()
    secret = None
    if not token.flags & flags.PROTECTED_AUTHENTICATION_PATH:
        is_last = bool(token.flags & flags.USER_PIN_FINAL_TRY)
        secret = pin(Asked(_label(token), is_last))
    try:
        given = pkcs11.PROTECTED_AUTH if secret is None else secret.reveal()
        return token.open(user_pin=given), secret
    except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid) as error:
        now = token.slot.get_token().flags
        if now & flags.USER_PIN_LOCKED:
            raise _locked() from error
        remedy = _("Look the PIN up before you try again: a few wrong ones lock the token.")
        raise refused(_("the PIN is wrong; {left}", left=_left(now)), remedy) from error
    except pkcs11.PinLocked as error:
        raise _locked() from error


def _left(flags: "pkcs11.TokenFlag") -> str:
    """Say how many tries are left, as far as a token ever tells."""
    import pkcs11  # noqa: PLC0415

    if flags & pkcs11.TokenFlag.USER_PIN_FINAL_TRY:
        return _("one try is left")
    if flags & pkcs11.TokenFlag.USER_PIN_COUNT_LOW:
        return _("the token warns that few tries are left, not how many")
    return _("the token does not say how many tries are left")


def _locked() -> BadInput:
    remedy = _("Have it unlocked by who issued the token, with its PUK or SO PIN.")
    return refused(_("the PIN of this token is locked"), remedy)
