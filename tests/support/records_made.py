"""A record with findings of every shape."""

from datetime import UTC, datetime, timedelta

from builders import a_case, a_check, a_profile, an_indicator, seen

from auditor.model import AuditRecord, FileDigest, Observation, Per
from auditor.rollup import judge


def a_record(*observed: Observation) -> AuditRecord:
    """Return a record with findings of every shape."""
    check = a_check("one", value="rows.size() + 1")
    profile = a_profile(
        an_indicator(check),
        an_indicator(check, id="1.2", per=Per.INFORMATION_SYSTEM),
    )
    case = a_case(
        profile,
        seen("filesystems", "a", {"mount": "/", "free": 1.5, "tags": ("x",), "gone": None}),
        seen("information_systems", "site", {"id": "web"}),
    )
    judgement = judge(case)
    moment = datetime(2026, 11, 21, 1, 2, 3, 400000, tzinfo=UTC)
    return AuditRecord(
        tool_version="0.1.0",
        run_id="r",
        started_at=moment,
        finished_at=moment + timedelta(seconds=2),
        vantage="máy đo",
        centre="Trung tâm",
        profile=profile,
        profile_sha256="0" * 64,
        profile_files=(FileDigest(name="p.yaml", sha256="1" * 64),),
        site_sha256="2" * 64,
        authorisation_sha256="",
        clock_offset_s=-0.25,
        targets=case.targets,
        plan=case.plan,
        observations=(*case.observations, *observed),
        findings=judgement.findings,
        groups=judgement.groups,
    )
