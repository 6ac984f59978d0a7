"""The view: order, words and harmless text, before any layout."""

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

from changes_made import since
from recorded import recorded

from auditor.causes import CAUSES
from auditor.language import Language
from auditor.model import AuditRecord, Cause, Failure, Text, Verdict
from auditor.phrases import FAILURES
from auditor.wording import plain

Report = Callable[[str], ModuleType]

UNSEEN = {"Cc", "Cf", "Cs", "Co"}


def strings(part: object) -> Iterator[str]:
    """Yield every string inside a view."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        yield from (text for value in part.values() for text in strings(value))
    elif isinstance(part, list | tuple):
        yield from (text for value in part for text in strings(value))


def composed(record: AuditRecord, language: Language, report: Report) -> Any:  # noqa: ANN401 - mapped
    """Return the view of the sample."""
    return report("compose").compose(record, language)


def test_every_string_is_one_visible_line(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """Nothing that acts unseen is left anywhere, and Vietnamese is composed."""
    texts = list(strings(dataclasses.asdict(composed(record, language, report))))
    assert any("\\x1b[31m" in text for text in texts)
    for text in texts:
        assert unicodedata.is_normalized("NFC", text)
        assert not {unicodedata.category(char) for char in text} & UNSEEN, text


def test_indicators_keep_the_order_of_the_decision(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """Parts stand after their whole and count within it."""
    view = composed(record, language, report)
    ids = [line.id for group in view.groups for line in group.indicators]
    assert len(ids) == 34
    assert ids[10:16] == ["2.4", "2.4a", "2.4b", "2.4c", "2.4d", "2.5"]
    assert view.total == 30
    assert sum(view.totals) == 30


def test_every_capture_and_every_failure_is_listed(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """No evidence gets lost between the sections."""
    view = composed(record, language, report)
    digests = [capture.sha256 for row in view.evidence for capture in row.captures]
    captures = [capture for seen in record.observations for capture in seen.captures]
    errors = [capture.stderr_sha256 for capture in captures if capture.stderr_sha256]
    assert sorted(digests) == sorted([*(capture.sha256 for capture in captures), *errors])
    codes = [row.seen.code for row in view.evidence]
    assert len(codes) == len(set(codes)) == len({m.key for m in record.plan})
    limits = {line for row in view.evidence for line in row.limitations}
    assert len(limits) == 5
    cited = {
        row.code for group in view.groups for line in group.indicators for row in line.evidence
    }
    assert cited
    assert cited <= set(codes)
    words = {failure: language.pick(text) for failure, text in FAILURES.items()}
    assert {row.failure for row in view.unmeasured} >= {words[failure] for failure in Failure}


def test_a_planned_measurement_without_observation_is_told(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """A run that was cut short does not look complete."""
    rows = [row for row in composed(record, language, report).unmeasured if row.probe == "clock"]
    assert len(rows) == 1
    assert rows[0].failure == language("planned, but not carried out")


def test_an_unread_text_is_never_printed_as_source(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """Citations of confidence M or U appear neither as thresholds nor as references."""
    view = composed(record, language, report)
    lines = [line for group in view.groups for line in group.indicators]
    assert all(line.references and "chưa ai đọc" not in str(line.references) for line in lines)
    unread = language("source not verified, not to be cited")
    assert any(check.source == unread for line in lines for check in line.checks)
    own = language("the tool's own threshold")
    assert any(check.source == own for line in lines for check in line.checks)


def test_long_values_are_cut_with_a_count(report: Report) -> None:
    """A flood from one host cannot fill the report."""
    clean = report("clean")
    assert clean.clipped("x" * 10, 4) == "xxxx […+6]"
    assert clean.clipped("xxxx", 4) == "xxxx"


def test_values_read_as_words(report: Report) -> None:
    """Unknown is not "no"; numbers use the language's decimal sign."""
    values, vi, en = report("values"), Language("vi"), Language("en")
    assert values.value(en, None) == "not known"
    assert values.value(en, value := False) == "no", value
    assert values.value(vi, 0.8, "%") == "0,8 %"
    assert values.value(en, 0.8, "%") == "0.8 %"
    assert values.value(en, 100.0) == "100"
    assert values.value(en, ()) == "none"
    assert values.value(en, tuple("abcdefghijklmnopqrstuvw")).endswith("t; and 3 more")
    assert values.size(vi, 1234567).startswith("1.234.567 ")


def test_numbers_are_rounded_and_nothing_is_rounded_away(report: Report) -> None:
    """Two decimals, as in reasons; a small number keeps three figures, an empty list has a word."""
    values = report("values")
    shown = [values.number(Language("vi"), n) for n in (12.000416666666666, 549.755813888, 0.0042)]
    assert shown == ["12", "549,76", "0,0042"]
    assert [values.number(Language("vi"), n) for n in (100.0, 0, 7.5)] == ["100", "0", "7,5"]
    assert plain(()) == Text(vi="không có", en="none")


def test_a_brief_reason_keeps_whole_causes_and_counts_the_rest(report: Report) -> None:
    """The first cause always stands, however long; none is cut, none is lost in silence."""
    values, en, vi = report("values"), Language("en"), Language("vi")
    assert values.brief(en, "") == ""
    assert values.brief(en, "one; two; three") == "one; two; three"
    assert values.brief(en, "x" * 300) == "x" * 300
    assert values.brief(en, "; ".join(["x" * 300, "two", "three"])) == f"{'x' * 300}; and 2 more"
    full = "; ".join(["x" * 69, "y" * 69])
    assert len(full) == values.BRIEF
    assert values.brief(en, full) == full
    assert values.brief(en, f"{full}z") == f"{'x' * 69}; and 1 more"
    assert values.brief(vi, f"{full}; z") == vi("{head}; and {count} more", head=full, count=1)


def test_tables_are_brief_and_sections_whole(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """A long reason is shortened in the table only."""
    causes = [f"nguyên nhân thứ {n} của kết quả này" for n in range(9)]
    whole = Text(vi="; ".join(causes), en="; ".join(causes))
    first = dataclasses.replace(record.findings[0], reason=whole)
    changed = dataclasses.replace(record, findings=(first, *record.findings[1:]))
    line = composed(changed, language, report).groups[0].indicators[0]
    assert line.reason == whole.vi
    assert line.brief == language("{head}; and {count} more", head="; ".join(causes[:4]), count=5)


def test_days_read_as_in_vietnam(report: Report) -> None:
    """What is no day stays as it was written."""
    values = report("values")
    assert values.day("2026-01-05") == "05/01/2026"
    assert values.day("") == ""
    assert values.day("2026-13-05") == "2026-13-05"
    assert values.day("\udc80") == "\udc80"


def test_every_vocabulary_has_its_words(language: Language, report: Report) -> None:
    """A new verdict or failure without words fails here, not in a report."""
    words = report("words")
    assert set(words.verdicts(language)) == set(Verdict) == set(words.MARKS)
    assert set(FAILURES) == set(Failure)


def test_verdict_words_in_vietnamese(report: Report) -> None:
    """The first two are the appraiser's words (Form IV.5.1.1), the others are the tool's."""
    assert report("words").verdicts(Language("vi")) == {
        Verdict.MET: "Đạt",
        Verdict.NOT_MET: "Không đạt",
        Verdict.UNDETERMINED: "Chưa đủ căn cứ kết luận",
        Verdict.NOT_APPLICABLE: "Không áp dụng",
    }


def test_every_change_names_verdicts_cause_and_measurements(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """A long list is cut with a count; what is gone leads nowhere; an exception has no verdicts."""
    changes = composed(record, language, report).changes
    *_by_cause, gone, excepted = changes.rows
    assert [row.cause for row in changes.rows[:-2]] == [
        language(CAUSES[cause]) for cause in Cause if cause is not Cause.EXCEPTION
    ]
    first = changes.rows[0]
    assert (first.before.code, first.after.code) == ("not_met", "met")
    assert (first.is_here, first.sources[0].code) == (True, "E01")
    assert (gone.is_here, gone.after) == (False, None)
    assert len(gone.sources) == 11
    assert (gone.sources[0].code, gone.sources[-1].what) == ("", "+30")
    assert (excepted.before, excepted.after, excepted.sources) == (None, None, ())
    same = composed(replace(record, previous=since(record, [])), language, report).changes
    assert same.rows == ()
    assert language("Nothing changed: every verdict is what it was.") in same.told
    assert composed(replace(record, previous=None), language, report).changes is None


def test_english_says_one_document(report: Report) -> None:
    """Of a value of one, found or required; no plural follows a one in what a check says."""
    view = report("compose").compose(recorded("papers-in-order"), Language("en"))
    checks = [check for group in view.groups for line in group.indicators for check in line.checks]
    assert "1 document" in {check.actual for check in checks}
    assert "at least 1 document" in {check.expected for check in checks}
    told = "\n".join(text for c in checks for text in (c.actual, c.expected, c.reason))
    assert re.findall(r"(?<![\d.,])1 [a-z]+(?<!les)(?<!is)s\b", told) == []


def test_an_english_report_has_the_tools_own_words_in_english(report: Report) -> None:
    """Names of measures that machines lack, which the values of checks hold in Vietnamese."""
    record = recorded("machines-in-disorder")
    shown = {}
    for code in ("vi", "en"):
        view = report("compose").compose(record, Language(code))
        (line,) = [i for group in view.groups for i in group.indicators if i.id == "2.13"]
        shown[code] = next(check for check in line.checks if check.id == "failed_measures")
    assert "Đồng bộ giờ hệ thống" in shown["vi"].actual
    assert "System time is synchronised" in shown["en"].actual
    assert "Đồng bộ giờ hệ thống" not in shown["en"].actual + shown["en"].reason
    assert "System time is synchronised" in shown["en"].reason
