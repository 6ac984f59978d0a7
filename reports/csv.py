"""CSV (RFC 4180): one line for each indicator, for other programs and for spreadsheets."""

import csv
import io
from collections.abc import Iterator

from auditor.language import Language
from auditor.model import AuditRecord

from .clean import visible
from .compose import compose
from .outcomes import outcomes
from .view import IndicatorRow

MEDIA = "text/csv; charset=utf-8"
SUFFIX = ".csv"

COLUMNS = (
    *("run_id", "centre", "profile", "group", "indicator", "part_of", "name", "name_en"),
    *("verdict", "verdict_word", "outcome", "basis", "reason", "systems", "checks", "evidence"),
    *("remedy", "appraiser"),
)
"""The header, in every language; `appraiser` stays empty, as in every report."""

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def render(record: AuditRecord, language: Language, *, bom: bool = False) -> bytes:
    """Return the table as UTF-8; with `bom`, spreadsheet programs see that it is."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerows([cell(text) for text in row] for row in _rows(record, language))
    return table.getvalue().encode("utf-8-sig" if bom else "utf-8")


def cell(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula: `'` stands before one."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rows(record: AuditRecord, language: Language) -> Iterator[tuple[str, ...]]:
    report, found = compose(record, language), outcomes(record)
    findings = {finding.indicator: finding for finding in record.findings}
    for group, row in zip(record.profile.groups, report.groups, strict=True):
        for item, line in zip(group.indicators, row.indicators, strict=True):
            finding = findings[item.id]
            yield (
                report.run,
                report.centre,
                visible(record.profile.id),
                row.id,
                line.id,
                line.part_of,
                line.name,
                line.english,
                finding.verdict,
                line.badge.word,
                found[item.id],
                finding.basis,
                line.reason,
                *_joined(line),
                line.remedy,
                "",
            )


def _joined(line: IndicatorRow) -> tuple[str, str, str]:
    """Return what has several values, in one cell each."""
    systems = (f"{part.id}: {part.badge.word}" for part in line.systems)
    checks = (f"{check.id}: {check.badge.word} ({check.actual})" for check in line.checks)
    evidence = (seen.code for seen in line.evidence)
    return "; ".join(systems), "; ".join(checks), " ".join(evidence)
