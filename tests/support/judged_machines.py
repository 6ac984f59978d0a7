"""A machine of a few rows, judged by the shipped catalogue, as a probe is given it."""

from dataclasses import dataclass, field

from collected import made
from host_facts import catalogue

from auditor.collection import Collection
from auditor.detection.engine import detect
from auditor.detection.facts import Facts
from auditor.model import Site, Target
from auditor.model.product_findings import ProductFinding
from auditor.site import default


@dataclass(frozen=True)
class JudgedMachine:
    """`HostFacts` whose findings rest on rows instead of a collection."""

    facts: Facts
    roles: tuple[str, ...] = ()
    collection: Collection = field(default_factory=lambda: made({}))

    @property
    def findings(self) -> tuple[ProductFinding, ...]:
        """Every product of the shipped catalogue."""
        return detect(catalogue(), self.facts)

    @property
    def target(self) -> Target:
        """The machine as the site names it."""
        return Target(name="may", url="local:", roles=self.roles)

    @property
    def site(self) -> Site:
        """A site without anything of its own."""
        return default().site
