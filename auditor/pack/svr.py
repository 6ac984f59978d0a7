"""The frozen form of an appraisal: an in-toto Simple Verification Result v0.2 about a pack.

`verifier`, `timeCreated` and `properties` are those of the predicate; `properties` names only what
holds. Everything else stands in one extension field under our own name.
"""

import base64
from collections.abc import Iterator
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from auditor.canonical import rfc8785
from auditor.pack.agreement import Result
from auditor.pack.forms import STATEMENT, EnvelopeV1
from auditor.record_v1 import ToolV1

PREDICATE = "https://in-toto.io/attestation/svr/v0.2"
VERIFIER = "urn:audit:appraise:v1"
_STRICT = ConfigDict(extra="forbid", strict=True)


@with_config(_STRICT)
class DigestV1(TypedDict):
    """A SHA-256."""

    sha256: str


@with_config(_STRICT)
class NamedDigestV1(TypedDict):
    """A file by its digest (an in-toto ResourceDescriptor)."""

    name: str
    digest: DigestV1


@with_config(_STRICT)
class VerifierV1(TypedDict):
    """The rules of appraising, and the criteria that the pack was judged by."""

    id: str
    policies: list[NamedDigestV1]


@with_config(_STRICT)
class AppraiserV1(TypedDict):
    """Who appraised; empty where it was not said."""

    name: str
    position: str
    organisation: str


@with_config(_STRICT)
class LookV1(TypedDict):
    """A second look: `why` is a word of `agreement.Why`, or `by_hand`; `captures` are digests."""

    result: Literal["agrees", "contradicts", "not_comparable"]
    why: str
    detail: str
    captures: list[str]


@with_config(_STRICT)
class SampledV1(TypedDict):
    """One measurement of the sample: by machine, by hand, both or neither."""

    key: str
    indicators: list[str]
    rerun: LookV1 | None
    by_hand: LookV1 | None


@with_config(_STRICT)
class SampleV1(TypedDict):
    """The sample; the nonce is shown so that anybody can draw it again."""

    nonce: str
    seed: str
    population: int
    items: list[SampledV1]


@with_config(_STRICT)
class OpinionV1(TypedDict):
    """The appraiser's verdict beside the tool's."""

    indicator: str
    tool: str
    appraiser: Literal["met", "not_met"]
    reason: str


@with_config(_STRICT)
class AppraisalV1(TypedDict):
    """What the predicate's own fields have no place for. `key` is the appraiser's, in PEM."""

    key: str
    tool: ToolV1
    run_id: str
    appraiser: AppraiserV1
    is_under_challenge: bool
    sample: SampleV1
    verdicts: list[OpinionV1]


PredicateV1 = TypedDict(
    "PredicateV1",
    {
        "verifier": VerifierV1,
        "timeCreated": str,
        "properties": list[str],
        "urn:audit:appraisal:v1": AppraisalV1,
    },
)
PredicateV1.__pydantic_config__ = _STRICT  # type: ignore[attr-defined]


@with_config(_STRICT)
class StatementV1(TypedDict):
    """The whole statement."""

    _type: str
    subject: list[NamedDigestV1]
    predicateType: str
    predicate: PredicateV1


def properties_of(appraisal: AppraisalV1) -> list[str]:
    """Return what an appraisal established; what it did not, or doubts, is not named."""
    return list(_properties(appraisal))


def _properties(appraisal: AppraisalV1) -> Iterator[str]:
    yield "AUDIT_PACK_VERIFIED"
    if appraisal["is_under_challenge"]:
        yield "AUDIT_MEASURED_UNDER_CHALLENGE"
    looks = [
        [look["result"] for look in (item["rerun"], item["by_hand"]) if look is not None]
        for item in appraisal["sample"]["items"]
    ]
    all_agree = all(Result.AGREES in item and Result.CONTRADICTS not in item for item in looks)
    if looks and all_agree:
        yield "AUDIT_SAMPLE_AGREES"
    for opinion in appraisal["verdicts"]:
        if opinion["appraiser"] == "met":
            yield f"AUDIT_APPRAISED_MET_{opinion['indicator']}"


def statement(
    pack_sha256: str, profile_sha256: str, time_created: str, appraisal: AppraisalV1
) -> bytes:
    """Write the statement in its canonical form."""
    return rfc8785(
        {
            "_type": STATEMENT,
            "subject": [
                {"name": f"{appraisal['run_id']}.auditpack", "digest": {"sha256": pack_sha256}}
            ],
            "predicateType": PREDICATE,
            "predicate": {
                "verifier": {
                    "id": VERIFIER,
                    "policies": [{"name": "profile.yaml", "digest": {"sha256": profile_sha256}}],
                },
                "timeCreated": time_created,
                "properties": properties_of(appraisal),
                "urn:audit:appraisal:v1": appraisal,
            },
        }
    )


def statement_in(envelope: bytes) -> StatementV1 | None:
    """Read the statement out of an envelope, whoever signed it; None if there is none."""
    try:
        read = TypeAdapter(EnvelopeV1).validate_json(envelope)
        payload = base64.b64decode(read["payload"], validate=True)
        return TypeAdapter(StatementV1).validate_json(payload)
    except ValueError:  # also what pydantic and binascii raise
        return None
