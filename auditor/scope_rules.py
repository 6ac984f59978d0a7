"""What a scope must look like before it is compiled into a gate."""

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import NamedTuple

from auditor.addresses import address_of, covers, is_public, network_of
from auditor.language import _
from auditor.model import Authorisation, Scope, TimeWindow

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_SERVICE = re.compile(r"\.?[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Refusal(NamedTuple):
    """Something wrong in a scope. `field` is the path from the site's root."""

    field: tuple[str | int, ...]
    problem: str
    remedy: str


def refusals(scope: Scope) -> list[Refusal]:
    """Return everything that is wrong with a scope, in the language of the process."""
    return [
        *_bad_networks(scope),
        *_unowned(scope),
        *_bad_names(scope),
        *_bad_services("speed_servers", scope.speed_servers),
        *_bad_services("services", scope.services),
        *(
            refusal
            for index, window in enumerate(scope.windows)
            for refusal in _bad_window(("scope", "windows", index), window)
        ),
        *_bad_rate(scope),
        *(_bad_letter(scope.authorisation) if scope.authorisation else ()),
    ]


def _bad_networks(scope: Scope) -> Iterator[Refusal]:
    texts: list[tuple[tuple[str | int, ...], str]] = [
        *((("scope", "networks", i), text) for i, text in enumerate(scope.networks)),
        *((("scope", "exclusions", i), text) for i, text in enumerate(scope.exclusions)),
        *(
            (("scope", "ownership", i, "network"), proof.network)
            for i, proof in enumerate(scope.ownership)
        ),
    ]
    for field, text in texts:
        if network_of(text):
            continue
        try:
            meant = str(ip_network(text, strict=False))
        except ValueError:
            meant = "192.168.10.0/24"
        yield Refusal(
            field,
            _("{value} is no network in CIDR form", value=text),
            _("Write it like {example}.", example=meant),
        )


def _unowned(scope: Scope) -> Iterator[Refusal]:
    owned = [network for proof in scope.ownership if (network := network_of(proof.network))]
    for index, text in enumerate(scope.networks):
        network = network_of(text)
        if (
            network is not None
            and not network.is_multicast
            and is_public(network)
            and not any(covers(outer, network) for outer in owned)
        ):
            yield Refusal(
                ("scope", "networks", index),
                _("{value} is public, and nothing proves that the centre owns it", value=text),
                _("Name the proof under scope.ownership, or list only private networks."),
            )


def _bad_names(scope: Scope) -> Iterator[Refusal]:
    for index, name in enumerate(scope.names):
        field = ("scope", "names", index)
        if not name or name.endswith(".") or "*" in name or any(c.isspace() for c in name):
            yield Refusal(
                field,
                _("{value} is no exact host name", value=name),
                _("Write the full name without wildcard, blank or final dot."),
            )
        elif address_of(name):
            yield Refusal(
                field,
                _("{value} is an address, not a name", value=name),
                _("Move it to scope.networks."),
            )


def _bad_services(field: str, listed: tuple[str, ...]) -> Iterator[Refusal]:
    for index, name in enumerate(listed):
        if not _SERVICE.fullmatch(name) and not address_of(name):
            yield Refusal(
                ("scope", field, index),
                _("{value} is no exact host name", value=name),
                _("Write a full name, an address, or .DOMAIN with at least two parts."),
            )


def _bad_window(field: tuple[str | int, ...], window: TimeWindow) -> Iterator[Refusal]:
    for name, text in (("start", window.start), ("end", window.end)):
        if not _TIME.fullmatch(text) and (name, text) != ("end", "24:00"):
            yield Refusal(
                (*field, name),
                _("{value} is no time of the day", value=text),
                _('Write it in quotes as "HH:MM", for example "22:30".'),
            )
            return
    if window.start >= window.end:
        yield Refusal(
            (*field, "end"),
            _("the window ends at {end}, not after its start {start}", **_ends(window)),
            _('A window over midnight is two windows: one until "24:00", one from "00:00".'),
        )
    if not window.days:
        yield Refusal(
            (*field, "days"),
            _("the window has no day"),
            _("List the days, for example [sat, sun]."),
        )


def _ends(window: TimeWindow) -> dict[str, str]:
    return {"start": window.start, "end": window.end}


def _bad_rate(scope: Scope) -> Iterator[Refusal]:
    if scope.packets_per_second <= 0:
        yield Refusal(
            ("scope", "packets_per_second"),
            _("{value} packets per second is no rate", value=scope.packets_per_second),
            _("Write a whole number from 1."),
        )


def _bad_letter(letter: Authorisation) -> Iterator[Refusal]:
    if letter.expires_on < letter.issued_on:
        yield Refusal(
            ("scope", "authorisation", "expires_on"),
            _("the authorisation expires before it is issued"),
            _("Copy both dates from the letter."),
        )
    if letter.sha256 and not _SHA256.fullmatch(letter.sha256):
        yield Refusal(
            ("scope", "authorisation", "sha256"),
            _("{value} is no SHA-256 digest", value=letter.sha256),
            _("Write the 64 lower-case hexadecimal digits that `sha256sum` prints."),
        )
