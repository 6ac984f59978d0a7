"""Báo cáo kết quả rà soát hạ tầng kỹ thuật, with the table of all indicators as its annex."""

from collections.abc import Iterator

from auditor.model import Verdict

from ..clean import clipped
from ..values import capital, day, moment
from . import lines, plan
from .paper import (
    GAP,
    Annex,
    Block,
    Closing,
    Form,
    Line,
    Paper,
    Table,
    body,
    heading,
    items,
)
from .source import METHODS, Source

NAME = "bao-cao-ket-qua-ra-soat"
DECREE = "Nghị định số 268/2025/NĐ-CP ngày 14 tháng 10 năm 2025 của Chính phủ"


def review(source: Source) -> Paper:
    """Return the report."""
    return Paper(
        name=NAME,
        head=source.head("BC"),
        label=source.label,
        title="BÁO CÁO",
        subject="Kết quả rà soát hạ tầng kỹ thuật",
        blocks=tuple(_blocks(source)),
        annexes=(
            Annex(
                title="Phụ lục I",
                subject="BẢNG KẾT QUẢ RÀ SOÁT THEO TỪNG CHỈ SỐ",
                of=enclosed(source),
                is_wide=True,
                blocks=(
                    lines.table(source),
                    Line(
                        Form.NOTE,
                        "Cột “Minh chứng” ghi mã và phần đầu của SHA-256; danh mục minh chứng ở Phụ"
                        " lục kỹ thuật (lưu hành hạn chế), đầy đủ trong gói minh chứng. Cột “Ý kiến"
                        " của người thẩm định” để trống.",
                    ),
                ),
            ),
        ),
        stamp=source.stamp,
    )


def enclosed(source: Source) -> str:
    """Return the line that ties an annex to the report, whose number and date are still blank."""
    return f"(Kèm theo Báo cáo số …/BC-… ngày … tháng … năm … của {source.centre})"


def _blocks(source: Source) -> Iterator[Block]:
    yield from _grounds(source)
    yield body(
        f"{source.centre} báo cáo kết quả rà soát hạ tầng kỹ thuật theo"
        f" {source.report.cover[1][1]} như sau:"
    )
    yield heading("1. Đơn vị thực hiện và tính độc lập")
    yield from who(source)
    yield heading("2. Phạm vi và phương pháp")
    yield from how(source)
    yield heading("3. Kết quả theo tiêu chí")
    yield body(
        f"Kết quả do công cụ đề xuất: {source.counted()}. Kết quả từng chỉ số ở Phụ lục I kèm theo."
    )
    yield summary(source)
    yield from plan.exceptions(source)
    yield from (body(text) for text in source.report.explanations)
    yield heading("4. Tồn tại, hạn chế, nội dung chưa kiểm chứng được")
    yield from _shortcomings(source)
    yield heading("5. Kế hoạch khắc phục")
    yield from plan.briefly(source)
    yield heading("6. Kết luận, kiến nghị")
    yield body(
        "Báo cáo này là tài liệu minh chứng kỹ thuật; không phải kết luận thẩm định. Kết luận Đạt"
        " hoặc Không đạt đối với từng chỉ số thuộc thẩm quyền của người thẩm định."
    )
    yield body(f"Kiến nghị: {GAP}{GAP}")
    yield body(
        f"{source.centre} chịu trách nhiệm trước pháp luật về tính hợp pháp, trung thực và chính"
        " xác của nội dung báo cáo./."
    )
    told = (f"{source.owner};",) if source.owner else ()
    yield Closing((*told, f"{GAP};", "Lưu: VT, …"), ("",))


def _grounds(source: Source) -> Iterator[Line]:
    grounds = []
    if source.is_for_recognition:
        grounds.append(DECREE)
    grounds.append(source.report.cover[2][1])
    if letter := source.letter:
        grounds.append(
            f"Văn bản cho phép rà soát số {clipped(letter.number)} ngày"
            f" {day(letter.issued_on.isoformat())} của {clipped(letter.issuing_body)}"
        )
    for place, ground in enumerate(grounds):
        end = "." if place == len(grounds) - 1 else ";"
        yield Line(Form.BASIS, f"Căn cứ {ground}{end}")


def who(source: Source) -> Iterator[Line]:
    """Yield who carried the review out, and whether that is independent of who runs things."""
    letter = source.letter
    if letter is None:
        digest = source.record.authorisation_sha256
        yield from items(
            f"Đơn vị thực hiện rà soát: {source.unsaid}",
            f"Đơn vị vận hành hệ thống: {source.unsaid}",
            f"Văn bản cho phép rà soát: có, SHA-256 {digest}"
            if source.is_public and digest
            else "Văn bản cho phép rà soát: (chưa có); công cụ chỉ đọc thông tin trên máy chạy công"
            " cụ",
        )
        return
    independent = "độc lập" if letter.independent else "không độc lập"
    note = f" ({clipped(letter.independence_note)})" if letter.independence_note else ""
    yield from items(
        f"Đơn vị thực hiện rà soát: {clipped(letter.performing_unit)}",
        f"Đơn vị vận hành hệ thống: {clipped(letter.operating_unit)}",
        f"Quan hệ với đơn vị vận hành: {independent}{note}",
        f"Người vận hành công cụ: {clipped(letter.tool_operator)}",
    )


def how(source: Source) -> Iterator[Line]:
    """Yield scope and method. Addresses stay in the restricted annex."""
    record, methods = source.record, dict(source.report.methods)
    labels = source.report.labels
    systems = "; ".join(clipped(system.name) for system in source.site.information_systems)
    allowed = source.letter.methods if source.letter else ()
    failed = len(source.report.unmeasured)
    yield from items(
        f"Thời gian rà soát: từ {moment(record.started_at)} đến {moment(record.finished_at)}"
        f" ({methods[labels['clock']]})",
        f"Hệ thống thông tin thuộc phạm vi: {systems or source.unsaid}",
        f"Phương pháp được phép: {'; '.join(METHODS[m] for m in allowed) or source.unsaid}",
        f"Công cụ: {methods[labels['tool']]}; bộ tiêu chí {methods[labels['profile']]}",
        f"Số phép đo: {len(record.observations)}; không đo được: {failed}",
        "Phạm vi địa chỉ và danh sách thiết bị: xem Phụ lục kỹ thuật (lưu hành hạn chế)",
    )


def summary(source: Source) -> Table:
    """Return how many indicators of each group have which proposed verdict."""
    report = source.report
    rows = [
        (f"{group.id}. {group.name}", *map(str, group.counts), str(group.total))
        for group in report.groups
    ]
    rows.append(("Tổng cộng", *map(str, report.totals), str(report.total)))
    words = (badge.word for badge in report.verdicts)
    return Table(("Nhóm tiêu chí", *words, "Tổng"), (57, 20, 22, 28, 24, 14), tuple(rows))


def _shortcomings(source: Source) -> Iterator[Line]:
    for verdict, title in (
        (Verdict.NOT_MET, "Chỉ số công cụ đề xuất Không đạt:"),
        (Verdict.UNDETERMINED, "Chỉ số chưa đủ căn cứ kết luận:"),
    ):
        told = [
            f"{line.id} {line.name}: {source.names.plain(line.brief)}"
            for line in source.indicators
            if line.badge.code == verdict.value
        ]
        yield body(title)
        yield from items(*(told or ["Không có"]))
    yield from _limits(source)


def _limits(source: Source) -> Iterator[Line]:
    """Say what limits the result; the technical part of it stands in the restricted annex."""
    report, methods = source.report, dict(source.report.methods)
    told = [methods[report.labels["clock"]]]
    if source.letter is None and not (source.is_public and source.record.authorisation_sha256):
        told.append(report.labels["no_authorisation"])
    if report.unmeasured:
        told.append(f"số phép đo không thực hiện được: {len(report.unmeasured)}")
    yield body("Những điều hạn chế kết quả này:")
    yield from items(
        *map(capital, told),
        *(clipped(note.vi).rstrip(".") for note in source.profile.notes),
        f"Công cụ ghi nhận {len(report.limitations)} hạn chế của phép đo; liệt kê đầy đủ ở Phụ lục"
        " kỹ thuật (lưu hành hạn chế)",
    )
