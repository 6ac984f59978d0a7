"""Kế hoạch khắc phục and the exceptions: what to do, and what is accepted for a time."""

from collections.abc import Iterator
from dataclasses import replace

from auditor.model import StepKind

from ..view import ExceptionRow, StepRow
from .paper import NONE_YET, Block, Table, body, or_none
from .source import Source

NOTE = (
    "Việc đóng được nhiều nội dung nhất với ít công sức nhất xếp trước; mức công việc là ước lượng"
    " của công cụ. Chỉ lượt rà soát sau mới cho biết nội dung đã đạt hay chưa."
)
WHERE = "Cách làm chi tiết của từng việc: xem Phụ lục kỹ thuật (lưu hành hạn chế)."
COLUMNS = ("TT", "Việc cần làm", "Chỉ số", "Mức công việc", "Người chịu trách nhiệm", "Thời hạn")
WIDTHS = (10, 66, 23, 24, 36, 16)
DATE = "……"
"""The day by which something is done is for people to set."""

_BRIEFLY = {
    StepKind.DOCUMENT: "Có văn bản “{name}” còn hiệu lực và được xác nhận",
    StepKind.DECLARATION: "Khai và ký xác nhận: {name}",
    StepKind.CHANGE: "Bổ sung, khắc phục: {name}",
    StepKind.MEASUREMENT: "Đo lại: {name}",
}
NOTHING = "Không có nội dung phải khắc phục."
_EXCEPTIONS = ("Chỉ số", "Kết quả gốc", "Khi tính ngoại lệ", "Tình trạng", "Văn bản", "Lý do")


def briefly(source: Source) -> Iterator[Block]:
    """Yield the plan for the dossier: what is to be done, without machines, commands or keys."""
    found = source.report.steps
    if not found:
        yield body(NOTHING)
        return
    yield body(f"{NOTE} {WHERE}")
    shown = [step for step in found if step.ways[0][0] is not StepKind.MEASUREMENT]
    rows = (
        _row(str(number), "; hoặc: ".join(map(_brief, step.ways)), step, source)
        for number, step in enumerate(_joined(shown), start=1)
    )
    if shown:
        yield Table(COLUMNS, WIDTHS, tuple(rows))
    if rest := len(found) - len(shown):
        yield body(
            f"Ngoài ra, cần đo lại {rest} nội dung chưa đo được: xem Phụ lục kỹ thuật (lưu hành"
            " hạn chế)."
        )


def in_full(source: Source) -> Iterator[Block]:
    """Yield the plan for the restricted annex, with how each thing is done."""
    found = source.report.steps
    if not found:
        yield body(NOTHING)
        return
    yield body(NOTE)
    rows = (_row(step.number, _all(step), step, source) for step in found)
    yield Table(COLUMNS, WIDTHS, tuple(rows))


def _joined(steps: list[StepRow]) -> list[StepRow]:
    """Make one step of those that differ in nothing but the indicators that they help."""
    joined: dict[tuple[object, ...], StepRow] = {}
    for step in steps:
        key = (step.ways, step.effort, step.responsible, step.systems)
        before = joined.get(key)
        helped = before.indicators if before else ()
        joined[key] = replace(
            before or step, indicators=tuple(dict.fromkeys((*helped, *step.indicators)))
        )
    return list(joined.values())


def _brief(way: tuple[StepKind, str]) -> str:
    kind, name = way
    return _BRIEFLY[kind].format(name=name)


def _all(step: StepRow) -> str:
    return "; hoặc: ".join(way.rstrip(".") for way in (step.do, *step.others))


def _row(number: str, do: str, step: StepRow, source: Source) -> tuple[str, ...]:
    names = "; ".join(map(source.names.system, step.systems))
    about = f" ({names})" if names else ""
    return (
        *(number, do, f"{', '.join(step.indicators)}{about}", or_none(step.effort)),
        *(step.responsible or ("(không nêu)" if source.is_public else NONE_YET), DATE),
    )


def exceptions(source: Source) -> Iterator[Block]:
    """Yield the exceptions with raw and effective verdicts; nothing where there is no ledger."""
    if source.record.waivers is None:
        return
    yield from (body(source.names.plain(text)) for text in source.report.exceptions)
    if source.report.waived:
        rows = tuple(_exception(row, source) for row in source.report.waived)
        yield Table(_EXCEPTIONS, (17, 24, 26, 30, 38, 30), rows)


def _exception(row: ExceptionRow, source: Source) -> tuple[str, ...]:
    about = f" ({source.names.system(row.system)})" if row.system else ""
    return (
        *(f"{row.indicator}{about}", row.raw.word, row.effective.word, row.state),
        *(f"{row.document}; {row.people}", row.reason),
    )
