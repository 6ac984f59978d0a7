"""What follows: findings, and the record that holds everything of a run."""

from collections.abc import Mapping
from datetime import datetime

from auditor.model.changes import Previous
from auditor.model.criteria import Profile
from auditor.model.evidence import Challenge, Measurement, Observation, Target
from auditor.model.vocabulary import (
    Basis,
    Confidence,
    Operator,
    Scalar,
    Source,
    Text,
    Value,
    Verdict,
    noun,
)
from auditor.model.waivers import Waivers


@noun
class CheckFinding:
    """The answer to one check, with everything needed to doubt it.

    `system` is empty for the centre as a whole; `observations` are measurement keys.
    """

    check: str
    title: Text
    system: str
    verdict: Verdict
    basis: Basis
    decides: bool
    actual: Value
    operator: Operator
    expected: Scalar | tuple[Scalar, ...]
    parameter: str
    unit: Text
    source: Source
    citation: str
    confidence: Confidence | None
    reason: Text
    observations: tuple[str, ...]


@noun
class SystemFinding:
    """The verdict on one information system for one indicator."""

    system: str
    verdict: Verdict
    reason: Text


@noun
class Finding:
    """The verdict that the tool proposes for one indicator."""

    indicator: str
    verdict: Verdict
    basis: Basis
    reason: Text
    systems: tuple[SystemFinding, ...] = ()
    checks: tuple[CheckFinding, ...] = ()


@noun
class GroupFinding:
    """Counts per verdict over a group's indicators; parts such as 2.4a count inside their whole."""

    group: str
    verdict: Verdict
    counts: Mapping[Verdict, int]


@noun
class FileDigest:
    """A named input by the digest of its bytes."""

    name: str
    sha256: str


@noun
class PublicCopy:
    """Of which full pack a record is a public copy (its index), and how many fields it hides."""

    of_index_sha256: str
    hidden: int


@noun
class AuditRecord:
    """Everything a run knows; enough to judge and to report again without a machine."""

    tool_version: str
    run_id: str
    started_at: datetime
    finished_at: datetime
    vantage: str
    centre: str
    profile: Profile
    profile_sha256: str = ""
    profile_files: tuple[FileDigest, ...]
    site_sha256: str
    authorisation_sha256: str
    clock_offset_s: float | None
    targets: tuple[Target, ...]
    plan: tuple[Measurement, ...]
    observations: tuple[Observation, ...]
    findings: tuple[Finding, ...]
    groups: tuple[GroupFinding, ...]
    waivers: Waivers | None = None
    challenge: Challenge | None = None
    previous: Previous | None = None
    public_copy: PublicCopy | None = None
