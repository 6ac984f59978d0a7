"""What a machine announces of itself (DNS-SD over mDNS), asked of that machine alone.

A question by unicast to port 5353 (RFC 6762, 5.5) is answered by unicast: nobody else is asked, and
what the records point to is never visited.
"""

import re

import dns.exception
import dns.message
import dns.name
import dns.rdatatype
from dns.rdtypes.ANY.PTR import PTR
from dns.rdtypes.IN.SRV import SRV
from dns.rdtypes.txtbase import TXTBase

from auditor.lan.talk import NOTHING, Ask, Peer, Said, Talk, clean

_MOST_OFFERED = 16
_LONGEST_NAME = 254
_LABEL_END = re.compile(r"(?<!\\)\.")
_ALL = "_services._dns-sd._udp.local."
_MOST_TYPES = 24
_UUIDS = ("uuid", "id", "deviceid")
_MODELS = ("ty", "model", "md", "product")


def mdns(_peer: Peer) -> Talk:
    """Ask for the kinds of services, then for the services of each kind."""
    first = _read((yield Ask(_question(_ALL, "PTR"))))
    if first is None:
        return NOTHING
    kinds = sorted({value for _name, kind, value in _records(first) if kind == "PTR"})
    kinds = [kind for kind in kinds if kind.startswith("_")][:_MOST_TYPES]
    if not kinds:
        return Said("mdns")
    told: list[tuple[str, str, str]] = []
    for kind in kinds:
        answer = _read((yield Ask(_question(kind, "PTR"), within_s=1.0)))
        told += _records(answer) if answer is not None else []
    offered = dict.fromkeys(value for _name, kind, value in told if kind == "PTR")
    known = {name for name, kind, _value in told if kind == "TXT"}
    for instance in [name for name in offered if name not in known][:_MOST_OFFERED]:
        answer = _read((yield Ask(_question(instance, "ANY"), within_s=1.0)))
        told += _records(answer) if answer is not None else []
    return said_of(kinds, told)


def _question(name: str, kind: str) -> bytes:
    """Build a question; a name that no question can carry is asked as the root, which has none."""
    labels = _LABEL_END.split(name.rstrip("."))
    encoded = [label.replace("\\.", ".").encode()[:63] for label in labels if label]
    if sum(len(label) + 1 for label in encoded) > _LONGEST_NAME:
        encoded = []
    asked = dns.name.Name((*encoded, b""))
    return dns.message.make_query(asked, kind, flags=0, id=0x6175).to_wire()


def _read(heard: bytes) -> dns.message.Message | None:
    try:
        return dns.message.from_wire(heard, ignore_trailing=True, one_rr_per_rrset=True)
    except (dns.exception.DNSException, ValueError):
        return None


def _records(message: dns.message.Message) -> list[tuple[str, str, str]]:
    """Return name, type and value of each record; a TXT record gives one line for each pair."""
    found = []
    for rrset in (*message.answer, *message.additional)[:400]:
        for record in rrset:
            kind = dns.rdatatype.to_text(record.rdtype)
            if isinstance(record, TXTBase):
                found += [(_text(rrset.name), kind, clean(text)) for text in record.strings]
            elif isinstance(record, PTR | SRV):
                found.append((_text(rrset.name), kind, _text(record.target)))
    return found


def _text(name: dns.name.Name) -> str:
    """Write a name as text; dots inside a label are escaped (RFC 6763, 4.3)."""
    labels = (clean(label, 63).replace(".", "\\.") for label in name.labels if label)
    return ".".join(labels) + "."


def said_of(kinds: list[str], told: list[tuple[str, str, str]]) -> Said:
    """Put records together: the machine's names, its UUIDs, its model, and what it offers."""
    pairs = [text.partition("=")[::2] for _name, kind, text in told if kind == "TXT"]
    values = {key.lower(): value for key, value in reversed(pairs) if value}
    uuids = [value.lower() for key, value in pairs if key.lower() in _UUIDS and len(value) >= 12]  # noqa: PLR2004 - a MAC at least
    hosts = [value.rstrip(".").lower() for _name, kind, value in told if kind == "SRV"]
    model = next((values[key] for key in _MODELS if key in values), "")
    return Said(
        "mdns",
        product=clean(model),
        title=clean(" ".join(kind.removesuffix(".local.") for kind in kinds), 400),
        names=tuple(dict.fromkeys(hosts)),
        identities=tuple(dict.fromkeys(f"uuid:{uuid}" for uuid in uuids)),
    )
