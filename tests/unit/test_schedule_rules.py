"""A schedule that could mislead is refused, at its line and with the remedy."""

from pathlib import Path

import pytest

from auditor import DEFAULT_PROFILE, profile, site, yamlfile
from auditor.errors import BadInput
from auditor.schedule import plan

HEAD = "schema: urn:audit:site:v1\ncentre: {id: mau, name: Mẫu}\nschedule:\n"
JOB = '  jobs:\n    - {{id: a, kind: technical, at: ["09:00"]{}}}\n'
REFUSED = {
    "no time": ("  jobs: [{id: a, kind: full, at: []}]\n", "at"),
    "no such time": ('  jobs: [{id: a, kind: full, at: ["9:00"]}]\n', "at"),
    "after midnight": ('  jobs: [{id: a, kind: full, at: ["24:00"]}]\n', "at"),
    "no day": (JOB.format(", days: []"), "days"),
    "no such day": (JOB.format(", days: [thứ]"), "days"),
    "no such month": (JOB.format(", months: [13]"), "months"),
    "a day that no month has": (JOB.format(", from_day: 31"), "from_day"),
    "no limit": (JOB.format(", limit_minutes: 0"), "limit_minutes"),
    "never late": (JOB.format(", late_minutes: 0"), "late_minutes"),
    "a name with a blank": ('  jobs: [{id: a b, kind: full, at: ["09:00"]}]\n', "id"),
    "a name twice": (JOB.format("") + JOB.format("").partition("\n")[2], "id"),
    "unknown field": (JOB.format(", every: 2h"), "every"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused(case: str) -> None:
    """Each reason names the field."""
    text, field = REFUSED[case]
    with pytest.raises(BadInput) as refused:
        site.from_document(
            yamlfile.parse((HEAD + text).encode(), "centre.yaml"),
            Path.cwd(),
            profile.load(DEFAULT_PROFILE).profile,
        )
    (problem,) = refused.value.problems
    assert problem.field.startswith("schedule.jobs")
    assert field in problem.field.split(".")
    assert problem.line is not None
    assert problem.remedy


def test_unknown_criteria_are_refused_at_their_line(tmp_path: Path) -> None:
    """They are needed before the site can be read at all."""
    file = tmp_path / "centre.yaml"
    file.write_text(HEAD + "  profile: nowhere-2026\n", "utf-8")
    with pytest.raises(BadInput) as refused:
        plan.load(file)
    (problem,) = refused.value.problems
    assert (problem.field, problem.line) == ("schedule.profile", 4)


def test_a_site_without_a_schedule_has_the_default_plan(tmp_path: Path) -> None:
    """Absolute, with the site's zone."""
    file = tmp_path / "centre.yaml"
    file.write_text(HEAD.replace("schedule:\n", ""), "utf-8")
    told = plan.load(file)
    assert (told.site, told.timezone) == (str(file), "Asia/Ho_Chi_Minh")
    assert {job.id for job in told.jobs} == {"samples", "quarter", "year"}
