"""A report of very many measurements: folded up on the page, cut with a count on paper."""

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

from dossier_read import SITE
from drawings import with_rows

from auditor.language import Language
from auditor.model import AuditRecord, Measurement, Row

Report = Callable[[str], ModuleType]

COUNT = 450
"""More than the PDF prints of a list, and more than the page shows unfolded."""


def large(record: AuditRecord) -> AuditRecord:
    """Return the sample with many failed measurements and machines, cited by the first check."""
    failed = next(o for o in record.observations if not hasattr(o.result, "rows"))
    more = tuple(
        replace(failed, measurement=Measurement(probe="identity", target=f"may-{n}"))
        for n in range(COUNT)
    )
    rows: list[Row] = [
        {"name": f"may-{n}", "is_counted": True, "is_inspected": False, "state": "never_tried"}
        for n in range(COUNT)
    ]
    first = record.findings[0]
    check = replace(first.checks[0], observations=tuple(o.measurement.key for o in more))
    changed = replace(
        record,
        observations=(*record.observations, *more),
        plan=(*record.plan, *(o.measurement for o in more)),
        findings=(replace(first, checks=(check,)), *record.findings[1:]),
    )
    return with_rows(changed, "known_machines", *rows)


def test_paper_cuts_long_lists_and_says_how_many_more(
    record: AuditRecord, report: Report, language: Language
) -> None:
    """The count of what is printed and of what is not adds up to all."""
    whole = report("compose").compose(large(record), language)
    module = report("brief")
    cut = module.brief(whole, language)
    for full, short, most in (
        (whole.evidence, cut.evidence, module.MOST_ROWS),
        (whole.unmeasured, cut.unmeasured, module.MOST_ROWS),
        (whole.machines.rows, cut.machines.rows, module.MOST_ROWS),
        (
            whole.groups[0].indicators[0].evidence,
            cut.groups[0].indicators[0].evidence,
            module.MOST_CITED,
        ),
    ):
        assert short[:-1] == full[:most]
        assert f"+{len(full) - most}" in str(short[-1])
    codes = cut.groups[0].indicators[0].checks[0].evidence
    assert len(codes) == module.MOST_CITED + 1
    assert codes[-1] == f"+{COUNT - module.MOST_CITED}"
    assert cut.pictures == whole.pictures
    assert cut.totals == whole.totals


def test_a_short_report_is_left_as_it_is(
    record: AuditRecord, report: Report, language: Language
) -> None:
    """Nothing is cut where nothing has to be."""
    whole = report("compose").compose(record, language)
    assert report("brief").brief(whole, language) == whole


def test_the_restricted_annex_is_cut_alike(record: AuditRecord, report: Report) -> None:
    """In its lists of evidence, of what was not measured and of machines; checks stay whole."""
    many = large(record)
    source = report("dossier.source").Source.of(
        many, SITE, report("dossier.stamp").stamp(many, "12ab" * 16, ""), {}
    )
    tables = [
        block for block in report("dossier.technical").technical(source).blocks
        if hasattr(block, "rows")
    ]  # fmt: skip
    most = report("brief").MOST_ROWS
    whole = report("compose").compose(many, Language("vi"))
    by_head = {table.columns[0]: table.rows for table in tables if len(table.rows) > most}
    more = "mục nữa; trang report.html và record.json có đủ"
    assert by_head["Máy"][-1][0] == f"+{len(whole.machines.rows) - most}"
    last = [table.rows[-1] for table in tables if table.columns[0] == "Mã"]
    assert (f"+{len(whole.unmeasured) - most}", "", "", more) in last
    assert (f"+{len(whole.evidence) - most}", more, "") in last


def test_the_page_folds_and_leaves_nothing_out(
    record: AuditRecord, report: Report, language: Language
) -> None:
    """Every measurement and every machine still stands in it, once in its list."""
    view = report("compose").compose(large(record), language)
    page = report("html").render(large(record), language)
    for row in view.evidence:
        assert page.count(f'<li id="{row.seen.code}">') == 1
    assert page.count("<summary>") >= len({row.seen.target for row in view.evidence})
    assert f": {COUNT - 25}</summary>" in page


def test_the_pdf_of_a_large_report_is_set(record: AuditRecord, report: Report) -> None:
    """No link of the cut document leads nowhere; Typst would refuse."""
    assert report("pdf").render(large(record), Language("vi")).startswith(b"%PDF")
