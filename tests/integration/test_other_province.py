"""Another province is a small file that extends ours."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Done, Program

PROVINCE = """\
extends: lai-chau-2026
id: dien-bien-2026
version: "1"
title: {vi: Bộ tiêu chí tỉnh Điện Biên, en: Criteria of Điện Biên province}
parameters:
  min_free_percent: {default: 35}
groups:
  - id: "3"
    indicators:
      - {id: "3.8", remove: true}
"""


@pytest.fixture
def province(audit: Program) -> Path:
    """Return the file of another province's criteria."""
    file = audit.folder / "dien-bien.yaml"
    file.write_text(PROVINCE, "utf-8")
    return file


def explained(audit: Program, province: Path, indicator: str) -> Done:
    """Explain an indicator of the province."""
    return audit("explain", indicator, "--profile", province, "--format", "json", "--lang", "en")


def check_of(answer: Any, parameter: str) -> Any:  # noqa: ANN401 - JSON
    """Return the check of an explanation that uses a parameter."""
    return next(check for check in answer["checks"] if check["parameter"] == parameter)


def test_overrides_one_parameter(audit: Program, province: Path) -> None:
    """One changed threshold changes what the check expects and leaves its source as it was."""
    ours = audit("explain", "2.3", "--format", "json").json
    theirs = explained(audit, province, "2.3").json
    before, after = (check_of(answer, "min_free_percent") for answer in (ours, theirs))
    assert (before["expected"], after["expected"]) == (20, 35)
    assert before | {"expected": 35} == after


def test_removes_one_indicator(audit: Program, province: Path) -> None:
    """A removed indicator is gone from the list; all others stay in their order."""
    gone = explained(audit, province, "3.8")
    assert gone.code == 2
    assert "3.7" in gone.err
    listed = re.findall(r"[0-9]\.[0-9]+[a-d]?", gone.err.partition("Use one of")[2])
    assert len(listed) == 33
    assert "3.8" not in listed


def test_runs_by_the_province(audit: Program, province: Path) -> None:
    """A run by the small file judges its indicators and names both files it came from."""
    done = audit("run", "--profile", province, "--out", "run", "--format", "json")
    assert done.code == 11, done.err
    record = done.json
    assert len(record["findings"]) == 33
    assert record["profile"]["id"] == "dien-bien-2026"
    assert [file["name"] for file in record["profile"]["files"]] == [
        "lai-chau-2026.yaml",
        "dien-bien.yaml",
    ]
    judged = audit("judge", "run", "--format", "json")
    assert judged.out == done.out, "the flat profile in the run folder judges alike"


def refused(audit: Program, file: Path) -> list[tuple[str, int, str]]:
    """Return file, line and the rest of each refusal."""
    done = audit("run", "--profile", file.name, "--lang", "en")
    assert done.code == 2, done
    assert not (audit.folder / "audit-runs").exists()
    found = [re.fullmatch(r"(.+?):([0-9]+): (.+)", line) for line in done.err.splitlines()]
    assert all(found), done.err
    return [(match[1], int(match[2]), match[3]) for match in found if match]


def test_names_the_small_file_for_its_own_fields(audit: Program, province: Path) -> None:
    """A mistake in the small file is told with its name and line there."""
    text = PROVINCE.replace("{default: 35}", "{default: a lot}")
    text += "    - {id: typo}\n".replace("    -", "      -")
    province.write_text(text.replace('version: "1"', "version: 1.10"), "utf-8")
    (version, *rest) = refused(audit, province)
    assert version == (
        "dien-bien.yaml",
        3,
        "version: expected text, found 1.1. Put the value in double quotes.",
    )
    assert rest
    assert {(file, line) for file, line, _words in rest} == {("dien-bien.yaml", 11)}


def test_names_the_base_for_what_stands_there(audit: Program, province: Path) -> None:
    """What a changed parameter breaks in the base is told with the base's file and line."""
    text = PROVINCE.replace("{default: 35}", "{default: a lot}")
    province.write_text(text, "utf-8")
    base = Path(str(resources.files("auditor.profiles") / "lai-chau-2026.yaml"))
    lines = base.read_text("utf-8").splitlines()
    problems = refused(audit, province)
    assert problems
    for file, line, words in problems:
        assert Path(file) == base
        assert "min_free_percent" in lines[line - 1]
        assert "cannot compare with" in words


@pytest.mark.parametrize("circle", [1, 2])
def test_refuses_a_circle(audit: Program, circle: int) -> None:
    """A file that extends itself, at once or by another, is refused where it says so."""
    for number in range(circle):
        follower = f"p{(number + 1) % circle}.yaml"
        (audit.folder / f"p{number}.yaml").write_text(f"id: p\nextends: {follower}\n", "utf-8")
    told = refused(audit, audit.folder / "p0.yaml")
    assert told == [
        (f"p{circle - 1}.yaml", 2, "extends: extends itself. Break the circle of `extends:`.")
    ]


@pytest.mark.parametrize("name", ["nowhere", "nowhere.yaml", "[lai-chau-2026]"])
def test_refuses_a_base_that_is_not_there(audit: Program, province: Path, name: str) -> None:
    """An unknown base is refused at the line that names it."""
    province.write_text(PROVINCE.replace("extends: lai-chau-2026", f"extends: {name}"), "utf-8")
    ((file, line, words),) = refused(audit, province)
    assert (file, line) == ("dien-bien.yaml", 1)
    assert words.startswith("extends: ")


def test_the_second_province_speaks_of_itself(audit: Program) -> None:
    """Site file, explanation and report of Lào Cai's plan name nothing of Lai Châu's criteria."""
    chosen = ("--profile", "lao-cai-2026")
    begun = audit("init", "--no-input", *chosen)
    assert (begun.code, begun.err) == (0, "")
    assert "audit run --profile lao-cai-2026 --site centre.yaml" in begun.out
    written = (audit.folder / "centre.yaml").read_text("utf-8")
    assert "startup_portal_name" in written
    assert not re.search(r"hpc_rules|office_printers|\b2\.1\d\b|#declarations", written)
    told = audit("explain", "PL2.3", *chosen)
    assert "chỉ không đạt sau ngày 2026-12-31" in told.out
    done = audit("run", *chosen, "--site", "centre.yaml", "--out", "run", "--quiet")
    assert done.code == 11, done.err
    page = (audit.folder / "run" / "report.html").read_text("utf-8")
    assert "tỉnh Lào Cai giai đoạn 2026 - 2030" in page
    assert "Tài liệu minh chứng kỹ thuật về các cam kết hạ tầng số của kế hoạch" in page
    assert not re.search(r"Lai Châu|hồ sơ đề nghị công nhận</p>|2\.4a", page + told.out + written)
