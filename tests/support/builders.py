"""Small profiles and observations to judge by, made of plain values."""

from datetime import UTC, datetime
from typing import Any

from auditor.judge import Case
from auditor.model import (
    AuditRecord,
    Basis,
    Check,
    CheckFinding,
    Failure,
    Finding,
    Group,
    GroupFinding,
    Indicator,
    Measured,
    Measurement,
    NotMeasured,
    Observation,
    Operator,
    Parameter,
    Profile,
    Read,
    Row,
    Source,
    Target,
    Text,
    Verdict,
)
from auditor.rollup import judge

STARTED_AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def text(words: str) -> Text:
    """Return the same words in both languages."""
    return Text(vi=words, en=words)


def a_parameter(default: Any, unit: str = "") -> Parameter:  # noqa: ANN401 - any scalar
    """Return a threshold of the tool's own."""
    return Parameter(
        default=default, meaning=text("ngưỡng"), source=Source.TOOL_DEFAULT, unit=text(unit)
    )


def a_check(name: str = "count", **changes: Any) -> Check:  # noqa: ANN401 - any field
    """Return a check that counts rows of `filesystems`, with some fields changed."""
    fields: dict[str, Any] = {
        "id": name,
        "title": text(f"câu hỏi {name}"),
        "basis": Basis.MEASURED,
        "reads": {"rows": Read(probe="filesystems")},
        "value": "rows.size()",
        "expect": {Operator.AT_LEAST: "least"},
    }
    return Check(**{**fields, **changes})


def an_indicator(*checks: Check, **changes: Any) -> Indicator:  # noqa: ANN401 - any field
    """Return an indicator that requires all of its checks."""
    fields: dict[str, Any] = {
        "id": "1.1",
        "name": text("Chỉ số"),
        "checks": checks,
        "requires": tuple((check.id,) for check in checks),
    }
    return Indicator(**{**fields, **changes})


def a_profile(*indicators: Indicator, **parameters: Parameter) -> Profile:
    """Return a profile of one group; `least` and `most` are 2."""
    known = {"least": a_parameter(2), "most": a_parameter(2), "documents_needed": a_parameter(1)}
    return Profile(
        schema="urn:audit:profile:v1",
        id="thu",
        version="1",
        title=text("Thử"),
        decision=text("Quyết định"),
        issuer=text("UBND"),
        parameters={**known, **parameters},
        document_kinds={"lease": Text(vi="Hợp đồng thuê", en="Lease")},
        groups=(Group(id="1", name=text("Nhóm"), indicators=indicators),),
    )


def seen(probe: str, target: str, *rows: Row) -> Observation:
    """Return an observation with these rows."""
    return _observation(probe, target, Measured(rows=rows))


def unseen(probe: str, target: str, failure: Failure = Failure.TIMEOUT) -> Observation:
    """Return a measurement that failed."""
    return _observation(probe, target, NotMeasured(failure=failure, detail="for the test"))


def _observation(probe: str, target: str, result: Measured | NotMeasured) -> Observation:
    return Observation(
        measurement=Measurement(probe=probe, target=target),
        probe_version=1,
        vantage="here",
        started_at=STARTED_AT,
        duration_s=0.1,
        result=result,
    )


def a_case(profile: Profile, *observations: Observation, planned: tuple[str, ...] = ()) -> Case:
    """Return a case whose plan is what was observed, and the keys of `planned` beside.

    Each target `x` has the role `x-role`.
    """
    acts = {item.measurement.key: item.measurement for item in observations}
    for key in planned:
        probe, _, target = key.partition("@")
        acts[key] = Measurement(probe=probe, target=target)
    names = sorted({act.target for act in acts.values()})
    targets = tuple(Target(name=name, url="local:", roles=(f"{name}-role",)) for name in names)
    return Case(profile, targets, tuple(acts.values()), observations)


def only(case: Case) -> Finding:
    """Judge a case with one indicator."""
    (finding,) = judge(case).findings
    return finding


def only_check(case: Case) -> CheckFinding:
    """Judge a case with one check."""
    (check,) = only(case).checks
    return check


def a_record(case: Case) -> AuditRecord:
    """Return the record of a case."""
    judgement = judge(case)
    return AuditRecord(
        tool_version="1",
        run_id="r",
        started_at=STARTED_AT,
        finished_at=STARTED_AT,
        vantage="here",
        centre="Trung tâm",
        profile=case.profile,
        profile_files=(),
        site_sha256="",
        authorisation_sha256="",
        clock_offset_s=None,
        targets=case.targets,
        plan=case.plan,
        observations=case.observations,
        findings=judgement.findings,
        groups=judgement.groups,
    )


def summary(group: Group, findings: list[Finding]) -> GroupFinding:
    """Count a group's whole indicators by verdict."""
    wholes = {line.id for line in group.indicators if not line.part_of}
    of_group = [f.verdict for f in findings if f.indicator in wholes]
    return GroupFinding(
        group=group.id,
        verdict=Verdict.NOT_MET,
        counts={verdict: of_group.count(verdict) for verdict in Verdict},
    )
