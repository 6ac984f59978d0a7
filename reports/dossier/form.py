"""What to write into item 4.5 of the forms IV.2.1 and IV.5.1.1 of Decree 268/2025/NĐ-CP."""

from collections.abc import Iterator

from . import lines
from .paper import Block, Form, Line, Paper, Table, body, heading
from .source import Source

NAME = "noi-dung-muc-4-5"
ITEM = (
    "Đáp ứng tiêu chí về hạ tầng kỹ thuật do Ủy ban nhân dân cấp tỉnh ban hành (nếu có) – Mẫu"
    " IV.2.1 và Mẫu IV.5.1.1, Nghị định số 268/2025/NĐ-CP"
)
"""The item's own words (domain research 1.1)."""


def form(source: Source) -> Paper:
    """Return the lines; they are copied into a form and have no head of their own."""
    return Paper(
        name=NAME,
        head=None,
        label=source.label,
        title="NỘI DUNG ĐIỀN MỤC 4.5",
        subject=ITEM,
        blocks=tuple(_blocks(source)),
        annexes=(),
        stamp=source.stamp,
    )


def _blocks(source: Source) -> Iterator[Block]:
    cover = source.report.cover
    yield heading("A. Nội dung thuyết minh (Mẫu IV.2.1)")
    yield body(
        f"{source.centre} đã tự rà soát hạ tầng kỹ thuật theo {cover[1][1]} – {cover[2][1]}."
        f" Kết quả do công cụ đề xuất: {source.counted()}."
    )
    yield body(
        "Tài liệu minh chứng kèm theo: Báo cáo kết quả rà soát hạ tầng kỹ thuật và Phụ lục I; gói"
        f" minh chứng của phiên rà soát {source.report.run}."
    )
    yield heading("B. Bảng đối chiếu từng chỉ số (Mẫu IV.5.1.1)")
    yield Line(
        Form.NOTE,
        "Hai cột “Đạt” và “Không đạt” do người thẩm định đánh dấu. “Chưa đủ căn cứ kết luận” và"
        " “Không áp dụng” là cách gọi của công cụ, không có trong Mẫu IV.5.1.1.",
    )
    rows = tuple(
        (line.id, line.name, line.badge.word, lines.proof(line, source), "", "")
        for line in source.indicators
    )
    columns = ("TT", "Chỉ số", "Công cụ đề xuất", "Minh chứng", "Đạt", "Không đạt")
    yield Table(columns, (13, 55, 28, 39, 13, 17), rows)
