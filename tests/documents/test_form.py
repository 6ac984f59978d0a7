"""What is recognised in a reading, and above all what is not: better no value than a wrong one."""

from collections.abc import Sequence
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.documents.elements import EXCERPT, Doubt, Field
from auditor.documents.form import Form, recognise
from auditor.documents.text import Line, Origin, Page, Reading

HEADER = (
    "SỞ KHOA HỌC VÀ CÔNG NGHỆ CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "TRUNG TÂM ĐỔI MỚI SÁNG TẠO Độc lập - Tự do - Hạnh phúc",
    "Số: 15/KH-TTĐMST Lai Châu, ngày 05 tháng 3 năm 2026",
)
PLAN = ("KẾ HOẠCH", "Ứng phó sự cố an ninh mạng năm 2026")
BASES = (
    "Căn cứ Quyết định số 05/2017/QĐ-TTg ngày 16 tháng 3 năm 2017 của Thủ tướng Chính phủ",
    "ban hành quy định về hệ thống phương án ứng cứu khẩn cấp;",
    "Căn cứ Luật An ninh mạng số 116/2025/QH15.",
    "I. MỤC ĐÍCH",
)
CLOSING = (
    "Nơi nhận: TM. ỦY BAN NHÂN DÂN",
    "- Như trên; KT. CHỦ TỊCH",
    "- Lưu: VT, KGVX. PHÓ CHỦ TỊCH",
    "Hà Trọng Khải",
)


def read(
    lines: Sequence[str],
    *,
    origin: Origin = Origin.TEXT,
    confidence: float = 1.0,
    pictures: int = 0,
) -> Form:
    """Recognise lines that were merged across columns, as the worst of readers returns them."""
    return recognise(
        Reading(
            sha256="0" * 64,
            size_bytes=1,
            media_type="application/pdf",
            pages=(Page(number=1, origin=origin, pictures=pictures),),
            lines=tuple(Line(page=1, text=line, confidence=confidence) for line in lines),
        )
    )


@pytest.mark.parametrize(
    ("day", "want"),
    [
        (("Lai Châu, ngày 05 tháng 3 năm", "2026"), "2026-03-05"),
        (("Lai Châu, ngày 05 tháng 3", "năm 2026"), "2026-03-05"),
        (("Lai Châu, ngày 05", "tháng 3 năm 2026"), "2026-03-05"),
        (("Lai Châu, ngày    tháng    năm", "2026"), None),
    ],
)
def test_a_narrow_column_breaks_motto_and_day(day: tuple[str, str], want: str | None) -> None:
    """What a wide font breaks is one line again, and no part of it becomes the issuer's name."""
    left = ("SỞ KHOA HỌC VÀ CÔNG NGHỆ", "TRUNG TÂM ĐỔI MỚI SÁNG TẠO", "Số: 15/KH-TTĐMST")
    right = ("CỘNG HÒA XÃ HỘI CHỦ", "NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", *day)
    form = read([*left, *right, *PLAN, *BASES, *CLOSING])
    assert form.issuer.value == "TRUNG TÂM ĐỔI MỚI SÁNG TẠO"
    assert form.motto.value == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert form.issued_on.value == want


def test_columns_on_one_line_are_told_apart() -> None:
    """Left and right column of a header, recipients and signer, although a line holds both."""
    form = read([*HEADER, *PLAN, *BASES, *CLOSING])
    said = {
        "parent": form.parent_body.value,
        "issuer": form.issuer.value,
        "number": form.number.value,
        "place": form.place.value,
        "day": form.issued_on.value,
        "type": form.document_type.value,
        "title": form.title.value,
        "kind": form.kind,
        "bases": len(form.legal_bases),
        "recipients": [recipient.value for recipient in form.recipients],
    }
    assert said == {
        "parent": "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
        "issuer": "TRUNG TÂM ĐỔI MỚI SÁNG TẠO",
        "number": "15/KH-TTĐMST",
        "place": "Lai Châu",
        "day": "2026-03-05",
        "type": "plan",
        "title": "KẾ HOẠCH Ứng phó sự cố an ninh mạng năm 2026",
        "kind": "incident_response_plan",
        "bases": 2,
        "recipients": ["Như trên", "Lưu: VT, KGVX"],
    }
    (signer,) = form.signers
    assert signer.marks == ("TM", "KT")
    assert (signer.position.value, signer.name.value) == ("PHÓ CHỦ TỊCH", "Hà Trọng Khải")
    assert not form.is_draft


@pytest.mark.parametrize(
    ("line", "doubt"),
    [
        ("Số: /KH-TTĐMST Lai Châu, ngày tháng 3 năm 2026", Doubt.BLANK),
        ("Số: ……/KH-TTĐMST Lai Châu, ngày … tháng … năm 2026", Doubt.BLANK),
        ("Số: l5lKH Lai Châu, ngày 31 tháng 02 năm 2026", Doubt.UNREADABLE),
        ("Lai Châu, năm 2026", Doubt.MISSING),
    ],
)
def test_what_is_blank_or_impossible_has_no_value(line: str, doubt: Doubt) -> None:
    """Neither number nor day is taken from the legal bases, where both stand in full."""
    form = read([*HEADER[:2], line, *PLAN, *BASES])
    assert (form.number.value, form.number.doubt) == (None, doubt)
    assert (form.issued_on.value, form.issued_on.doubt) == (None, doubt)
    assert form.is_draft == (doubt is Doubt.BLANK)


@pytest.mark.parametrize(
    "title", [("HỢP ĐỒNG", "Thuê mặt bằng"), (), ("DANH MỤC", "Thiết bị mạng")]
)
def test_wrapped_lines_of_the_text_give_no_number_and_no_day(title: Sequence[str]) -> None:
    """A sentence about another paper may begin a line with its number or its day."""
    text = (
        *("Căn cứ Bộ luật Dân sự", "số 91/2015/QH13 và Quyết định", "số 47/QĐ-TTĐMST"),
        *("ngày 15 tháng 9 năm 2026", "Số thiết bị là 15.", "của Trung tâm,"),
        *("ngày 16 tháng 9 năm 2026",),
    )
    form = read([*HEADER[:2], *title, *text])
    assert (form.number.value, form.issued_on.value) == (None, None)


@pytest.mark.parametrize(
    ("number", "confidence", "value"),
    [
        ("15/KH-TTĐMST", 0.9, "15/KH-TTĐMST"),
        ("15/KH-TTĐMST", 0.6, "15/KH-TTĐMST"),  # its symbol agrees with the title
        ("15/KI-TTĐMST", 0.9, None),
        ("15/KH-TTĐMST", 0.3, None),
    ],
)
def test_a_number_in_a_picture_is_repeated_only_if_it_is_sure(
    number: str, confidence: float, value: str | None
) -> None:
    """An engine's guess is shown as an excerpt, not as a number."""
    lines = [*HEADER[:2], f"Số: {number}", *PLAN, *BASES]
    found = read(lines, origin=Origin.OCR, confidence=confidence).number
    assert found.value == value
    assert number in found.excerpt


def test_draft_marks_and_pictures_are_said_not_judged() -> None:
    """A draft says so; a picture beside a signer is no seal."""
    form = read(["DỰ THẢO", *HEADER, *PLAN, *BASES, *CLOSING], pictures=1)
    assert form.is_draft
    assert form.draft_marks[0].value == "DỰ THẢO"
    assert (form.seal.value, form.seal.doubt) == (None, Doubt.UNVERIFIED)


def test_no_marks_and_other_letters_make_no_difference() -> None:
    """Text that lost its diacritics is recognised as the same."""
    lines = [
        "UBND TINH LAI CHAU",
        "SO KHOA HOC VA CONG NGHE",
        "So: 88/TTr-SKHCN",
        "CONG HOA XA HOI CHU NGHIA VIET NAM",
        "Doc lap - Tu do - Hanh phuc",
        "Lai Chau, ngay 25 thang 9 nam 2026",
        "TO TRINH",
        "Ve viec phe duyet cap do he thong thong tin",
    ]
    form = read(lines)
    assert (form.issuer.value, form.number.value) == ("SO KHOA HOC VA CONG NGHE", "88/TTr-SKHCN")
    assert (form.issued_on.value, form.document_type.value) == ("2026-09-25", "submission")
    assert form.kind is None  # a submission about a decision is not the decision
    assert [guess.kind for guess in form.kinds] == ["level_approval_decision"]


SCRAPS = st.sampled_from([*HEADER, *PLAN, *BASES, *CLOSING, "PHỤ LỤC", "Số:", "ngày", "V/v", "TM."])


@given(st.lists(st.one_of(SCRAPS, st.text(max_size=300).filter(str.strip)), max_size=30))
def test_any_text_is_recognised_without_failing(lines: list[str]) -> None:
    """Whatever a file holds becomes a form; excerpts stay short; a value excludes a doubt."""
    form = read(lines)
    for slot in fields(form):
        found = getattr(form, slot.name)
        for field in found if isinstance(found, tuple) else (found,):
            if isinstance(field, Field):
                assert len(field.excerpt) <= EXCERPT
                assert (field.value is None) == (field.doubt is not None)
