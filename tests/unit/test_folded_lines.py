"""Lines on a terminal: broken between words, below what they stand behind; nothing is lost."""

from auditor.cli.page import folded

STEP = "12. Có văn bản “Sổ tài sản, danh mục trang thiết bị dùng chung” còn hiệu lực, thêm vào đó"
LAPSE = (
    f"  01/01/2020  quá 2525 ngày  {'văn bản, hợp đồng':<24}  Biên bản bàn giao (van-ban/a.docx)"
)
COLUMNS = (
    "    1  30/11/2026 05:25  Trung tâm Đổi mới sáng tạo và Chuyển đổi số: Đạt 13, Không đạt 6"
)
COMMAND = "   $ audit attest asset_register --site centre.yaml --file FILE --by NAME --until DAY"
DIGEST = f"SHA-256 của bộ minh chứng: {'ab' * 32}"


def test_a_line_goes_on_below_its_beginning() -> None:
    """Behind a number, or a column; where columns leave too little, two places further in."""
    assert list(folded(STEP, 60)) == [
        "12. Có văn bản “Sổ tài sản, danh mục trang thiết bị dùng",
        "    chung” còn hiệu lực, thêm vào đó",
    ]
    assert list(folded(COLUMNS, 70))[1] == f"{'':25}Đạt 13, Không đạt 6"
    assert list(folded(LAPSE, 70))[1] == "    giao (van-ban/a.docx)"


def test_no_word_is_lost_and_no_line_too_long() -> None:
    """Whatever the width; only a word that is longer than the line leaves it."""
    for line in (STEP, LAPSE, COLUMNS, DIGEST, "", "  "):
        for width in range(60, 120):
            parts = list(folded(line, width))
            assert " ".join(parts).split() == line.split()
            assert all(len(part) <= width or len(part.split()) == 1 for part in parts)


def test_what_is_to_be_copied_stays_whole() -> None:
    """A command is one line, a digest one word."""
    assert list(folded(COMMAND, 60)) == [COMMAND]
    assert list(folded(DIGEST, 60)) == ["SHA-256 của bộ minh chứng:", "ab" * 32]
