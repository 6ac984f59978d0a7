"""JUnit, CSV and CISO Assistant: read back by the readers of others, with every indicator once."""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import ModuleType
from typing import Any

import junitparser
import openpyxl
import pytest
import yaml

from auditor.language import Language
from auditor.model import AuditRecord, Indicator, Text, Verdict

Report = Callable[[str], ModuleType]

FORMULAS = ('=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(1)", "＝1+1")


def indicators(record: AuditRecord) -> list[str]:
    """Return the ids in the decision's order."""
    return [item.id for item in record.profile.indicators]


def verdicts(record: AuditRecord) -> dict[str, Verdict]:
    """Return the verdicts by indicator."""
    return {finding.indicator: finding.verdict for finding in record.findings}


def about(record: AuditRecord, text: str) -> AuditRecord:
    """Return the record with this text wherever a profile, a site or a network can put one."""
    both = Text(vi=text, en=text)
    findings = tuple(replace(item, reason=both) for item in record.findings)

    def spoiled(item: Indicator) -> Indicator:
        return replace(item, name=both, threshold=both, remedy=both)

    groups = tuple(
        replace(group, name=both, indicators=tuple(map(spoiled, group.indicators)))
        for group in record.profile.groups
    )
    return replace(
        record, findings=findings, centre=text, profile=replace(record.profile, groups=groups)
    )


def table(content: bytes, encoding: str = "utf-8") -> list[dict[str, str]]:
    """Read a CSV file as Python's reader does."""
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline="")))


def workbook(record: AuditRecord, language: Language, report: Report) -> list[dict[str, Any]]:
    """Read the audit for CISO Assistant by the header, as its wizard does."""
    content = report("ciso").files(record, language)["audit.xlsx"]
    head, *rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()
    return [{str(h.value): c.value for h, c in zip(head, row, strict=True)} for row in rows]


def test_csv_has_each_indicator_once(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """One line each, in the decision's order, with the verdict's code in either language."""
    rows = table(report("csv").render(record, language))
    assert [row["indicator"] for row in rows] == indicators(record)
    assert {row["indicator"]: row["verdict"] for row in rows} == verdicts(record)
    assert {row["appraiser"] for row in rows} == {""}


def test_csv_begins_with_a_mark_only_when_asked(record: AuditRecord, report: Report) -> None:
    """Excel needs it, other programs take it for a part of the first name."""
    render, vi = report("csv").render, Language("vi")
    assert render(record, vi).startswith(b"run_id,")
    assert render(record, vi, bom=True) == b"\xef\xbb\xbf" + render(record, vi)


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(record: AuditRecord, report: Report, formula: str) -> None:
    """Whoever names a file or a machine so does not calculate on the reader's computer."""
    for row in table(report("csv").render(about(record, formula), Language("en"))):
        assert row["name"] == row["remedy"] == row["centre"] == f"'{formula}"
        assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "＝"))]
    content = report("ciso").files(about(record, formula), Language("en"))["audit.xlsx"]
    for cells in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=2):
        assert cells[3].value == formula
        assert {cell.data_type for cell in cells} <= {"s", "b", "n"}
        assert not [cell for cell in cells if cell.data_type == "n" and cell.value is not None]


def test_hostile_texts_are_data_in_csv(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """Commas, quotes, escapes and line breaks stay inside their cell."""
    visible = report("clean").clipped
    rows = {row["indicator"]: row for row in table(report("csv").render(record, language))}
    for finding in record.findings:
        assert rows[finding.indicator]["reason"] == visible(language.pick(finding.reason))


def junit(record: AuditRecord, language: Language, report: Report) -> junitparser.JUnitXml:
    """Read the suites with another's reader."""
    read = junitparser.JUnitXml.fromstring(report("junit").render(record, language))
    assert isinstance(read, junitparser.JUnitXml)
    return read


def test_junit_has_each_indicator_once_under_its_group(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """The counts of the file are those of its cases, by another's count too."""
    suites = junit(record, language, report)
    named = [case.name.partition(" ")[0] for suite in suites for case in suite]
    assert named == indicators(record)
    told = (suites.tests, suites.failures, suites.errors, suites.skipped)
    suites.update_statistics()  # type: ignore[no-untyped-call]
    assert told == (suites.tests, suites.failures, suites.errors, suites.skipped)


def test_junit_says_failure_of_what_is_not_met_alone(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """Whatever is open is an error or skipped, with the reason as its message."""
    found = report("outcomes").outcomes(record)
    wanted = {
        "met": [], "not_met": [junitparser.Failure], "unmeasured": [junitparser.Error],
        "inconclusive": [junitparser.Error], "awaited": [junitparser.Skipped],
        "not_applicable": [junitparser.Skipped],
    }  # fmt: skip
    reasons = {item.indicator: language.pick(item.reason) for item in record.findings}
    for suite in junit(record, language, report):
        for case in suite:
            key = case.name.partition(" ")[0]
            assert [type(part) for part in case.result] == wanted[found[key]]
            for part in case.result:
                assert part.message.endswith(report("clean").clipped(reasons[key]))


@pytest.mark.parametrize("odd", ["\ufffe", "\uffff", "\U0001ffff", "\x00", "\ud800", "]]>"])
def test_junit_is_xml_whatever_stands_in_it(record: AuditRecord, report: Report, odd: str) -> None:
    """Characters that XML cannot hold are written out."""
    suites = junit(about(record, f"a{odd}b"), Language("vi"), report)
    assert suites.tests == len(indicators(record))
    openpyxl.load_workbook(
        io.BytesIO(report("ciso").files(about(record, f"a{odd}b"), Language("vi"))["audit.xlsx"])
    )


def test_the_library_holds_the_criteria(record: AuditRecord, report: Report) -> None:
    """What their importer demands is there, and each URN is one by their pattern, once."""
    text = report("ciso").files(record, Language("vi"))["library.yaml"]
    library = yaml.safe_load(text)
    assert {"urn", "ref_id", "name", "version", "locale", "objects"} <= set(library)
    assert isinstance(library["version"], int)
    nodes = library["objects"]["framework"]["requirement_nodes"]
    assert [node["ref_id"] for node in nodes if node["assessable"]] == indicators(record)
    urns = [node["urn"] for node in nodes]
    assert len(urns) == len(set(urns))
    parents = {node.get("parent_urn", urns[0]) for node in nodes}
    assert parents <= {node["urn"] for node in nodes if not node["assessable"]}
    for urn in [library["urn"], *urns]:
        assert urn.startswith("urn:centre-audit:risk:")
        assert urn == urn.lower()
        assert set(urn) <= set("abcdefghijklmnopqrstuvwxyz0123456789:.-_")
    assert b"&id" not in text


def test_a_name_longer_than_theirs_stands_whole_in_the_description(
    record: AuditRecord, report: Report
) -> None:
    """Their database keeps 200 characters of a name; ours is the decision's, word for word."""
    long = "Tên " * 100
    text = report("ciso").files(about(record, long), Language("vi"))["library.yaml"]
    for node in yaml.safe_load(text)["objects"]["framework"]["requirement_nodes"]:
        assert len(node["name"]) <= 200
        assert long.strip() in node["description"]


def test_the_audit_matches_the_library(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """Every verdict finds its requirement by number and by URN; numbers are text: 2.10 is not 2.1.

    Their wizard takes a missing score column for a score, so all three are there and empty.
    """
    library = yaml.safe_load(report("ciso").files(record, language)["library.yaml"])
    nodes = {n["urn"]: n for n in library["objects"]["framework"]["requirement_nodes"]}
    rows, found = workbook(record, language, report), report("outcomes").outcomes(record)
    assert [row["ref_id"] for row in rows] == indicators(record)
    assert "2.10" in indicators(record)
    for row in rows:
        assert nodes[row["urn"]]["ref_id"] == row["ref_id"]
        assert row["assessable"] is True
        mapped = report("outcomes").MAPPING[found[row["ref_id"]]]
        assert row["compliance_result"] == mapped.result
        assert row["requirement_progress"] == mapped.progress
        for name in ("score", "implementation_score", "documentation_score"):
            assert row[name] is None


def test_exports_are_repeatable(record: AuditRecord, language: Language, report: Report) -> None:
    """The same record gives the same bytes; no clock is in a workbook."""
    for name in ("csv", "junit"):
        assert report(name).render(record, language) == report(name).render(record, language)
    made = report("ciso").files(record, language)
    assert made == report("ciso").files(record, language)
    with zipfile.ZipFile(io.BytesIO(made["audit.xlsx"])) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    told = openpyxl.load_workbook(io.BytesIO(made["audit.xlsx"])).properties
    when = record.finished_at.replace(tzinfo=None)
    assert told.modified == told.created == when
    assert isinstance(when, datetime)
