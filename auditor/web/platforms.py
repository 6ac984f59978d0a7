"""What a probe of services on the Internet is given, beyond single visits."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from auditor.model import Library, StoredVisit, Text
from auditor.probing import Web


class DocumentKind(StrEnum):
    """Ways to describe an interface that are understood."""

    OPENAPI = "openapi"
    ODATA = "odata"


@dataclass(frozen=True, slots=True)
class Described:
    """What a description of an interface is; without `kind` it is none, and `problem` says why.

    What is not `is_read` may be a good one that this tool cannot read.
    """

    kind: DocumentKind | None
    problem: str = ""
    is_read: bool = True


class Platforms(Web, Protocol):
    """Libraries, shared platforms and connections, with the files that the site names for them."""

    @property
    def libraries(self) -> tuple[Library, ...]:
        """The libraries that come with the tool, as the site changes them."""

    def stored_visits(self) -> tuple[tuple[StoredVisit, ...], tuple[Text, ...]]:
        """Return the visits of this measurement in a store, as far as they count; and remarks."""

    def rest(self, seconds: float) -> None:
        """Leave the servers alone between two rounds of visits."""

    def text_of(self, file: str) -> str:
        """Read a text file of the site; kept as evidence by its digest alone. Raises."""

    def described(self, body: bytes) -> Described:
        """Read a description of an interface: OpenAPI 3 (JSON or YAML) or OData $metadata."""

    def against_schema(self, schema_file: str, body: bytes) -> str:
        """Say what is wrong with an answer by a JSON schema of the site; "" is nothing. Raises."""
