"""The chosen list of ports: shipped data. Refuses an entry that could harm or is unknown."""

from collections.abc import Iterator
from functools import cache

from auditor import shipped
from auditor.lan.conversations import DATAGRAMS, STREAMS
from auditor.language import _
from auditor.model.ports import Port, PortList
from auditor.shipped import Refusal
from auditor.yamlfile import Document

FILE = "ports.yaml"
NEVER_SENT_TO = frozenset({515, 5025, *range(9100, 9108)})
"""Raw printing, line printer daemon, SCPI: whatever arrives there is printed or obeyed."""


@cache
def load() -> PortList:
    """Load the list that comes with the tool. Raises `BadInput` with every reason found."""
    return from_document(shipped.document(FILE))


def from_document(document: Document) -> PortList:
    """Validate a list of ports. Raises `BadInput` with every reason found."""
    return shipped.checked(document, PortList, _refusals)


def _refusals(ports: PortList) -> Iterator[Refusal]:
    for kind, entries, known in (
        ("tcp", ports.tcp, STREAMS.keys()),
        ("udp", ports.udp, DATAGRAMS.keys()),
    ):
        for index, entry in enumerate(entries):
            if problem := _problem(entry, frozenset(known)):
                yield (kind, index), problem, _("Correct the entry.")


def _problem(entry: Port, known: frozenset[str]) -> str:
    unknown = {*entry.ask, *entry.also} - known
    if not 0 < entry.port < 1 << 16:
        return _("{port} is no port", port=entry.port)
    if unknown:
        return _("no conversation is called {words}", words=", ".join(sorted(unknown)))
    if entry.port in NEVER_SENT_TO and (entry.ask or entry.also):
        return _("nothing may be sent to port {port}: it prints or obeys", port=entry.port)
    return ""
