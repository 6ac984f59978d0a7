"""The chosen list of ports: shipped data. Refuses an entry that could harm or is unknown."""

from functools import cache
from importlib import resources

from auditor import yamlfile
from auditor.errors import BadInput
from auditor.lan.conversations import DATAGRAMS, STREAMS
from auditor.language import _
from auditor.model.ports import Port, PortList
from auditor.yamlfile import Document

FILE = "ports.yaml"
NEVER_SENT_TO = frozenset({515, 5025, *range(9100, 9108)})
"""Raw printing, line printer daemon, SCPI: whatever arrives there is printed or obeyed."""


@cache
def load() -> PortList:
    """Load the list that comes with the tool. Raises `BadInput` with every reason found."""
    content = resources.files("auditor.profiles").joinpath(FILE).read_bytes()
    return from_document(yamlfile.parse(content, FILE))


def from_document(document: Document) -> PortList:
    """Validate a list of ports. Raises `BadInput` with every reason found."""
    ports = yamlfile.build(document, PortList)
    problems = [
        document.problem((kind, index), problem, _("Correct the entry."))
        for kind, entries, known in (
            ("tcp", ports.tcp, STREAMS.keys()),
            ("udp", ports.udp, DATAGRAMS.keys()),
        )
        for index, entry in enumerate(entries)
        if (problem := _problem(entry, frozenset(known)))
    ]
    if problems:
        raise BadInput(*problems)
    return ports


def _problem(entry: Port, known: frozenset[str]) -> str:
    unknown = {*entry.ask, *entry.also} - known
    if not 0 < entry.port < 1 << 16:
        return _("{port} is no port", port=entry.port)
    if unknown:
        return _("no conversation is called {words}", words=", ".join(sorted(unknown)))
    if entry.port in NEVER_SENT_TO and (entry.ask or entry.also):
        return _("nothing may be sent to port {port}: it prints or obeys", port=entry.port)
    return ""
