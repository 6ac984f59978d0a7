"""The closed vocabularies and the smallest nouns, shared by all others."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TypeVar, dataclass_transform

Noun = TypeVar("Noun")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def noun(cls: type[Noun]) -> type[Noun]:
    """Make a frozen, slotted, keyword-only dataclass whose files refuse unknown fields.

    The attribute is what the YAML loader's validator looks for; nothing here imports it.
    """
    cls.__pydantic_config__ = {"extra": "forbid", "strict": True}  # type: ignore[attr-defined]
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


Scalar = str | int | float | bool
Value = Scalar | tuple[str, ...] | None
Row = Mapping[str, Value]
"""One line of a measurement. `None` means "not known", never "no"."""
Params = Mapping[str, Scalar]


class ExitCode(IntEnum):
    """What the process returns; the table of the README is generated from this."""

    MET = 0
    NOT_PERFORMED = 1
    USAGE = 2
    NOTHING_TO_AUDIT = 3
    NOT_MET = 10
    UNDETERMINED = 11
    PACK_INVALID = 12


class Verdict(StrEnum):
    """What the tool proposes; the first two are the appraiser's words (ND 268/2025, IV.5.1.1)."""

    MET = "met"
    NOT_MET = "not_met"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not_applicable"


class Basis(StrEnum):
    """The kind of evidence a verdict rests on or, while undetermined, the kind it waits for."""

    MEASURED = "measured"
    DOCUMENT = "document"
    DECLARED = "declared"


class Source(StrEnum):
    """Where a threshold comes from."""

    LAW = "law"
    APPROVED_PLAN = "approved_plan"
    REFERENCE = "reference"
    TOOL_DEFAULT = "tool_default"


class Confidence(StrEnum):
    """How well the wording of a citation is known (domain research, section 0)."""

    READ = "V"
    SECONDARY = "V2"
    FROM_MEMORY = "M"
    UNCERTAIN = "U"

    @property
    def citable(self) -> bool:
        """Whether a report may print it as law or reference."""
        return self in {Confidence.READ, Confidence.SECONDARY}


class Failure(StrEnum):
    """Why something was not measured. Closed: a new cause needs a new member here."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    AUTH_FAILED = "auth_failed"
    HOST_KEY_CHANGED = "host_key_changed"
    PERMISSION_DENIED = "permission_denied"
    TOOL_MISSING = "tool_missing"
    COMMAND_FAILED = "command_failed"
    UNSUPPORTED_PLATFORM = "unsupported_platform"
    UNPARSABLE = "unparsable"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_AUTHORISED = "not_authorised"
    INTERNAL_ERROR = "internal_error"


class Operator(StrEnum):
    """How a check compares its value with its parameter; `auditor.operators` defines each."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EQUALS = "equals"
    CONTAINS = "contains"
    ONE_OF = "one_of"
    EXISTS = "exists"


class Partial(StrEnum):
    """What a check may conclude while some of the planned observations are missing.

    `refuse`: nothing. `raises`: each further observation can only raise the value, so "at least"
    reached is proven. `lowers`: it can only lower it, so "at least" missed is proven.
    """

    REFUSE = "refuse"
    RAISES = "raises"
    LOWERS = "lowers"


class Empty(StrEnum):
    """What no matching row means for a check: nothing known, or a real zero."""

    UNDETERMINED = "undetermined"
    COUNTS = "counts"


class Effect(StrEnum):
    """What a probe does to its target: reads what is there, or sends traffic."""

    PASSIVE = "passive"
    ACTIVE = "active"


class Subject(StrEnum):
    """What a probe can be pointed at; decides which targets it is planned for.

    `run` is what the same run has measured: such a probe derives its rows once all others are done.
    """

    HOST = "host"
    CENTRE = "centre"
    NETWORK = "network"
    RUN = "run"


class Hides(StrEnum):
    """What a column of text holds that a public copy must not show; each says how it is hidden.

    A column of text that is not classified counts as `text`. `nothing` is for words of the tool,
    times, digests and names that the dossier is about; what is known to identify is replaced there
    too. A row with a `weakness` is left out as a whole: order and numbers would tell the rest.
    """

    NOTHING = "nothing"
    HOST = "host"
    PERSON = "person"
    MAC = "mac"
    ADDRESS = "address"
    URL = "url"
    FILE = "file"
    TEXT = "text"
    WEAKNESS = "weakness"


@noun
class Text:
    """One sentence in both languages. Vietnamese is what users read first."""

    vi: str
    en: str


NO_TEXT = Text(vi="", en="")
