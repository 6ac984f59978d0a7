"""Recorded centres as records, judged by the criteria of today."""

from dataclasses import replace
from pathlib import Path

from auditor import DEFAULT_PROFILE, profile, record_reader
from auditor.judge import Case
from auditor.model import AuditRecord
from auditor.rollup import judge

RECORDINGS = Path(__file__).parents[2] / "profiles" / "recordings"


def recorded(name: str, by: str = DEFAULT_PROFILE) -> AuditRecord:
    """Return a recorded centre, judged by these criteria."""
    file = RECORDINGS / f"{name}.json"
    criteria = profile.load(by).profile
    base = record_reader.from_v1(record_reader.parse(file.read_bytes(), name), criteria)
    found = judge(Case(criteria, base.targets, base.plan, base.observations))
    return replace(base, findings=found.findings, groups=found.groups)
