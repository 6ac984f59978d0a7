"""Papers of a centre as real files: an incident plan by its 17 contents, and others by lines."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import docx

HEAD = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "TRUNG TÂM ĐỔI MỚI SÁNG TẠO",
    "Số: 15/PA-TTĐMST",
    "Lai Châu, ngày 05 tháng 10 năm 2026",
    "PHƯƠNG ÁN",
    "Ứng cứu, xử lý sự cố an ninh mạng Cổng thông tin điện tử",
)
FOOT = ("GIÁM ĐỐC", "Nguyễn Văn Mẫu")
SECTIONS = {
    "scope": (
        "Mục đích, yêu cầu",
        "Văn bản này áp dụng cho mọi viên chức, người lao động và người dùng của trung tâm.",
    ),
    "roles": (
        "Phân công trách nhiệm",
        "Phó giám đốc phụ trách chung, cán bộ công nghệ thông tin trực tiếp làm, có người thay.",
    ),
    "contacts": (
        "Danh sách liên hệ",
        "Trực công nghệ thông tin 0213 000 000, thư truc@trungtam.example, trực cả ngày nghỉ.",
    ),
    "risks": (
        "Đánh giá nguy cơ",
        "Trung tâm có một máy chủ đặt tại trụ sở, phần mềm được nhà cung cấp vá hằng tháng.",
    ),
    "classification": (
        "Phân loại sự cố",
        "Có hai mức: mức thường và mức cao; mức cao khi hệ thống ngừng quá bốn tiếng đồng hồ.",
    ),
    "reception": (
        "Tiếp nhận, phát hiện",
        "Người thấy điều bất thường gọi ngay cho trực; trực ghi sổ thời điểm và dấu hiệu ban đầu.",
    ),
    "evidence": (
        "Thu thập chứng cứ",
        "Sao chép nguyên trạng ổ đĩa và bộ nhớ trước khi sửa, niêm phong, ghi tên người giữ.",
    ),
    "containment": (
        "Khoanh vùng, cô lập",
        "Rút dây mạng của máy bị ảnh hưởng, đóng tường lửa, đổi mật khẩu các tài khoản quản trị.",
    ),
    "recovery": (
        "Khắc phục, khôi phục hệ thống",
        "Cài lại từ bản sạch, nạp dữ liệu từ bản sao gần nhất, thử rồi mới mở cho người dùng.",
    ),
    "root_cause": (
        "Xác minh nguyên nhân",
        "Đọc lại nhật ký từ bảy ngày trước, tìm lỗ hổng bị lợi dụng và tài khoản đã bị dùng.",
    ),
    "scenarios": (
        "Các tình huống cụ thể",
        "Máy chủ bị mã hóa dữ liệu: tắt máy, giữ nguyên ổ đĩa, dùng máy dự phòng trong ngày.",
    ),
    "reporting": (
        "Báo cáo sự cố",
        "Báo cáo trong 24 giờ đối với mức cao và trong 72 giờ đối với mọi trường hợp còn lại.",
    ),
    "coordination": (
        "Cơ chế phối hợp",
        "Trung tâm làm việc với nhà cung cấp dịch vụ và cơ quan chuyên trách của tỉnh khi cần.",
    ),
    "training": (
        "Huấn luyện, diễn tập",
        "Mỗi năm làm thử một lần theo một tình tiết giả định, có biên bản và rút kinh nghiệm.",
    ),
    "review": (
        "Rà soát, cập nhật phương án",
        "Tháng 12 hằng năm người phụ trách xem lại toàn bộ và trình giám đốc ký bản mới.",
    ),
    "resources": (
        "Kinh phí thực hiện",
        "Lấy từ nguồn chi thường xuyên của trung tâm, dự toán lập cùng kế hoạch năm sau.",
    ),
}
"""Each content once: a heading, and a text that speaks of this content alone."""


def plan(
    without: str = "", *, bodies: bool = True, head: tuple[str, ...] = HEAD
) -> tuple[str, ...]:
    """Return the lines of a plan that lacks one content; `legal_form` lacks number and signer."""
    chosen = [words for name, words in SECTIONS.items() if name != without]
    lines = [
        line
        for number, (heading, body) in enumerate(chosen, 1)
        for line in ((f"{number}. {heading}", body) if bodies else (f"{number}. {heading}",))
    ]
    if without == "legal_form":
        return (*HEAD[5:], *lines)
    return (*head, *lines, *FOOT)


def docx_of(lines: Iterable[str], *tables: tuple[tuple[str, ...], ...]) -> bytes:
    """Return a DOCX file with these paragraphs, then these tables."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    for rows in tables:
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def write(path: Path, lines: Iterable[str], *tables: tuple[tuple[str, ...], ...]) -> Path:
    """Write a DOCX file."""
    path.write_bytes(docx_of(lines, *tables))
    return path


WORDS = {
    "level_approval_decision": (
        "Điều 1. Phê duyệt cấp độ an ninh mạng đối với Cổng thông tin điện tử, cụ thể như sau:",
        "Đơn vị vận hành: Trung tâm Đổi mới sáng tạo mẫu;",
        "Cấp độ: Cấp độ 2.",
        "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
    ),
    "internet_contract": ("Tốc độ tải xuống: 300 Mbps; tải lên: 300 Mbps.",),
    "backup_regulation": (
        "Dữ liệu được sao lưu hằng ngày, giữ 03 bản sao, một bản tại địa điểm khác.",
        "Bảo vệ bản sao lưu bằng mật mã; khôi phục thử mỗi quý một lần.",
    ),
}
"""What these kinds of papers say in the centre that is in order."""


def lines_of(kind: str, title: str, *, in_order: bool) -> tuple[str, ...]:
    """Return the lines of a paper of one kind; out of order it is a draft past its day."""
    if not in_order:
        wrong = {
            "incident_response_plan": ("Báo cáo sự cố trong thời hạn 05 ngày.",),
            "level_approval_decision": (
                "Điều 1. Phê duyệt cấp độ an toàn hệ thống thông tin: Cấp độ 3.",
                "Đơn vị vận hành: Công ty Cổ phần Khác;",
            ),
            "internet_contract": ("Tốc độ tải xuống: 100 Mbps.",),
            "backup_regulation": WORDS["backup_regulation"],
        }
        return ("DỰ THẢO", title.upper(), *wrong.get(kind, ("Có hiệu lực đến ngày 01/01/2020.",)))
    if kind == "incident_response_plan":
        return plan()
    return (title.upper(), *WORDS.get(kind, ("Văn bản mẫu để thử công cụ.",)))
