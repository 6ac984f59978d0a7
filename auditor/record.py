"""Record: an `AuditRecord` to its frozen JSON form; `record_reader` goes the other way."""

from auditor.canonical import dumps
from auditor.model import (
    AuditRecord,
    Change,
    CheckFinding,
    Earlier,
    Finding,
    GroupFinding,
    Measured,
    Measurement,
    NotMeasured,
    Observation,
    Previous,
    Target,
    Text,
    Value,
)
from auditor.moments import moment
from auditor.record_layer import waivers_v1
from auditor.record_previous_v1 import ChangeV1, EarlierV1, PreviousV1
from auditor.record_v1 import (
    SCHEMA,
    CheckFindingV1,
    FindingV1,
    GroupFindingV1,
    MeasuredV1,
    MeasurementV1,
    ObservationV1,
    RecordV1,
    ScalarV1,
    TargetV1,
    TextV1,
    ValueV1,
)

TOOL = "centre-audit"


def json_of(record: AuditRecord) -> bytes:
    """Return the bytes of record.json."""
    return dumps(to_v1(record), indent=1)


def to_v1(record: AuditRecord) -> RecordV1:
    """Write a record in the frozen form."""
    names = {indicator.id: indicator.name.vi for indicator in record.profile.indicators}
    copy = record.public_copy
    written: RecordV1 = {
        "schema": SCHEMA,
        "tool": {"name": TOOL, "version": record.tool_version},
        "run_id": record.run_id,
        "started_at": moment(record.started_at),
        "finished_at": moment(record.finished_at),
        "vantage": record.vantage,
        "profile": {
            "id": record.profile.id,
            "version": record.profile.version,
            "sha256": record.profile_sha256,
            "files": [{"name": file.name, "sha256": file.sha256} for file in record.profile_files],
        },
        "site": {"centre": record.centre, "sha256": record.site_sha256},
        "authorisation_sha256": record.authorisation_sha256 or None,
        "clock_offset_s": record.clock_offset_s,
        "targets": [_target(target) for target in record.targets],
        "plan": [measurement_v1(act) for act in record.plan],
        "observations": [observation_v1(item) for item in record.observations],
        "findings": [finding_v1(item, names[item.indicator]) for item in record.findings],
        "groups": [_group(item) for item in record.groups],
    }
    if record.waivers is not None:
        written["waivers"] = waivers_v1(record.waivers)
    if record.challenge is not None:
        written["challenge"] = {
            "nonce_sha256": record.challenge.nonce_sha256,
            "issuer": record.challenge.issuer,
            "issued_at": moment(record.challenge.issued_at),
        }
    if record.previous is not None:
        written["previous"] = _previous(record.previous)
    if copy is not None:
        written["public_copy"] = {"of_index_sha256": copy.of_index_sha256, "hidden": copy.hidden}
    return written


def _previous(previous: Previous) -> PreviousV1:
    return {
        "run": _earlier(previous.run) if previous.run else None,
        "not_compared": previous.hindrance and previous.hindrance.value,
        "changes": [change_v1(change) for change in previous.changes],
    }


def _earlier(run: Earlier) -> EarlierV1:
    return {
        "run_id": run.run_id,
        "started_at": moment(run.started_at),
        "record_sha256": run.record_sha256,
        "tool_version": run.tool_version,
    }


def change_v1(change: Change) -> ChangeV1:
    """Write one changed verdict."""
    return {
        "indicator": change.indicator,
        "before": change.before and change.before.value,
        "after": change.after and change.after.value,
        "cause": change.cause.value,
        "measurements": list(change.measurements),
    }


def _target(target: Target) -> TargetV1:
    return {
        "name": target.name,
        "url": target.url,
        "roles": list(target.roles),
        "information_systems": list(target.information_systems),
    }


def measurement_v1(act: Measurement) -> MeasurementV1:
    """Write a planned act."""
    params: dict[str, ScalarV1] = {name: act.params[name] for name in sorted(act.params)}
    return {"probe": act.probe, "target": act.target, "params": params}


def observation_v1(item: Observation) -> ObservationV1:
    """Write an observation."""
    result = item.result
    written: ObservationV1 = {
        "key": item.measurement.key,
        "measurement": measurement_v1(item.measurement),
        "probe_version": item.probe_version,
        "vantage": item.vantage,
        "started_at": moment(item.started_at),
        "duration_s": item.duration_s,
        "measured": _measured(result) if isinstance(result, Measured) else None,
        "not_measured": (
            {"failure": result.failure.value, "detail": result.detail}
            if isinstance(result, NotMeasured)
            else None
        ),
        "captures": [
            {
                "request": capture.request,
                "sha256": capture.sha256,
                "size_bytes": capture.size_bytes,
                "exit_code": capture.exit_code,
                "stderr_sha256": capture.stderr_sha256 or None,
            }
            for capture in item.captures
        ],
    }
    if item.challenge:
        written["challenge"] = item.challenge
    return written


def _measured(result: Measured) -> MeasuredV1:
    return {
        "rows": [{name: _value(value) for name, value in row.items()} for row in result.rows],
        "limitations": [_text(text) for text in result.limitations],
    }


def _value(value: Value) -> ValueV1:
    return list(value) if isinstance(value, tuple) else value


def _text(text: Text) -> TextV1:
    return {"vi": text.vi, "en": text.en}


def finding_v1(finding: Finding, name: str) -> FindingV1:
    """Write a finding with the indicator's name."""
    return {
        "indicator": finding.indicator,
        "name": name,
        "verdict": finding.verdict.value,
        "basis": finding.basis.value,
        "reason": finding.reason.vi,
        "reason_en": finding.reason.en,
        "systems": [
            {
                "system": item.system,
                "verdict": item.verdict.value,
                "reason": item.reason.vi,
                "reason_en": item.reason.en,
            }
            for item in finding.systems
        ],
        "checks": [_check(check) for check in finding.checks],
    }


def _check(check: CheckFinding) -> CheckFindingV1:
    expected = check.expected
    return {
        "check": check.check,
        "title": _text(check.title),
        "system": check.system or None,
        "verdict": check.verdict.value,
        "basis": check.basis.value,
        "decides": check.decides,
        "actual": _value(check.actual),
        "operator": check.operator.value,
        "expected": list(expected) if isinstance(expected, tuple) else expected,
        "parameter": check.parameter,
        "unit": _text(check.unit),
        "source": check.source.value,
        "citation": check.citation,
        "confidence": check.confidence.value if check.confidence else None,
        "reason": check.reason.vi,
        "reason_en": check.reason.en,
        "observations": list(check.observations),
    }


def _group(group: GroupFinding) -> GroupFindingV1:
    return {
        "group": group.group,
        "verdict": group.verdict.value,
        "counts": {verdict.value: count for verdict, count in group.counts.items()},
    }
