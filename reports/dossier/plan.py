"""Kế hoạch khắc phục and the exceptions: what to do, and what is accepted for a time."""

from collections.abc import Iterator

from ..view import ExceptionRow, StepRow
from .paper import NONE_YET, Block, Table, body, or_none
from .source import Source

NOTE = (
    "Việc đóng được nhiều nội dung nhất với ít công sức nhất xếp trước; mức công việc là ước lượng"
    " của công cụ. Chỉ lượt rà soát sau mới cho biết nội dung đã đạt hay chưa."
)
COLUMNS = (
    *("TT", "Việc cần làm (theo hướng dẫn của công cụ)", "Chỉ số", "Mức công việc"),
    *("Người chịu trách nhiệm", "Thời hạn"),
)
WIDTHS = (10, 88, 22, 18, 22, 15)
_EXCEPTIONS = ("Chỉ số", "Kết quả gốc", "Khi tính ngoại lệ", "Tình trạng", "Văn bản", "Lý do")


def steps(source: Source, *, names_machines: bool) -> Iterator[Block]:
    """Yield the plan; steps that name machines are for the restricted annex alone."""
    found = source.report.steps
    if not found:
        yield body("Không có nội dung phải khắc phục.")
        return
    yield body(NOTE)
    shown = [step for step in found if names_machines or not step.is_measuring]
    rows = [_step(step) for step in shown]
    if rest := len(found) - len(shown):
        told = f"Đo lại {rest} nội dung chưa đo được: xem Phụ lục kỹ thuật (lưu hành hạn chế)"
        rows.append((NONE_YET, told, NONE_YET, NONE_YET, NONE_YET, NONE_YET))
    yield Table(COLUMNS, WIDTHS, tuple(rows))


def _step(step: StepRow) -> tuple[str, ...]:
    others = "".join(f"; hoặc: {other}" for other in step.others)
    helps = ", ".join(step.indicators)
    about = f" ({step.systems})" if step.systems else ""
    return (
        *(step.number, f"{step.do}{others}", f"{helps}{about}", or_none(step.effort)),
        *(or_none(step.responsible), NONE_YET),
    )


def exceptions(source: Source) -> Iterator[Block]:
    """Yield the exceptions with raw and effective verdicts; nothing where there is no ledger."""
    if source.record.waivers is None:
        return
    yield from (body(text) for text in source.report.exceptions)
    if source.report.waived:
        rows = tuple(map(_exception, source.report.waived))
        yield Table(_EXCEPTIONS, (17, 24, 26, 30, 38, 30), rows)


def _exception(row: ExceptionRow) -> tuple[str, ...]:
    place = f"{row.indicator} ({row.system})" if row.system else row.indicator
    return (
        *(place, row.raw.word, row.effective.word, row.state),
        *(f"{row.document}; {row.people}", row.reason),
    )
