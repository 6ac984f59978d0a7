"""What types cannot say about how the Internet line is measured."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from auditor.language import _
from auditor.model import SERVICES, Internet, Method, Scope, Site, SpeedBackend, SpeedServer
from auditor.named_files import trouble
from auditor.scope_listing import is_listed, is_service, is_this_machine

Refusal = tuple[tuple[str | int, ...], str, str]

_COUNTRY = re.compile(r"[A-Z]{2}")
_MOST_CONNECTIONS = 32
_SHORTEST_WINDOW_S, _LONGEST_WINDOW_S = 2.0, 60.0
_LONGEST_WARMUP_S = 10.0
_LEAST_BYTES = 1_000_000


def refusals(site: Site, folder: Path) -> Iterator[Refusal]:
    """Yield what is wrong with the `internet` section; paths are from the site's root."""
    wanted = site.internet
    if wanted is None:
        return
    for path, problem, remedy in (*_figures(wanted), *_servers(wanted)):
        yield ("internet", *path), problem, remedy
    agreed = {consent.backend for consent in wanted.consents}
    for index, server in enumerate(wanted.servers):
        for field, problem, remedy in (
            *_server(server, folder),
            *_leave(server, site.scope),
            *_consent(server, agreed),
        ):
            yield ("internet", "servers", index, field), problem, remedy


def _figures(wanted: Internet) -> Iterator[Refusal]:
    limits = (
        ("samples", wanted.samples, 0, 1000),
        ("connections", wanted.connections, 1, _MOST_CONNECTIONS),
        ("warmup_s", wanted.warmup_s, 0, _LONGEST_WARMUP_S),
        ("window_s", wanted.window_s, _SHORTEST_WINDOW_S, _LONGEST_WINDOW_S),
        ("pause_s", wanted.pause_s, 0, 3600),
        ("max_bytes", wanted.max_bytes, _LEAST_BYTES, 10**13),
    )
    for name, value, least, most in limits:
        if not least <= value <= most:
            yield (
                (name,),
                _("{value} is out of range", value=value),
                _("Write a number from {least} to {most}.", least=least, most=most),
            )
    if not wanted.ip_versions or not {4, 6}.issuperset(wanted.ip_versions):
        yield ("ip_versions",), _("unknown IP version"), _("Write [4], [6] or [4, 6].")
    if wanted.samples == 0 and not wanted.series:
        yield (
            ("samples",),
            _("nothing to measure and no series to read"),
            _("Write a number from 1, or name the folder of a series."),
        )


def _servers(wanted: Internet) -> Iterator[Refusal]:
    if not wanted.servers:
        yield (
            ("servers",),
            _("names no server"),
            _("Name a server that the centre may use; `audit serve-speed` makes one."),
        )


def _server(server: SpeedServer, folder: Path) -> Iterator[tuple[str, str, str]]:
    if not server.url and server.backend not in SERVICES:
        yield "url", _("missing field"), _("Write the URL of the server.")
    if server.url and not server.host:
        yield (
            "url",
            _("no usable address of a server"),
            _("Write it like {example}.", example="https://do-toc-do.example.vn/"),
        )
    if _has_password(server.url):
        yield (
            "url",
            _("holds a password"),
            _("Remove it and change that password: a site file is no place for secrets."),
        )
    if server.country and not _COUNTRY.fullmatch(server.country):
        yield "country", _("no country code"), _("Write two capital letters, such as VN.")
    remedy = _("Write the path of the authority's certificate (PEM).")
    if server.ca_file and (bad := trouble(folder / server.ca_file, remedy)):
        yield "ca_file", *bad


def _leave(server: SpeedServer, scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Refuse before the run what the gate would refuse in it, hours and dates apart."""
    host = server.host or SERVICES.get(server.backend, ("",))[0]
    if not host or is_this_machine(host):
        return
    if not (is_service(host, scope.speed_servers) or is_listed(host, scope)):
        yield (
            "url",
            _("{host} is not in the scope", host=host),
            _("Add it to scope.speed_servers (public) or scope.networks, if the letter allows it."),
        )
    elif scope.authorisation is None or Method.SPEED_TEST not in scope.authorisation.methods:
        yield (
            "url",
            _("nothing allows a speed test against {host}", host=host),
            _("Add speed_test to scope.authorisation.methods, if the signed letter says so."),
        )
    if server.url and not server.allowed_by and not server.is_public:
        yield (
            "allowed_by",
            _("missing field"),
            _("Say who let the centre use this server: test servers are not for everybody."),
        )


def _consent(server: SpeedServer, agreed: set[SpeedBackend]) -> Iterator[tuple[str, str, str]]:
    if server.is_public and server.backend not in agreed:
        yield (
            "backend",
            _("nobody consented to the terms of {name}", name=server.backend),
            _(
                "Read them with `audit measure internet`, then add to internet.consents: backend,"
                " by, position, on."
            ),
        )


def _has_password(url: str) -> bool:
    try:
        return bool(urlsplit(url).password)
    except ValueError:
        return False
