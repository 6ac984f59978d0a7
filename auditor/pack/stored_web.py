"""Visits to web addresses over what was kept of them."""

from collections.abc import Mapping
from typing import Any

from auditor import libraries
from auditor.model import Library
from auditor.pack.kept import NotKept, Stored, object_of
from auditor.web.place import shown
from auditor.web.visit import KEPT, Call, Hop, PageSigns, TlsSeen, Trouble, Visit


class StoredWeb(Stored):
    """`Platforms` of which only the signs of pages are asked for; no body was kept."""

    @property
    def libraries(self) -> tuple[Library, ...]:
        """The libraries that come with this version, as the site changes them."""
        return libraries.of_site(self.site.online)

    def visit(self, call: Call) -> Visit:
        """Return the next visit to this address as it was kept."""
        if not call.signs_only:
            raise NotKept(call.url)
        address = shown(call.url)
        for request, contents in self.kept.items():
            if contents and request.startswith(f"{KEPT}{address} "):
                return _visit(call, object_of(contents.pop(0)))
        raise NotKept(address)

    def rest(self, _seconds: float) -> None:
        """Lose no time."""


def _visit(call: Call, kept: Mapping[str, Any]) -> Visit:
    if "signs" not in kept:  # by a version that kept less
        raise NotKept(call.url)
    return Visit(
        call=call,
        started_at=kept["started_at"],
        hops=tuple(_hop(hop) for hop in kept["hops"]),
        trouble=_trouble(kept["trouble"]),
        detail=kept["detail"],
        signs=PageSigns(**kept["signs"]),
    )


def _hop(kept: Mapping[str, Any]) -> Hop:
    tls = kept["tls"]
    seen = TlsSeen(**{**tls, "problem": _trouble(tls["problem"])}) if tls else None
    return Hop(**{**kept, "tls": seen})


def _trouble(word: str | None) -> Trouble | None:
    return Trouble(word) if word else None
