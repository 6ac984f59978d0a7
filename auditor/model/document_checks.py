"""What the content of documents is checked for, as data, and what was found of it in one."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from auditor.model.criteria import Reference
from auditor.model.vocabulary import Text, noun


@noun
class PlanItem:
    """One of the contents that an incident-response plan should have.

    `phrases` count wherever they stand, `headings` only in a heading. Without `basis` it is the
    tool's own list.
    """

    id: str
    number: int
    title: Text
    phrases: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    is_required: bool = False
    basis: Reference | None = None


@noun
class Term:
    """Something that a document may speak of, and the phrases by which it is known."""

    id: str
    title: Text
    phrases: tuple[str, ...]


@noun
class Frequency:
    """How often, in hours between two times, and the phrases that say so."""

    hours: int
    phrases: tuple[str, ...]


SPECIALISED_UNIT = "specialised_unit"


@noun
class LevelAuthority:
    """Who approves these levels, and the words by which a document names that body."""

    levels: tuple[int, ...]
    approver: str
    phrases: tuple[str, ...]
    basis: Reference


@noun
class Transition:
    """What a new law says of these kinds of documents where they are older than `before`.

    `until` is the last day that it gives them.
    """

    kinds: tuple[str, ...]
    before: date
    until: date
    remark: Text
    basis: Reference


@noun
class DocumentChecks:
    """All of profiles/document_checks.yaml; each list of texts is a list of phrases."""

    schema: str
    plan_kinds: tuple[str, ...]
    plan_items: tuple[PlanItem, ...]
    within_24h: tuple[str, ...]
    within_72h: tuple[str, ...]
    within_five_days: tuple[str, ...]
    deadline_context: tuple[str, ...]
    stale_terms: tuple[Term, ...]
    level_kinds: tuple[str, ...]
    vocabularies: Mapping[str, tuple[str, ...]]
    operating_unit: tuple[str, ...]
    delegation: tuple[str, ...]
    level_authorities: tuple[LevelAuthority, ...]
    level_transition: Transition
    backup_kinds: tuple[str, ...]
    backup_context: tuple[str, ...]
    backup_other: tuple[str, ...]
    backup_frequencies: tuple[Frequency, ...]
    backup_items: tuple[Term, ...]
    device_kinds: tuple[str, ...]
    device_columns: Mapping[str, tuple[str, ...]]
    speed_kinds: tuple[str, ...]
    speed_words: Mapping[str, tuple[str, ...]]
    valid_until: tuple[str, ...]
    valid_from: tuple[str, ...]
    negations: tuple[str, ...]
    abbreviations: Mapping[str, str] = field(default_factory=dict)
