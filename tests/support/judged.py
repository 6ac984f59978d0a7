"""What a probe is given of machines of the box, or of machines made of a few rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from collected import made
from host_facts import catalogue

from auditor.collection import Collection, parse
from auditor.detection.engine import detect
from auditor.detection.facts import Facts
from auditor.detection.wanted import wanted
from auditor.model import Site, Target
from auditor.model.measures import MeasureFinding
from auditor.model.product_findings import ProductFinding
from auditor.model.products import ProductCatalogue
from auditor.recognition import MachineFacts
from auditor.site import default

BOX = Path(__file__).parent.parent / "captures" / "box"
STORED = sorted({file.stem.partition("-")[2] for file in BOX.glob("root-*.txt")})
"""Machines of tests/lab/box whose collections are stored, as root and as an ordinary account."""


@dataclass(frozen=True)
class Judged:
    """`HostFacts` of a machine of which the rows are known, not what a collector printed."""

    collection: Collection
    findings: tuple[ProductFinding, ...]
    target: Target
    site: Site
    measures: tuple[MeasureFinding, ...] = ()


def stored(account: str, name: str) -> bytes:
    """Return what the collector printed on a machine of the box, as `root` or `kiemtra`."""
    return (BOX / f"{account}-{name}.txt").read_bytes()


def told(
    raw: bytes, *, roles: tuple[str, ...] = (), approved: tuple[str, ...] | None = None
) -> MachineFacts:
    """Return what a probe is given of a collection, judged by what was known when it was made."""
    collection = parse(raw)
    target = Target(name="may", url="facts:may.txt", roles=roles)
    site = replace(default().site, approved_remote_tools=approved)
    return MachineFacts(collection, as_asked(collection), target, site)


def as_asked(collection: Collection) -> ProductCatalogue:
    """Return the catalogue without the questions and products that came after a collection."""
    section = collection.sections.get("asked")
    paths = set(section.stdout.decode().splitlines()) if section else set()
    known = []
    for product in catalogue().products:
        asked = tuple(
            status
            for status in product.status
            if not status.key or f"status {status.key}" in collection.sections
        )
        then = replace(product, status=asked)
        _questions, named = wanted(replace(catalogue(), products=(then,)), collection.platform)
        if set(named) <= paths:
            known.append(then)
    return replace(catalogue(), products=tuple(known))


def judged(
    seen: Facts,
    known: ProductCatalogue | None = None,
    *,
    roles: tuple[str, ...] = (),
    sections: Mapping[str, bytes] = MappingProxyType({}),
) -> Judged:
    """Return what a probe is given of a machine made of rows; it printed some sections beside."""
    clock = f"{int(seen.now.timestamp())} +0000".encode()
    header = b"platform=%s\nuid=%d\nclock_start=%s\n"
    uid = 0 if seen.is_root else 1500
    collection = made({"header": header % (seen.platform.encode(), uid, clock), **sections})
    findings = detect(known or catalogue(), seen)
    target = Target(name="may", url="local:", roles=roles)
    return Judged(collection, findings, target, default().site)
