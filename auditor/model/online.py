"""Services on the Internet that the indicators ask about: libraries, platforms, connections."""

from enum import StrEnum

from auditor.model.vocabulary import Confidence, noun


class IpRight(StrEnum):
    """Rights that a digital library of industrial property is about."""

    PATENT = "patent"
    DESIGN = "design"
    TRADEMARK = "trademark"


@noun
class Library:
    """A digital library of industrial property. `confidence` is how well its address is known.

    Without `rights` it is shown and counts for none.
    """

    id: str
    name: str
    url: str
    is_domestic: bool
    confidence: Confidence
    rights: tuple[IpRight, ...] = ()
    ca_file: str = ""


@noun
class LibraryList:
    """The libraries that come with the tool."""

    schema: str
    libraries: tuple[Library, ...] = ()


@noun
class LibraryChange:
    """Another address of a shipped library, by its id, or an authority that signed its certificate.

    `ca_file` is relative to the site file.
    """

    id: str
    url: str = ""
    ca_file: str = ""


@noun
class SharedPlatform:
    """A shared digital platform that the centre uses (nền tảng số dùng chung).

    `usage_file` is an export (CSV, UTF-8, one heading line); only its lines are counted.
    """

    name: str
    url: str
    ca_file: str = ""
    usage_file: str = ""


@noun
class ApiEndpoint:
    """Where data go to, or come from, the national platform: one address to read, by GET.

    `doc_url` describes it (OpenAPI 3 or OData $metadata). `token_from` says where the access token
    is, "env:NAME" or "keyring:SERVICE/USER"; it is sent as `Authorization: Bearer` inside TLS to
    that server only. `schema_file` (JSON Schema) is what the answer must follow; `sync_log` is a
    text file whose newest line without an error counts as the last synchronisation.
    """

    name: str
    url: str
    doc_url: str = ""
    token_from: str = ""
    ca_file: str = ""
    schema_file: str = ""
    sync_log: str = ""


@noun
class OnlineServices:
    """Which services on the Internet are visited, beside the libraries that the tool knows.

    Each host must also stand in `scope.services` (or in the scope's names and networks) and the
    letter allow `platform_access`. What does not answer is tried `attempts` times with `pause_s`
    between rounds; fewer than three tries prove nothing.
    """

    libraries: tuple[LibraryChange, ...] = ()
    platforms: tuple[SharedPlatform, ...] = ()
    api_endpoints: tuple[ApiEndpoint, ...] = ()
    attempts: int = 3
    pause_s: float = 20.0
