"""What is found in the words of a document, on readings made of lines."""

from datetime import date

import pytest
from centre_papers import SECTIONS, plan

from auditor import document_checks
from auditor.documents.content import content_of
from auditor.documents.form import recognise
from auditor.documents.remarks import remarks
from auditor.documents.said import Said
from auditor.documents.text import Line, Origin, Page, Reading, Table
from auditor.documents.words import fold
from auditor.model import Centre, Document, InformationSystem, Site

PLAN = "incident_response_plan"
WEB = InformationSystem(id="web", name="Cổng thông tin điện tử", level=2)
SITE = Site(
    schema="test",
    centre=Centre(id="a", name="Trung tâm Đổi mới sáng tạo tỉnh Lai Châu"),
    information_systems=(WEB,),
)


def said(
    kind: str,
    *lines: str,
    tables: tuple[Table, ...] = (),
    origin: Origin = Origin.TEXT,
    **entry: object,
) -> Said:
    """Read lines as a document of the site."""
    reading = Reading(
        sha256="0" * 64,
        size_bytes=1,
        media_type="application/pdf",
        pages=(Page(number=1, origin=origin),),
        lines=tuple(Line(page=1, text=line) for line in lines),
        tables=tables,
    )
    document = Document(kind=kind, file="a.pdf", information_systems=("web",), **entry)  # type: ignore[arg-type]  # fields of Document
    return content_of(reading, recognise(reading), document, SITE, document_checks.load())


def missing(found: Said) -> list[str]:
    """Return the contents that are told to be missing."""
    return [item.id for item in found.items if item.was_found is False]


def bare(found: Said) -> list[str]:
    """Return the contents that are mere headings."""
    return [item.id for item in found.items if item.is_bare]


def test_a_whole_plan_lacks_nothing() -> None:
    """All 17 are there, each with a page and a short quotation, and both deadlines."""
    found = said(PLAN, *plan())
    assert len(found.items) == 17
    assert (missing(found), bare(found)) == ([], [])
    assert found.within == ("24h", "72h")
    assert found.systems == ("web",)
    quoted = {quote.field for quote in found.quotes}
    assert set(SECTIONS) <= quoted
    assert all(quote.page == 1 and 0 < len(quote.text) <= 200 for quote in found.quotes)


@pytest.mark.parametrize("lacking", [*SECTIONS, "legal_form"])
def test_a_plan_is_told_exactly_what_it_lacks(lacking: str) -> None:
    """One of the 17 left out is the one that is told, with and without diacritics."""
    lines = plan(lacking)
    assert missing(said(PLAN, *lines)) == [lacking]
    head, body = lines[:7], [fold(line) for line in lines[7:-2]]
    if lacking != "legal_form":
        assert missing(said(PLAN, *head, *body, *lines[-2:])) == [lacking]


SYNONYMS = {
    "scope": "Phạm vi điều chỉnh và đối tượng áp dụng",
    "roles": "Tổ ứng cứu sự cố và vai trò, trách nhiệm",
    "contacts": "Đường dây nóng",
    "risks": "Nhận diện nguy cơ",
    "classification": "Phân cấp sự cố theo mức độ nghiêm trọng",
    "reception": "Ứng cứu ban đầu",
    "evidence": "Bảo vệ hiện trường",
    "containment": "Phong tỏa",
    "recovery": "Gỡ bỏ mã độc",
    "root_cause": "Truy tìm nguồn gốc",
    "scenarios": "Kịch bản ứng phó",
    "reporting": "Thông báo sự cố",
    "coordination": "Điều phối ứng cứu",
    "training": "Tập huấn",
    "review": "Ra soat, bo sung",
    "resources": "Nguồn lực",
}


def test_other_words_are_understood() -> None:
    """Real plans word their headings each in their own way."""
    lines = [
        line
        for number, (name, heading) in enumerate(SYNONYMS.items(), 1)
        for line in (f"{number}. {heading}", SECTIONS[name][1])
    ]
    assert missing(said(PLAN, *plan()[:7], *lines, "GIÁM ĐỐC", "Nguyễn Văn Mẫu")) == []


def test_mere_headings_are_told() -> None:
    """A plan that only lists the headings has nothing below any of them."""
    assert set(bare(said(PLAN, *plan(bodies=False)))) == set(SECTIONS)


@pytest.mark.parametrize(
    ("line", "is_there"),
    [
        ("Cán bộ kỹ thuật khoanh", None),  # the phrase goes on in the next line
        ("Việc cô lập máy bị nhiễm do cán bộ trực làm ngay.", True),
        ("Co lap may bi nhiem.", True),
        ("Trung tâm có lập biên bản sau mỗi ca trực.", False),
        ("Không áp dụng khoanh vùng.", False),
        ("Khoanh vùng: chưa có.", False),
        ("Trung tâm chưa có. Khoanh vùng ngay khi phát hiện.", True),
        ("7. Khoanh vùng ................ 12", False),  # a table of contents
    ],
)
def test_a_phrase_is_whole_words_and_meant(line: str, is_there: bool | None) -> None:  # noqa: FBT001 - a case
    """Missing marks are forgiven, other words are not; a negation beside it turns it around."""
    lines = (line, "vùng hệ thống bị ảnh hưởng.") if is_there is None else (line,)
    found = said(PLAN, *lines)
    (item,) = (item for item in found.items if item.id == "containment")
    assert item.was_found is (is_there is not False)


def test_a_hyphen_at_the_end_of_a_line_breaks_no_word() -> None:
    """Either a word goes on behind it, or the next begins."""
    for pair in (("Phần mềm tống tiền ran-", "somware đã biết"), ("Máy bị khoanh-", "vùng ngay")):
        (item,) = (i for i in said(PLAN, *pair).items if i.id in {"scenarios", "containment"}
                   and i.was_found)  # fmt: skip
        assert item.was_found


def test_what_a_picture_hides_is_not_missing() -> None:
    """From recognised pictures only what is seen counts."""
    found = said(PLAN, "Khoanh vùng máy bị nhiễm", origin=Origin.OCR)
    assert not found.is_complete
    assert missing(found) == []
    assert any(item.was_found for item in found.items)


def test_the_old_limit_and_old_bodies_are_told() -> None:
    """Five days alone is out of date; five days for something else is not a deadline."""
    old = said(PLAN, "Báo cáo VNCERT và Cục An toàn thông tin trong 05 ngày.")
    assert old.within == ("five_days",)
    assert [t.id for t in old.stale_terms] == ["vncert", "information_security_authority"]
    assert said(PLAN, "Nghỉ phép 05 ngày.").within == ()


@pytest.mark.parametrize(
    ("lines", "level", "matches"),
    [
        (
            ("Điều 1. Phê duyệt cấp độ an toàn hệ thống thông tin, cụ thể:",
             "Đơn vị vận hành: Trung tâm ĐMST tỉnh Lai Châu;", "Cấp độ: Cấp độ 2.",
             "Điều 2. Hệ thống từ cấp độ 3 trở lên làm theo quy định riêng."),
            2, True,
        ),
        (
            ("Điều 1. Phê duyệt cấp độ an ninh mạng là cấp độ ba.",
             "Đơn vị vận hành hệ thống thông tin: Công ty Cổ phần Khác"),
            3, False,
        ),
        (("Điều 1. Hệ thống A: cấp độ 2; hệ thống B: cấp độ 3.",), None, None),
        (("Điều 1. Danh mục cấp độ năm 2026.", "Đơn vị vận hành có trách nhiệm lưu hồ sơ."),
         None, None),
    ],
)  # fmt: skip
def test_levels(lines: tuple[str, ...], level: int | None, matches: bool | None) -> None:  # noqa: FBT001 - a case
    """The level of Article 1, and the unit behind a colon; two levels are none."""
    found = said("level_approval_decision", *lines)
    assert (found.level, found.operating_unit_matches) == (level, matches)


def test_a_table_names_the_operating_unit() -> None:
    """The cell behind the label counts; both vocabularies are accepted."""
    table = Table(page=1, rows=(("Đơn vị vận hành", "Trung tâm Đổi mới sáng tạo tỉnh Lai Châu"),))
    lines = (*table.rows[0], "Quy chế bảo đảm an toàn thông tin, an ninh mạng")
    found = said("level_approval_decision", *lines, tables=(table,))
    assert found.operating_unit_matches is True
    assert found.vocabulary == ("old", "new")


@pytest.mark.parametrize(
    ("kind", "day", "is_told"),
    [
        ("level_approval_decision", date(2026, 6, 30), True),
        ("level_approval_decision", date(2026, 7, 1), False),
        ("level_dossier", date(2026, 6, 30), False),
        ("level_approval_decision", None, False),
    ],
)
def test_an_approval_from_before_the_law(kind: str, day: date | None, is_told: bool) -> None:  # noqa: FBT001 - a case
    """It remains, with a remark on the twelve months (Law 116/2025/QH15, Article 45.1)."""
    found = said(kind, "Cấp độ: Cấp độ 2.", issued_on=day)
    told = [remark.vi for remark in remarks(found, date(2026, 11, 1))]
    assert any("Điều 45 khoản 1" in text for text in told) is is_told


DECISION = ("Số: 12/QĐ-TTĐMST", "Lai Châu, ngày 05 tháng 10 năm 2026", "QUYẾT ĐỊNH",
            "Về việc phê duyệt cấp độ hệ thống thông tin")  # fmt: skip


@pytest.mark.parametrize(
    ("issuer", "stated", "expected"),
    [
        ("TRUNG TÂM ĐỔI MỚI SÁNG TẠO TỈNH LAI CHÂU", "", False),
        ("CÔNG AN TỈNH LAI CHÂU", "", None),
        ("CÔNG AN TỈNH LAI CHÂU", "Công an tỉnh Lai Châu", True),
        ("ỦY BAN NHÂN DÂN TỈNH LAI CHÂU", "Công an tỉnh Lai Châu", False),
    ],
)
def test_who_approves_a_level(issuer: str, stated: str, expected: bool | None) -> None:  # noqa: FBT001 - a case
    """Only the document's own words and the operator's own signature conclude anything."""
    words = (f"Đơn vị chuyên trách về an ninh mạng: {stated}",) if stated else ()
    found = said(
        "level_approval_decision",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", issuer,
        *DECISION, "Điều 1. Phê duyệt hệ thống là cấp độ 2.", *words,
    )  # fmt: skip
    assert found.issuer.upper().startswith(issuer.split(maxsplit=1)[0])
    assert found.signer_matches_level is expected


def test_backup_rules() -> None:
    """The shortest interval that belongs to a backup, and what is not spoken of."""
    rule = said(
        "backup_regulation",
        "Bản đầy đủ được sao lưu hằng tuần, dữ liệu thay đổi được sao lưu hằng ngày.",
        "Kiểm tra nhật ký mỗi giờ. Giữ ba bản sao tại địa điểm khác.",
    )
    assert rule.backup_every_h == 24
    assert [i.id for i in rule.backup_items if i.was_found is False] == [
        "restore_test",
        "protection",
    ]


def test_contracts_and_certificates() -> None:
    """Speeds by direction, thousands and halves as Vietnamese texts write them; the last day."""
    found = said(
        "internet_contract",
        "Hợp đồng có hiệu lực từ ngày 01/01/2026 đến hết ngày 31 tháng 12 năm 2026.",
        "Tốc độ tải xuống/tải lên: 1,5 Gbps/150 Mbps",
        "Băng thông quốc tế cam kết tối thiểu: 10 Mbps; trong nước: 1.000 Mb/s",
    )
    assert (found.speed_down_mbps, found.speed_up_mbps) == (1500.0, 150.0)
    assert found.speed_international_mbps == 10.0
    assert found.valid_until == date(2026, 12, 31)
    twice = ("Có giá trị đến ngày 31/12/2026.", "Chứng thư có hiệu lực đến 01/02/2027.")
    assert said("lab_quality_certificate", *twice).valid_until is None


def test_devices_are_read_from_tables() -> None:
    """Columns are known by the words of their header; bad cells are no device."""
    table = Table(
        page=3,
        rows=(
            ("DANH MỤC", "", "", ""),
            ("TT", "Tên thiết bị", "Địa chỉ IP", "Địa chỉ MAC"),
            ("1", "Máy chủ web", "192.168.10.5", "00-1B-63-84-45-E6"),
            ("2", "Máy in", "999.1.1.1", ""),
            ("3", "Máy trạm", "10.0.1.10 - 10.0.1.99/24", ""),
            ("4", "Vùng DMZ", "10.0.2.0/255.255.255.0", ""),
        ),
    )
    found = said("device_list", "DANH MỤC THIẾT BỊ", tables=(table,))
    device, pool = found.devices
    assert pool.addresses == ("10.0.1.10-10.0.1.99",)
    assert [item.network for item in found.networks] == ["10.0.1.0/24", "10.0.2.0/24"]
    assert "Vùng DMZ" in found.networks[1].words
    assert (device.page, device.name) == (3, "Máy chủ web")
    assert (device.addresses, device.macs) == (("192.168.10.5",), ("00:1b:63:84:45:e6",))


def test_the_site_file_is_held_against_the_document() -> None:
    """Number and day that were surely read; equal ones in another spelling are no difference."""
    same = said(PLAN, *plan(), number="15/pa-ttđmst", issued_on=date(2026, 10, 5))
    assert same.differences == ()
    other = said(PLAN, *plan(), number="16/PA-TTĐMST", issued_on=date(2026, 10, 6))
    assert [item.field for item in other.differences] == ["number", "issued_on"]
