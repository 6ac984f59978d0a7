"""What types cannot say about declared uses of artificial intelligence."""

from collections.abc import Iterator
from pathlib import Path

from auditor import url_rules
from auditor.language import _
from auditor.model import AiEndpoint, AiUse, Method, Profile, Scope, Site
from auditor.named_files import trouble
from auditor.scope_listing import is_listed, is_service, is_this_machine
from auditor.target_rules import misplaced_secret
from auditor.web.place import Place, place_of

Refusal = tuple[tuple[str | int, ...], str, str]


def refusals(site: Site, folder: Path, profile: Profile) -> Iterator[Refusal]:
    """Yield what is wrong with `ai_uses`; paths are from the site's root."""
    for index, use in enumerate(site.ai_uses):
        for path, problem, remedy in (
            *_use(use, folder, profile),
            *(_endpoint(use.endpoint, site.scope, folder) if use.endpoint else ()),
        ):
            yield ("ai_uses", index, *path), problem, remedy


def _use(use: AiUse, folder: Path, profile: Profile) -> Iterator[Refusal]:
    if not use.purpose.strip():
        yield ("purpose",), _("missing field"), _("Say what it is used for.")
    if use.users is not None and use.users < 0:
        yield (
            ("users",),
            _("{value} is out of range", value=use.users),
            _("Write how many people use it."),
        )
    remedy = _("Write a kind of document of the criteria, or the path of a file.")
    if (
        use.evidence
        and use.evidence not in profile.document_kinds
        and (bad := trouble(folder / use.evidence, remedy))
    ):
        yield ("evidence",), *bad


def _endpoint(endpoint: AiEndpoint, scope: Scope, folder: Path) -> Iterator[Refusal]:
    bad = url_rules.trouble(endpoint.url, "https://ai.trung-tam.vn/v1")
    place = None if bad else place_of(endpoint.url)
    if bad:
        yield ("endpoint", "url"), *bad
    elif place and place.query:
        yield (
            ("endpoint", "url"),
            _("may hold a secret"),
            _("Leave out everything from `?`; name the token in token_from."),
        )
    if place:
        yield from _leave(place, scope)
    if bad := misplaced_secret(endpoint.token_from):
        yield ("endpoint", "token_from"), *bad
    if endpoint.token_from and place and not place.tls:
        yield (
            ("endpoint", "token_from"),
            _("would be sent unencrypted"),
            _("Use an https: address, or leave the token out."),
        )
    remedy = _("Write the path of the authority's certificate (PEM).")
    if endpoint.ca_file and (bad := trouble(folder / endpoint.ca_file, remedy)):
        yield ("endpoint", "ca_file"), *bad


def _leave(place: Place, scope: Scope) -> Iterator[Refusal]:
    host = place.host
    if is_this_machine(host):
        return
    if not (is_service(host, scope.services) or is_listed(host, scope)):
        yield (
            ("endpoint", "url"),
            _("{host} is not in the scope", host=host),
            _("Add it to scope.services (public) or scope.networks, if the letter allows it."),
        )
    elif scope.authorisation is None or Method.PLATFORM_ACCESS not in scope.authorisation.methods:
        yield (
            ("endpoint", "url"),
            _("nothing allows a visit to {host}", host=host),
            _("Add platform_access to scope.authorisation.methods, if the signed letter says so."),
        )
