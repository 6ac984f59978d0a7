"""The frozen form of a record, version 1: what the JSON holds, field by field.

Kept apart from the model, so that the model may change and old records stay readable. Within v1
fields are only ever added. The JSON Schema is generated from these types.
"""

from typing import NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from auditor.record_previous_v1 import PreviousV1

SCHEMA = "urn:audit:record:v1"

_STRICT = ConfigDict(extra="forbid", strict=True)

ScalarV1 = bool | int | float | str
ValueV1 = bool | int | float | str | list[str] | None


@with_config(_STRICT)
class TextV1(TypedDict):
    """A sentence in both languages."""

    vi: str
    en: str


@with_config(_STRICT)
class ToolV1(TypedDict):
    """What made the record."""

    name: str
    version: str


@with_config(_STRICT)
class FileV1(TypedDict):
    """A file by its digest."""

    name: str
    sha256: str


@with_config(_STRICT)
class ProfileV1(TypedDict):
    """The criteria: `sha256` is of the run folder's profile.yaml, `files` are what it came from."""

    id: str
    version: str
    sha256: str
    files: list[FileV1]


@with_config(_STRICT)
class SiteV1(TypedDict):
    """The centre: `sha256` is of the run folder's site.yaml."""

    centre: str
    sha256: str


@with_config(_STRICT)
class TargetV1(TypedDict):
    """A thing measured."""

    name: str
    url: str
    roles: list[str]
    information_systems: list[str]


@with_config(_STRICT)
class MeasurementV1(TypedDict):
    """A planned act."""

    probe: str
    target: str
    params: dict[str, ScalarV1]


@with_config(_STRICT)
class CaptureV1(TypedDict):
    """Raw bytes in evidence/ under their digest; the last two are null for what is no command."""

    request: str
    sha256: str
    size_bytes: int
    exit_code: int | None
    stderr_sha256: str | None


@with_config(_STRICT)
class MeasuredV1(TypedDict):
    """What was seen."""

    rows: list[dict[str, ValueV1]]
    limitations: list[TextV1]


@with_config(_STRICT)
class NotMeasuredV1(TypedDict):
    """Why nothing was seen."""

    failure: str
    detail: str


@with_config(_STRICT)
class ObservationV1(TypedDict):
    """One act and its result: exactly one of `measured` and `not_measured` is not null.

    `challenge` is the `nonce_sha256` of the challenge under which it was measured, if any.
    """

    key: str
    measurement: MeasurementV1
    probe_version: int
    vantage: str
    started_at: str
    duration_s: float
    measured: MeasuredV1 | None
    not_measured: NotMeasuredV1 | None
    captures: list[CaptureV1]
    challenge: NotRequired[str]


@with_config(_STRICT)
class CheckFindingV1(TypedDict):
    """The answer to one check. `system` is null for the centre as a whole."""

    check: str
    title: TextV1
    system: str | None
    verdict: str
    basis: str
    decides: bool
    actual: ValueV1
    operator: str
    expected: ScalarV1 | list[ScalarV1]
    parameter: str
    unit: TextV1
    source: str
    citation: str
    confidence: str | None
    reason: str
    reason_en: str
    observations: list[str]


@with_config(_STRICT)
class SystemFindingV1(TypedDict):
    """The verdict on one information system."""

    system: str
    verdict: str
    reason: str
    reason_en: str


@with_config(_STRICT)
class FindingV1(TypedDict):
    """The verdict proposed for one indicator. `name` is the decision's wording."""

    indicator: str
    name: str
    verdict: str
    basis: str
    reason: str
    reason_en: str
    systems: list[SystemFindingV1]
    checks: list[CheckFindingV1]


@with_config(_STRICT)
class GroupFindingV1(TypedDict):
    """Counts per verdict over a group."""

    group: str
    verdict: str
    counts: dict[str, int]


@with_config(_STRICT)
class WaiverDocumentV1(TypedDict):
    """The document that grants an exception."""

    number: str
    file: str
    sha256: str


@with_config(_STRICT)
class WaiverV1(TypedDict):
    """An entry of the ledger of exceptions; `digest` is its own, `previous` that before it."""

    indicator: str
    system: str
    reason: str
    applicant: str
    approver: str
    document: WaiverDocumentV1
    recorded_on: str
    until: str
    previous: str
    digest: str
    state: str


@with_config(_STRICT)
class EffectiveSystemV1(TypedDict):
    """What holds of one information system beside its verdict."""

    system: str
    raw: str
    effective: str


@with_config(_STRICT)
class EffectiveFindingV1(TypedDict):
    """What holds of an indicator that exceptions touch; `waivers` are digests of entries."""

    indicator: str
    raw: str
    effective: str
    systems: list[EffectiveSystemV1]
    waivers: list[str]


@with_config(_STRICT)
class WaiversV1(TypedDict):
    """The ledger as it stood on the day `on`, and the layer that it lays over the findings.

    `sha256` is of the run folder's waivers.json.
    """

    sha256: str
    head: str
    on: str
    entries: list[WaiverV1]
    findings: list[EffectiveFindingV1]


@with_config(_STRICT)
class ChallengeV1(TypedDict):
    """An appraiser's challenge: the digest of its nonce, who issued it, and when."""

    nonce_sha256: str
    issuer: str
    issued_at: str


@with_config(_STRICT)
class PublicCopyV1(TypedDict):
    """What a public copy is of: the index of the full pack; `hidden` counts the hidden fields."""

    of_index_sha256: str
    hidden: int


@with_config(_STRICT)
class RecordV1(TypedDict):
    """Everything a run knows. Times are RFC 3339 in UTC.

    `waivers` and `challenge` are there if the run was given such a file, `previous` if there was a
    run to compare with, `public_copy` only where part of the record is hidden.
    """

    schema: str
    tool: ToolV1
    run_id: str
    started_at: str
    finished_at: str
    vantage: str
    profile: ProfileV1
    site: SiteV1
    authorisation_sha256: str | None
    clock_offset_s: float | None
    targets: list[TargetV1]
    plan: list[MeasurementV1]
    observations: list[ObservationV1]
    findings: list[FindingV1]
    groups: list[GroupFindingV1]
    waivers: NotRequired[WaiversV1]
    challenge: NotRequired[ChallengeV1]
    previous: NotRequired[PreviousV1]
    public_copy: NotRequired[PublicCopyV1]
