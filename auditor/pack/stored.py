"""Evidence answers in place of what was measured: the accesses of probes, over kept bytes alone.

Each gives what was kept and nothing else. What was never kept ends the reading with `NotKept`, and
the observation counts as not read again.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from auditor.canonical import dumps
from auditor.documents.said import Said
from auditor.documents.signed import SignedFile
from auditor.errors import CannotMeasure
from auditor.model import Document, Failure, Method, Observation, Site, Target
from auditor.probing import Exchange, FileFacts

_SAID: TypeAdapter[Said] = TypeAdapter(Said)
_SIGNED: TypeAdapter[SignedFile] = TypeAdapter(SignedFile)
_FACTS: TypeAdapter[FileFacts] = TypeAdapter(FileFacts)
_SAYS, _DIGESTS, _SIGNS = "said ", "digest ", "signatures "
Content = TypeVar("Content")


class NotKept(Exception):
    """A probe asked for something that evidence does not hold."""


class _Stored:
    """What every access has; whatever else a probe asks of it was not kept."""

    def __init__(self, site: Site, kept: Iterable[tuple[str, bytes]]) -> None:
        """Take the captures of one observation: the request and the bytes, in order."""
        self.site = site
        self._kept: dict[str, list[bytes]] = {}
        for request, content in kept:
            self._kept.setdefault(request, []).append(content)

    def __getattr__(self, name: str) -> NoReturn:
        """Raise `NotKept`."""
        raise NotKept(name)


class StoredPapers(_Stored):
    """`Papers` over the findings that were kept of each file; no file is opened."""

    def __init__(self, site: Site, kept: Iterable[tuple[str, bytes]], at: datetime) -> None:
        """Take the moment of the measurement besides."""
        super().__init__(site, kept)
        self.today: date = at.astimezone(ZoneInfo(site.timezone)).date()

    def digest(self, file: str) -> FileFacts:
        """Return what was kept of a file, or the failure that was."""
        found = _object(self._only(f"{_DIGESTS}{file}"))
        if "failure" in found:
            raise CannotMeasure(Failure(found["failure"]), file)
        return _FACTS.validate_json(dumps({k: v for k, v in found.items() if k != "file"}))

    def found(self) -> tuple[str, ...]:
        """Return the files that were read without being named by the site file."""
        named = {document.file for document in self.site.documents}
        files = (name.removeprefix(_SAYS) for name in self._kept if name.startswith(_SAYS))
        return tuple(file for file in files if file not in named)

    def said(self, document: Document) -> Said:
        """Return what was kept of a document's words. A document without any was not read."""
        for content in self._kept.get(f"{_SAYS}{document.file}", ()):
            said = _SAID.validate_json(content)
            if document.kind in {"", said.kind}:
                return said
        raise CannotMeasure(Failure.TOOL_MISSING, document.file)

    def signatures(self, file: str) -> SignedFile:
        """Return what was kept of a document's signatures. One without any was not read."""
        kept = self._kept.get(f"{_SIGNS}{file}")
        if not kept:
            raise CannotMeasure(Failure.TOOL_MISSING, file)
        return _SIGNED.validate_json(dumps(_object(kept[0]).get("found")))

    def _only(self, request: str) -> bytes:
        if request not in self._kept:
            raise NotKept(request)
        return self._kept[request][0]


class StoredNetwork(_Stored):
    """The datagrams of a `Network`; nothing else that the network said is kept byte for byte."""

    def exchange_datagram(
        self, host: str, port: int, _method: Method, _payload: bytes, *, timeout_s: float
    ) -> Exchange:
        """Return the next exchange with this place as it was kept."""
        del timeout_s
        kept = self._kept.get(f"datagram {host} {port}")
        if not kept:
            raise CannotMeasure(Failure.TIMEOUT, f"{host} {port}")
        found = _object(kept.pop(0))
        return Exchange(
            sent=bytes.fromhex(found["sent_hex"]),
            answer=bytes.fromhex(found["answer_hex"]),
            sent_at=float(found["sent_at"]),
            received_at=float(found["received_at"]),
        )


class StoredRun(_Stored):
    """`RunSoFar`: the sealed observations that measured, for probes that derive from them."""

    def __init__(
        self, site: Site, targets: tuple[Target, ...], seen: tuple[Observation, ...]
    ) -> None:
        """Take what the run had measured before anything was derived."""
        super().__init__(site, ())
        self.targets = targets
        self.seen = seen


def _object(content: bytes) -> dict[str, Any]:
    found = json.loads(content)
    if not isinstance(found, dict):
        raise TypeError
    return found
