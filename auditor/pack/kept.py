"""What a probe gets of the evidence of one observation, and what it does not."""

import json
from collections.abc import Iterable
from typing import Any, NoReturn

from auditor.model import Site


class NotKept(Exception):
    """A probe asked for something that evidence does not hold."""


class Stored:
    """What every access has; whatever else a probe asks of it was not kept."""

    def __init__(self, site: Site, kept: Iterable[tuple[str, bytes]]) -> None:
        """Take the captures of one observation: the request and the bytes, in order."""
        self.site = site
        self.kept: dict[str, list[bytes]] = {}
        for request, content in kept:
            self.kept.setdefault(request, []).append(content)

    def __getattr__(self, name: str) -> NoReturn:
        """Raise `NotKept`."""
        raise NotKept(name)

    def only(self, request: str) -> bytes:
        """Return the first capture of a request. Raises `NotKept`."""
        if request not in self.kept:
            raise NotKept(request)
        return self.kept[request][0]


def object_of(content: bytes) -> dict[str, Any]:
    """Return a JSON object. Raises `TypeError` and `ValueError`."""
    found = json.loads(content)
    if not isinstance(found, dict):
        raise TypeError
    return found
