"""What one document says, as plain values: each with its page and the words that it rests on."""

from dataclasses import field
from datetime import date

from auditor.documents.text import ReadingFault
from auditor.model import Text, noun


@noun
class Quote:
    """Where something stands: the field it is for, its page (0: unknown) and at most 200 letters.

    `confidence` is 1 for words that were found, else how sure the recognition of form is.
    """

    field: str
    page: int
    text: str
    confidence: float = 1.0


@noun
class Item:
    """One thing that is looked for: found or not, and whether anything stands below its heading.

    `was_found` is None where the document was not read as a whole.
    """

    id: str
    title: Text
    was_found: bool | None
    is_required: bool = False
    is_bare: bool = False


@noun
class Difference:
    """A field of the site file that the document contradicts."""

    field: str
    declared: str
    read: str


@noun
class ListedRow:
    """A device as a table of the document lists it; an address may be a range, `first-last`."""

    page: int
    name: str
    addresses: tuple[str, ...]
    macs: tuple[str, ...]
    serial: str


@noun
class ListedNetwork:
    """A network that a table of the document names, with the words of its row."""

    page: int
    network: str
    words: str


@noun
class Said:
    """Everything that was found in one document; `None` and empty are "not found", never "no".

    `kind` is the site file's, or the recognised one. `is_complete`: all pages were read as
    characters, so that what is missing here is missing in the document's words. `items` are those
    of an incident plan; `within` are its reporting deadlines (24h, 72h, five_days).
    """

    sha256: str
    kind: str
    recognised_kinds: tuple[str, ...] = ()
    is_read: bool
    is_complete: bool
    pages: int
    faults: tuple[ReadingFault, ...] = ()
    document_type: str = ""
    number: str = ""
    issued_on: str = ""
    issuer: str = ""
    signer: str = ""
    is_draft: bool = False
    items: tuple[Item, ...] = ()
    within: tuple[str, ...] = ()
    stale_terms: tuple[Item, ...] = ()
    systems: tuple[str, ...] = ()
    level: int | None = None
    vocabulary: tuple[str, ...] = ()
    transition: Text | None = None
    operating_unit: str = ""
    operating_unit_matches: bool | None = None
    signer_matches_level: bool | None = None
    backup_every_h: int | None = None
    backup_items: tuple[Item, ...] = ()
    speed_down_mbps: float | None = None
    speed_up_mbps: float | None = None
    speed_international_mbps: float | None = None
    valid_until: date | None = None
    devices: tuple[ListedRow, ...] = ()
    networks: tuple[ListedNetwork, ...] = ()
    differences: tuple[Difference, ...] = ()
    quotes: tuple[Quote, ...] = field(default_factory=tuple)
