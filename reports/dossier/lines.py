"""The lines of the decision as rows of tables: found, proposed, on what basis, by what evidence."""

from collections.abc import Iterator

from ..values import capital
from ..view import CheckRow, EvidenceRow, IndicatorRow
from .paper import NONE_YET, Table
from .source import Source

MOST = 4
"""Values and pieces of evidence that one cell names; the technical annex has all."""

SHORT_DIGEST = 12
"""Digits of a digest in a cell; the technical annex has it whole."""

COLUMNS = (
    *("TT", "Chỉ số", "Kết quả thực tế", "Công cụ đề xuất", "Căn cứ kết luận"),
    *("Minh chứng", "Ý kiến của người thẩm định"),
)
WIDTHS = (14, 42, 56, 26, 53, 36, 25)


def table(source: Source) -> Table:
    """Return the whole table; the appraiser's column is left empty."""
    return Table(COLUMNS, WIDTHS, tuple((*row, "") for row in rows(source)))


def rows(source: Source) -> Iterator[tuple[str, ...]]:
    """Yield the columns that the tool fills, line by line."""
    for line in source.indicators:
        found = actual(line, source)
        yield (
            line.id,
            name(line),
            found,
            line.badge.word,
            basis(line, source),
            proof(line, source),
        )


def name(line: IndicatorRow) -> str:
    """Return the name as the decision has it, with its footnote."""
    return f"{line.name} [Ghi chú: {line.footnote}]" if line.footnote else line.name


def actual(line: IndicatorRow, source: Source) -> str:
    """Return what was found by the checks that decide."""
    if not line.checks and (parts := source.parts(line)):
        return f"Xem {parts}"
    found = [_value(check, source) for check in line.checks if check.decides]
    return _first(found, "nội dung", "; ")


def basis(line: IndicatorRow, source: Source) -> str:
    """Return the kind of evidence, the reason, and where the thresholds come from."""
    sources = dict.fromkeys(check.source for check in line.checks if check.decides)
    told = f" Nguồn của ngưỡng: {_first(list(sources), 'nguồn', '; ')}." if sources else ""
    remarks = map(source.names.plain, line.exceptions)
    waived = "".join(f" {remark.rstrip('.')}." for remark in remarks)
    reason = source.names.plain(line.brief).rstrip(".")
    return f"{capital(line.basis)}. {capital(reason)}.{told}{waived}"


def proof(line: IndicatorRow, source: Source) -> str:
    """Return codes of evidence with the beginning of their digests, and confirmed papers."""
    if not line.evidence and (parts := source.parts(line)):
        return f"Xem {parts}"
    told = [f"{seen.code}{_digest(source.evidence[seen.code])}" for seen in line.evidence]
    return _first(told, "minh chứng", "; ")


def _digest(kept: EvidenceRow) -> str:
    """Return the beginning of the first digest; nothing where a public copy hides it."""
    first = kept.captures[0].sha256 if kept.captures else ""
    return f" ({first[:SHORT_DIGEST]}…)" if len(first) > SHORT_DIGEST else ""


def _value(check: CheckRow, source: Source) -> str:
    place = f" [{source.names.system(check.system)}]" if check.system else ""
    return f"{check.title}{place}: {check.actual}"


def _first(texts: list[str], what: str, between: str) -> str:
    if not texts:
        return NONE_YET
    rest = len(texts) - MOST
    shown = between.join(texts[:MOST])
    return f"{shown}{between}và {rest} {what} khác" if rest > 0 else shown
