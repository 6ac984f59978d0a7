"""Words for people: Vietnamese by default, English beside, both through gettext catalogues."""

import gettext
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the help text must not wait for the model
    from auditor.model import Text

CODES = ("vi", "en")
_FOLDER = Path(__file__).parent / "locale"


class Language:
    """One language. Calling it translates a message and fills in its values."""

    def __init__(self, code: str) -> None:
        """Load the catalogue; English is the language of the messages themselves."""
        self.code = code
        self._catalogue: gettext.NullTranslations = (
            gettext.NullTranslations()
            if code == "en"
            else gettext.translation("audit", _FOLDER, languages=[code])
        )

    def __call__(self, message: str, **values: object) -> str:
        """Translate `message` and put `values` into its `{places}`."""
        translated = self._catalogue.gettext(message)
        return translated.format(**values) if values else translated

    def pick(self, text: "Text") -> str:
        """Return this language's side of a bilingual text."""
        return text.en if self.code == "en" else text.vi


_active: list[Language] = []


def activate(code: str) -> Language:
    """Choose the language of this process."""
    _active[:] = [Language(code)]
    return _active[0]


def teach(library: str) -> None:
    """Let a library that speaks through Python's own gettext speak the chosen language.

    Python picks that language from the environment at every call and offers no other way to
    choose it. Programs that we start do not see this: transports give them LANGUAGE=C.
    """
    os.environ["LANGUAGE"] = current().code
    gettext.bindtextdomain(library, str(_FOLDER))
    gettext.textdomain(library)


def current() -> Language:
    """Return the chosen language, or the one that AUDIT_LANG names, or Vietnamese."""
    if not _active:
        wanted = os.environ.get("AUDIT_LANG", "vi")
        activate(wanted if wanted in CODES else "vi")
    return _active[0]


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a message for translation where it is defined; `_` translates it where it is shown."""
    return message


def _(message: str, **values: object) -> str:
    """Translate into the chosen language."""
    return current()(message, **values)
