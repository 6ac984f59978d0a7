"""What is wrong with a web address in the site file."""

from urllib.parse import urlsplit

from auditor.language import _
from auditor.web.place import place_of


def trouble(url: str, example: str) -> tuple[str, str] | None:
    """Return problem and remedy of what is no http: or https: address, or holds a login.

    `example` is an address that would do. Nothing of the address itself is repeated.
    """
    try:
        place_of(url)
        parts = urlsplit(url)
    except ValueError:
        return (
            _("no http: or https: address"),
            _("Write it like {example}.", example=example),
        )
    if parts.username or parts.password:
        return (
            _("holds a password"),
            _("Remove it and change that password: a site file is no place for secrets."),
        )
    return None
