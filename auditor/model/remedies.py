"""What closes a gap, how much work that is, and whose it is."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from auditor.model.vocabulary import Text, noun


class StepKind(StrEnum):
    """What kind of act closes an open check."""

    DOCUMENT = "document"
    DECLARATION = "declaration"
    MEASUREMENT = "measurement"
    CHANGE = "change"


@noun
class Effort:
    """A size of work, as the profile's author estimates it. `rank` is relative: 4 is twice 2."""

    rank: int
    words: Text


@noun
class Remedy:
    """How checks of one kind are closed. `effort` names one of the profile's.

    `efforts` names others for kinds of documents that take longer to have.

    `do` and `command` may hold `{id}` (kind of document, check or target); `do` also `{name}` and
    `{reason}`.
    """

    effort: str
    do: Text
    command: str = ""
    efforts: Mapping[str, str] = field(default_factory=dict)


@noun
class Responsible:
    """Who closes what. `subjects` are kinds of documents, targets, indicators, groups or acts.

    Acts are `document`, `declaration`, `measurement` and `change`. The more precise one wins, in
    this order.
    """

    by: str
    subjects: tuple[str, ...]
    position: str = ""
