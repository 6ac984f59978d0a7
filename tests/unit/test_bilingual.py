"""The tool's own words in rows, in English where English is asked for."""

from builders import a_case, a_check, a_parameter, a_profile, an_indicator, only_check, seen

from auditor.bilingual import english_of, in_english
from auditor.model import Operator, Row, Verdict

ROW: Row = {
    "file": "ke-hoach.docx",
    "remarks_vi": ("là dự thảo", "là dự thảo cũ"),
    "remarks_en": ("a draft", "an old draft"),
    "title_vi": "Đồng bộ giờ",
    "title_en": "Time is synchronised",
    "alone_vi": "một mình",
    "other_vi": ("một", "hai"),
    "other_en": ("one",),
    "none_vi": None,
    "none_en": None,
}


def test_words_beside_each_other_are_the_same() -> None:
    """Texts and lists of one length; what has no counterpart is left out."""
    assert english_of([(ROW,)]) == {
        "là dự thảo": "a draft",
        "là dự thảo cũ": "an old draft",
        "Đồng bộ giờ": "Time is synchronised",
    }


def test_the_longest_words_come_first_and_others_stay() -> None:
    """A sentence inside a longer one is not taken for it; a person's words are left alone."""
    known = english_of([(ROW,)])
    told = "ke-hoach.docx: là dự thảo cũ; là dự thảo; Của tôi"
    assert in_english(told, known) == "ke-hoach.docx: an old draft; a draft; Của tôi"
    assert in_english("Đồng bộ giờ", {}) == "Đồng bộ giờ"


def test_an_english_reason_is_english() -> None:
    """The value itself, which both languages share, stays as the row has it."""
    check = a_check(
        value="rows.map(r, r.file + ': ' + r.remarks_vi.join('; '))",
        expect={Operator.EXISTS: "none"},
    )
    criteria = a_profile(an_indicator(check), none=a_parameter(default=False))
    found = only_check(a_case(criteria, seen("filesystems", "x", ROW)))
    assert found.verdict is Verdict.NOT_MET
    assert found.actual == ("ke-hoach.docx: là dự thảo; là dự thảo cũ",)
    assert found.reason.vi.endswith("ke-hoach.docx: là dự thảo; là dự thảo cũ, yêu cầu không có")
    assert found.reason.en.endswith("ke-hoach.docx: a draft; an old draft, required none")
