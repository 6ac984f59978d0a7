"""What is wrong with one declared service: its address, its token, its authority, its scope."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from auditor import url_rules
from auditor.language import _
from auditor.model import Method, Scope
from auditor.named_files import trouble
from auditor.scope_listing import is_listed, is_service, is_this_machine
from auditor.target_rules import misplaced_secret
from auditor.web.place import Place, place_of

Refusal = tuple[tuple[str | int, ...], str, str]


class Declared(Protocol):
    """What is visited once: an address, and references to a token and to an authority."""

    @property
    def url(self) -> str:
        """The address."""

    @property
    def token_from(self) -> str:
        """Where its token is kept; "" without one."""

    @property
    def ca_file(self) -> str:
        """A file beside the site file; "" without one."""


def refusals(declared: Declared, scope: Scope, folder: Path, example: str) -> Iterator[Refusal]:
    """Yield what is wrong; paths are from the entry itself, `example` is a good address."""
    bad = url_rules.trouble(declared.url, example)
    place = None if bad else place_of(declared.url)
    if bad:
        yield ("url",), *bad
    elif place and place.query:
        yield (
            ("url",),
            _("may hold a secret"),
            _("Leave out everything from `?`; name the token in token_from."),
        )
    if place:
        yield from _leave(place, scope)
    if bad := misplaced_secret(declared.token_from):
        yield ("token_from",), *bad
    if declared.token_from and place and not place.tls:
        yield (
            ("token_from",),
            _("would be sent unencrypted"),
            _("Use an https: address, or leave the token out."),
        )
    remedy = _("Write the path of the authority's certificate (PEM).")
    if declared.ca_file and (bad := trouble(folder / declared.ca_file, remedy)):
        yield ("ca_file",), *bad


def _leave(place: Place, scope: Scope) -> Iterator[Refusal]:
    host = place.host
    if is_this_machine(host):
        return
    if not (is_service(host, scope.services) or is_listed(host, scope)):
        yield (
            ("url",),
            _("{host} is not in the scope", host=host),
            _("Add it to scope.services (public) or scope.networks, if the letter allows it."),
        )
    elif scope.authorisation is None or Method.PLATFORM_ACCESS not in scope.authorisation.methods:
        yield (
            ("url",),
            _("nothing allows a visit to {host}", host=host),
            _("Add platform_access to scope.authorisation.methods, if the signed letter says so."),
        )
