"""What is asked: a province's criteria as data."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from auditor.model.remedies import Effort, Remedy, StepKind
from auditor.model.vocabulary import (
    NO_TEXT,
    Basis,
    Confidence,
    Empty,
    Operator,
    Partial,
    Scalar,
    Source,
    Text,
    noun,
)


@noun
class Parameter:
    """A named threshold. `citation` and `confidence` say how sure its source is."""

    default: Scalar | tuple[Scalar, ...]
    meaning: Text
    source: Source
    unit: Text = NO_TEXT
    citation: str = ""
    confidence: Confidence | None = None


@noun
class Reference:
    """A text that supports an indicator; `kind: law` needs a wording that was read."""

    citation: str
    kind: Source
    confidence: Confidence


@noun
class Read:
    """Which observations a check looks at.

    `where` is CEL over one `row` (and `system`); `roles` narrows the targets.
    """

    probe: str
    params: Mapping[str, Scalar] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    where: str = ""
    partial: Partial = Partial.REFUSE
    empty: Empty = Empty.UNDETERMINED


@noun
class Check:
    """One question with one answer.

    `value` is CEL over the variables that `reads` names (each a list of rows) and `system`, the
    information system being judged. `expect` holds exactly one operator and the parameter's name.
    `unknown` says what is missing when nothing can be concluded. `due` names the parameter with
    the last day (YYYY-MM-DD) that a plan gives: until it is over in Vietnam, what is not met yet
    is undetermined. `sampled` names the read whose rows are samples (columns `series` and
    `time_slot`): the reason then says on how many of them, in how many slots, the answer rests.
    """

    id: str
    title: Text
    basis: Basis
    reads: Mapping[str, Read]
    value: str
    expect: Mapping[Operator, str]
    unknown: Text | None = None
    optional: bool = False
    due: str = ""
    sampled: str = ""


@noun
class DocumentNeed:
    """A kind of document that an indicator rests on, judged by a check of the same id.

    `due` is that of the check.
    """

    kind: str
    optional: bool = False
    due: str = ""


class Per(StrEnum):
    """What an indicator is judged for: the centre, or each information system (lowest wins)."""

    CENTRE = "centre"
    INFORMATION_SYSTEM = "information_system"


@noun
class Indicator:
    """One line of the decision.

    `requires` is a conjunction of clauses; each clause lists check ids of which one is enough.
    Checks outside it support the reader and never decide. `effort` names what a change costs here,
    where it is not what `remedies` says of changes.
    """

    id: str
    name: Text
    footnote: Text | None = None
    optional: bool = False
    part_of: str = ""
    per: Per = Per.CENTRE
    threshold: Text | None = None
    machine: tuple[Text, ...] = ()
    declared: tuple[str, ...] = ()
    documents: tuple[DocumentNeed, ...] = ()
    checks: tuple[Check, ...] = ()
    requires: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()
    caution: Text | None = None
    remedy: Text | None = None
    effort: str = ""


@noun
class Group:
    """One of the decision's sets of indicators."""

    id: str
    name: Text
    indicators: tuple[Indicator, ...]


class DeclaredKind(StrEnum):
    """What a declared value must look like."""

    NUMBER = "number"
    TEXT = "text"
    YES_NO = "yes_no"


@noun
class DeclaredValue:
    """A figure that only the centre can state."""

    name: Text
    kind: DeclaredKind
    unit: Text = NO_TEXT


@noun
class Profile:
    """A province's criteria as data. `parameters` are shared by all checks and overridable.

    `efforts` and `remedies` are for the list of what to do first (`audit remedy`).
    `purpose` stands under the title of a report; without it, that is the recognition dossier.
    `sample_window` names the parameter that says how many days back samples count.
    """

    schema: str
    id: str
    version: str
    title: Text
    decision: Text
    issuer: Text
    parameters: Mapping[str, Parameter]
    document_kinds: Mapping[str, Text]
    groups: tuple[Group, ...]
    declared_values: Mapping[str, DeclaredValue] = field(default_factory=dict)
    inventory: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()
    purpose: Text | None = None
    sample_window: str = ""
    efforts: Mapping[str, Effort] = field(default_factory=dict)
    remedies: Mapping[StepKind, Remedy] = field(default_factory=dict)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators, in the decision's order."""
        return tuple(indicator for group in self.groups for indicator in group.indicators)
