"""What the rows of one device say together, in the form that the rules of classes read."""

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.lan.survey import Agent
from auditor.model import Row


@dataclass(frozen=True, slots=True)
class Clues:
    """Everything known about one device; words are lower case where they are compared."""

    hosts: tuple[Row, ...]
    services: tuple[Row, ...]
    agents: tuple[Agent, ...]
    vendors: tuple[str, ...]
    is_gateway: bool = False

    @property
    def protocols(self) -> frozenset[str]:
        """What its services proved to speak."""
        return frozenset(str(row["protocol"]) for row in self.services if row["protocol"])

    @property
    def ports(self) -> frozenset[int]:
        """Its open TCP ports."""
        return frozenset(
            row["port"]
            for row in self.services
            if row["transport"] == "tcp" and isinstance(row["port"], int)
        )

    @property
    def remarks(self) -> frozenset[str]:
        """Remarks about any of its services."""
        return frozenset(words(self.services, "remarks"))

    @property
    def offered(self) -> frozenset[str]:
        """Kinds of services that it announces by DNS-SD, such as "_ipp._tcp"."""
        told = [str(row["title"] or "").split() for row in self.services if _is_mdns(row)]
        heard = [word.removeprefix("mdns:") for word in words(self.hosts, "announced")]
        return frozenset(
            word.removesuffix(".").removesuffix(".local")
            for word in (*(w for group in told for w in group), *heard)
            if word.startswith("_")
        )

    @property
    def wording(self) -> str:
        """Products and titles that it shows, and what it announces: claims of its own."""
        shown = [str(row[key] or "") for row in self.services for key in ("product", "title")]
        told = [agent.description for agent in self.agents]
        return "\n".join((*shown, *told, *words(self.hosts, "announced")))


def _is_mdns(row: Row) -> bool:
    return row["protocol"] == "mdns"


def words(rows: Iterable[Row], column: str) -> list[str]:
    """Return all words of a column of tuples, in order."""
    found: list[str] = []
    for row in rows:
        value = row[column]
        if isinstance(value, tuple):
            found += value
    return found
