"""Technical measures of a security level, as data, and what was found of one on a machine."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from auditor.model.criteria import Reference
from auditor.model.vocabulary import NO_TEXT, Source, Text, noun

ALL_MEASURES = "all"
"""What a site writes instead of a list: every measure up to the system's level."""


@noun
class Measure:
    """One technical measure that a machine can be judged by.

    `level` is the lowest level that asks for it, 1 to 3. `source` says where the requirement as
    it is judged (`expected`, `threshold`) comes from; `references` are texts that it belongs to.
    `platforms` are those on which the measure means something; elsewhere it has no row.
    """

    id: str
    title: Text
    level: int
    platforms: tuple[str, ...]
    expected: str
    how: Text
    source: Source
    references: tuple[Reference, ...] = ()
    threshold: int | None = None
    unit: Text = NO_TEXT


@noun
class SupportPeriod:
    """Until when an operating system gets security fixes, and until when by a contract only.

    `os` is how the system names itself, or how that name starts; `version` is its VERSION_ID, or
    the number before its first dot; empty where `os` says all.
    """

    os: str
    until: date
    evidence: str
    version: str = ""
    by_contract_until: date | None = None


@noun
class MeasureCatalogue:
    """All measures; `reasons` are the words for every code that an answer can give."""

    schema: str
    measures: tuple[Measure, ...]
    reasons: Mapping[str, Text]
    support: tuple[SupportPeriod, ...] = ()


@noun
class MeasureFinding:
    """What is known of one measure on one machine.

    `is_met` is None where it is not known. `is_left_to_people` then says why: true when all that
    the tool asks for was read and a person has to decide, false when something was not read.
    """

    measure: Measure
    is_met: bool | None
    is_left_to_people: bool = False
    observed: str = ""
    reason: str = ""
    why: Text = NO_TEXT
    evidence: tuple[str, ...] = field(default_factory=tuple)
