"""Biên bản kiểm tra: what people fill in on the spot, around what the tool found."""

from collections.abc import Iterator

from ..clean import clipped
from . import plan, review
from .paper import GAP, Block, Closing, Line, Paper, Table, body, fill, heading
from .source import Source

NAME = "bien-ban-kiem-tra"


def minutes(source: Source) -> Paper:
    """Return the minutes; place and time stand in their first sentence, to be filled in."""
    return Paper(
        name=NAME,
        head=source.head("BB", is_dated=False),
        label=source.label,
        title="BIÊN BẢN",
        subject="Kiểm tra hạ tầng kỹ thuật",
        blocks=tuple(_blocks(source)),
        annexes=(),
        stamp=source.stamp,
    )


def _blocks(source: Source) -> Iterator[Block]:
    yield from fill("Hôm nay, hồi … giờ … phút, ngày … tháng … năm …, tại ")
    yield heading("I. Thành phần tham gia")
    letter = source.letter
    performing = clipped(letter.performing_unit) if letter else GAP
    for title in (
        f"1. Đại diện {source.centre}:",
        f"2. Đại diện đơn vị thực hiện rà soát ({performing}):",
        "3. Thành phần khác (nếu có):",
    ):
        yield body(title)
        yield from _person()
    yield heading("II. Nội dung kiểm tra")
    yield body(
        f"Kiểm tra hạ tầng kỹ thuật theo {source.report.cover[1][1]}, trên cơ sở phiên rà soát"
        f" {source.report.run}."
    )
    yield from review.how(source)
    yield heading("III. Kết quả kiểm tra")
    yield body(
        f"Kết quả do công cụ đề xuất: {source.counted()}. Cột “Kết quả kiểm tra tại chỗ” do các"
        " bên tham gia ghi."
    )
    yield _results(source)
    yield from plan.exceptions(source)
    yield heading("IV. Ý kiến của các bên tham gia")
    yield from fill("", 4)
    yield heading("V. Kết luận")
    yield from fill("", 3)
    yield body(
        "Biên bản kết thúc hồi … giờ … phút cùng ngày, gồm … trang, được lập thành 02 bản có giá"
        " trị như nhau, mỗi bên giữ 01 bản. Biên bản đã được đọc lại cho những người tham gia cùng"
        " nghe, thống nhất nội dung và cùng ký tên dưới đây./."
    )
    yield Closing(
        (), ("ĐẠI DIỆN TRUNG TÂM", "ĐẠI DIỆN ĐƠN VỊ THỰC HIỆN RÀ SOÁT", "NGƯỜI LẬP BIÊN BẢN")
    )


def _person() -> tuple[Line, ...]:
    return fill("Ông (bà): ……………………………………; chức vụ: ")


def _results(source: Source) -> Table:
    rows = tuple((line.id, line.name, line.badge.word, "", "") for line in source.indicators)
    columns = ("TT", "Chỉ số", "Công cụ đề xuất", "Kết quả kiểm tra tại chỗ", "Ghi chú")
    return Table(columns, (15, 65, 30, 32, 23), rows)
