"""Read a record's frozen JSON form back; what is damaged is refused, never guessed."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import cast

from msgspec import to_builtins

from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.model import (
    AuditRecord,
    Basis,
    Cause,
    Challenge,
    Change,
    CheckFinding,
    Confidence,
    Earlier,
    FileDigest,
    Finding,
    GroupFinding,
    Hindrance,
    Measurement,
    Operator,
    Previous,
    Profile,
    PublicCopy,
    Scalar,
    Source,
    SystemFinding,
    Target,
    Text,
    Verdict,
)
from auditor.observation_reader import Observations, value_from
from auditor.record_layer import waivers_from_v1
from auditor.record_previous_v1 import ChangeV1, EarlierV1, PreviousV1
from auditor.record_v1 import (
    SCHEMA,
    ChallengeV1,
    CheckFindingV1,
    FindingV1,
    RecordV1,
    ScalarV1,
)
from auditor.sharing import OBSERVATIONS, Shared
from auditor.strict_json import NotOfForm, Reader, struct_of


@contextmanager
def _without_collector() -> Iterator[None]:
    """Build a record, which has no cycles: to look for them takes as long as to build it.

    Afterwards all there is counts as old, and is looked through when much more came to it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()
        if was_on:
            gc.enable()


@_without_collector()
def parse(content: bytes, name: str) -> RecordV1:
    """Read a record's JSON. Raises `BadInput` if it is damaged or of another major version."""
    try:
        read = _form()(content)
        observations, read.observations, shared = read.observations, [], Shared()
        record = cast("RecordV1", to_builtins(read))
        record["observations"] = [
            shared.complete(item, "observations", place) for place, item in enumerate(observations)
        ]
    except NotOfForm as error:
        raise BadInput(
            Problem(
                name,
                _("not a readable record: {problem}", problem=error),
                _("Use an undamaged copy of the run folder."),
                field=error.field,
            )
        ) from error
    if record["schema"] != SCHEMA:
        raise BadInput(
            Problem(name, _("unknown record version"), _("Use a newer version of the tool."))
        )
    return record


@cache
def _form() -> Reader:
    return Reader(struct_of(RecordV1, observations=OBSERVATIONS))


@_without_collector()
def from_v1(read: RecordV1, profile: Profile) -> AuditRecord:
    """Build the record again. Raises `ValueError` or `KeyError` for words outside the model."""
    return AuditRecord(
        tool_version=read["tool"]["version"],
        run_id=read["run_id"],
        started_at=datetime.fromisoformat(read["started_at"]),
        finished_at=datetime.fromisoformat(read["finished_at"]),
        vantage=read["vantage"],
        centre=read["site"]["centre"],
        profile=profile,
        profile_sha256=read["profile"]["sha256"],
        profile_files=tuple(FileDigest(**file) for file in read["profile"]["files"]),
        site_sha256=read["site"]["sha256"],
        authorisation_sha256=read["authorisation_sha256"] or "",
        clock_offset_s=read["clock_offset_s"],
        targets=tuple(
            Target(
                name=target["name"],
                url=target["url"],
                roles=tuple(target["roles"]),
                information_systems=tuple(target["information_systems"]),
            )
            for target in read["targets"]
        ),
        plan=tuple(Measurement(**act) for act in read["plan"]),
        observations=tuple(map(Observations().built, read["observations"])),
        findings=tuple(_finding_from(item) for item in read["findings"]),
        groups=tuple(
            GroupFinding(
                group=item["group"],
                verdict=Verdict(item["verdict"]),
                counts={Verdict(name): count for name, count in item["counts"].items()},
            )
            for item in read["groups"]
        ),
        waivers=waivers_from_v1(read["waivers"]) if "waivers" in read else None,
        challenge=_challenge_from(read["challenge"]) if "challenge" in read else None,
        previous=_previous_from(read["previous"]) if "previous" in read else None,
        public_copy=PublicCopy(**read["public_copy"]) if "public_copy" in read else None,
    )


def _challenge_from(read: ChallengeV1) -> Challenge:
    return Challenge(
        nonce_sha256=read["nonce_sha256"],
        issuer=read["issuer"],
        issued_at=datetime.fromisoformat(read["issued_at"]),
    )


def _previous_from(read: PreviousV1) -> Previous:
    run, hindrance = read["run"], read["not_compared"]
    return Previous(
        run=None if run is None else _earlier_from(run),
        changes=tuple(_change_from(item) for item in read["changes"]),
        hindrance=None if hindrance is None else Hindrance(hindrance),
    )


def _earlier_from(run: EarlierV1) -> Earlier:
    return Earlier(
        run_id=run["run_id"],
        started_at=datetime.fromisoformat(run["started_at"]),
        record_sha256=run["record_sha256"],
        tool_version=run["tool_version"],
    )


def _change_from(item: ChangeV1) -> Change:
    before, after = item["before"], item["after"]
    return Change(
        indicator=item["indicator"],
        before=None if before is None else Verdict(before),
        after=None if after is None else Verdict(after),
        cause=Cause(item["cause"]),
        measurements=tuple(item["measurements"]),
    )


def _scalars_from(value: ScalarV1 | list[ScalarV1]) -> Scalar | tuple[Scalar, ...]:
    return tuple(value) if isinstance(value, list) else value


def _finding_from(item: FindingV1) -> Finding:
    return Finding(
        indicator=item["indicator"],
        verdict=Verdict(item["verdict"]),
        basis=Basis(item["basis"]),
        reason=Text(vi=item["reason"], en=item["reason_en"]),
        systems=tuple(
            SystemFinding(
                system=system["system"],
                verdict=Verdict(system["verdict"]),
                reason=Text(vi=system["reason"], en=system["reason_en"]),
            )
            for system in item["systems"]
        ),
        checks=tuple(_check_from(check) for check in item["checks"]),
    )


def _check_from(item: CheckFindingV1) -> CheckFinding:
    return CheckFinding(
        check=item["check"],
        title=Text(**item["title"]),
        system=item["system"] or "",
        verdict=Verdict(item["verdict"]),
        basis=Basis(item["basis"]),
        decides=item["decides"],
        actual=value_from(item["actual"]),
        operator=Operator(item["operator"]),
        expected=_scalars_from(item["expected"]),
        parameter=item["parameter"],
        unit=Text(**item["unit"]),
        source=Source(item["source"]),
        citation=item["citation"],
        confidence=Confidence(item["confidence"]) if item["confidence"] else None,
        reason=Text(vi=item["reason"], en=item["reason_en"]),
        observations=tuple(item["observations"]),
    )
