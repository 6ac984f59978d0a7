"""What types cannot say about the services on the Internet that a site names."""

from collections.abc import Iterator
from pathlib import Path

from auditor import libraries, url_rules
from auditor.language import _
from auditor.model import Site
from auditor.named_files import trouble
from auditor.target_rules import misplaced_secret
from auditor.yamlfile import FieldPath

_MOST_ATTEMPTS, _LONGEST_PAUSE_S = 10, 300

Refusal = tuple[FieldPath, str, str]


def refusals(site: Site, folder: Path) -> Iterator[Refusal]:
    """Yield what is wrong with the `online` section; paths are from the site's root."""
    wanted = site.online
    known = [library.id for library in libraries.load().libraries]
    for index, change in enumerate(wanted.libraries):
        path = ("online", "libraries", index)
        if change.id not in known:
            yield (
                (*path, "id"),
                _("unknown library {name}", name=change.id),
                _("Use one of: {words}.", words=", ".join(known)),
            )
        yield from _address((*path, "url"), change.url, may_be_empty=True)
        yield from _file((*path, "ca_file"), folder, change.ca_file)
    for index, platform in enumerate(wanted.platforms):
        path = ("online", "platforms", index)
        yield from _address((*path, "url"), platform.url)
        yield from _file((*path, "ca_file"), folder, platform.ca_file)
        yield from _file((*path, "usage_file"), folder, platform.usage_file)
    for index, endpoint in enumerate(wanted.api_endpoints):
        path = ("online", "api_endpoints", index)
        yield from _address((*path, "url"), endpoint.url)
        yield from _address((*path, "doc_url"), endpoint.doc_url, may_be_empty=True)
        for field in ("ca_file", "schema_file", "sync_log"):
            yield from _file((*path, field), folder, getattr(endpoint, field))
        yield from _token(path, endpoint.url, endpoint.token_from)
    for name, value, least, most in (
        ("attempts", wanted.attempts, 1, _MOST_ATTEMPTS),
        ("pause_s", wanted.pause_s, 0, _LONGEST_PAUSE_S),
    ):
        if not least <= value <= most:
            yield (
                ("online", name),
                _("{value} is out of range", value=value),
                _("Write a number from {least} to {most}.", least=least, most=most),
            )


def _address(path: FieldPath, url: str, *, may_be_empty: bool = False) -> Iterator[Refusal]:
    if not url and may_be_empty:
        return
    if bad := url_rules.trouble(url, "https://nen-tang.example.vn/"):
        yield path, *bad


def _file(path: FieldPath, folder: Path, name: str) -> Iterator[Refusal]:
    if name and (bad := trouble(folder / name, _("Put the file there, or remove the field."))):
        yield path, *bad


def _token(path: FieldPath, url: str, reference: str) -> Iterator[Refusal]:
    if not reference:
        return
    if bad := misplaced_secret(reference):
        yield (*path, "token_from"), *bad
    if url.lower().startswith("http:"):
        yield (
            (*path, "url"),
            _("a token would be sent unencrypted"),
            _("Write an https: address."),
        )
