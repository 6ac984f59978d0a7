"""The words of findings, in both languages at once.

Fixed here and not in a gettext catalogue: the reason of a verdict is part of the evidence, and
judging again years later must give the same bytes (ADR 0004).
"""

from auditor import authority
from auditor.model import Failure, Text

FAILURES = {
    Failure.TIMEOUT: Text(vi="quá thời gian", en="timed out"),
    Failure.UNREACHABLE: Text(vi="không kết nối được", en="unreachable"),
    Failure.REFUSED: Text(vi="bị từ chối kết nối", en="connection refused"),
    Failure.AUTH_FAILED: Text(vi="không đăng nhập được", en="authentication failed"),
    Failure.HOST_KEY_CHANGED: Text(vi="khóa nhận dạng của máy đã thay đổi", en="host key changed"),
    Failure.PERMISSION_DENIED: Text(vi="không đủ quyền đọc", en="permission denied"),
    Failure.TOOL_MISSING: Text(vi="máy thiếu chương trình cần để đo", en="tool missing"),
    Failure.COMMAND_FAILED: Text(vi="lệnh đo báo lỗi", en="command failed"),
    Failure.UNSUPPORTED_PLATFORM: Text(vi="hệ điều hành chưa hỗ trợ", en="unsupported platform"),
    Failure.UNPARSABLE: Text(vi="không hiểu được dữ liệu trả về", en="output not understood"),
    Failure.OUT_OF_SCOPE: Text(vi="ngoài phạm vi cho phép", en="outside the authorised scope"),
    Failure.NOT_AUTHORISED: Text(
        vi="không có văn bản còn hiệu lực nào cho phép việc này",
        en="no letter in force allows this",
    ),
    Failure.INTERNAL_ERROR: Text(vi="lỗi của công cụ", en="error of the tool"),
}

LETTERS = {
    authority.NO_LETTER: Text(
        vi="chưa có văn bản nào cho phép việc này", en="there is no letter that allows this"
    ),
    authority.EXPIRED: Text(
        vi="văn bản cho phép đã hết hiệu lực", en="the letter of authorisation has expired"
    ),
    authority.NOT_YET: Text(
        vi="văn bản cho phép chưa có hiệu lực",
        en="the letter of authorisation is not in force yet",
    ),
    authority.OFF_HOURS: Text(
        vi="văn bản cho phép không cho đo vào giờ này",
        en="the letter of authorisation does not allow it at this hour",
    ),
    authority.NO_METHOD: Text(
        vi="văn bản cho phép không nêu phương pháp này",
        en="the letter of authorisation does not name this method",
    ),
}
"""Why `NOT_AUTHORISED`, by what the gate's detail says; the first that is found counts."""

SAMPLES = Text(
    vi="chuỗi {series} có {n} mẫu dùng được trong {slots} khung giờ",
    en="series {series}: usable samples {n}, time slots {slots}",
)
NO_SAMPLES = Text(vi="chưa có mẫu nào dùng được", en="no usable sample yet")
RESTING = Text(
    vi="{reason} [căn cứ: {samples}]",
    en="{reason} [rests on: {samples}]",
)

NO_SYSTEM = Text(
    vi="đơn vị chưa khai hệ thống thông tin nào, nên chưa xét được",
    en="the centre has declared no information system, so nothing can be judged",
)
ABOUT = Text(vi="{name}: {reason}", en="{name}: {reason}")
AND = Text(vi="; ", en="; ")
OR = Text(vi=" hoặc ", en=" or ")
EITHER = Text(vi="({causes})", en="({causes})")
NOT_APPLICABLE = Text(
    vi="đơn vị tuyên bố không áp dụng, có văn bản ký của {by}",
    en="declared not applicable in a statement signed by {by}",
)
NOTHING_PLANNED = Text(
    vi="không có đối tượng nào để đo “{probe}”{roles}",
    en="nothing to measure “{probe}” on{roles}",
)
WITH_ROLE = Text(vi=" (vai trò: {roles})", en=" (role: {roles})")
NOT_MEASURED = Text(
    vi="không đo được “{probe}” trên {target}: {failure}",
    en="“{probe}” was not measured on {target}: {failure}",
)
LOST = Text(
    vi="kết quả đo “{probe}” trên {target} không còn trong hồ sơ",
    en="the observation of “{probe}” on {target} is no longer in the record",
)
NO_ROW = Text(
    vi="không có dữ liệu nào để xét “{title}”",
    en="there is no data to judge “{title}” by",
)
NO_VALUE = Text(
    vi="không tính được “{title}” từ dữ liệu đo ({detail})",
    en="“{title}” cannot be computed from the data ({detail})",
)
NOT_ALL_KNOWN = Text(
    vi="không tính được “{title}” vì có số liệu chưa đo được – xem phép đo để biết mục nào, vì sao",
    en="“{title}” cannot be computed, since a value was not measured – see the measurement for"
    " which one and why",
)
COMPARED = Text(
    vi="{title}: {actual}, yêu cầu {expected}",
    en="{title}: {actual}, required {expected}",
)
PARTLY = Text(
    vi="{compared}; chưa kết luận vì {missing}",
    en="{compared}; not conclusive because {missing}",
)
NOT_DUE = Text(
    vi="{compared}; chưa kết luận là không đạt vì kế hoạch cho thời hạn đến hết ngày {day}",
    en="{compared}; not concluded as not met because the plan gives time until the end of {day}",
)


def fill(text: Text, **values: Text | str) -> Text:
    """Put values into both sides of a phrase; a bilingual value gives each side its own."""

    def side(template: str, *, vietnamese: bool) -> str:
        chosen = {
            name: (value.vi if vietnamese else value.en) if isinstance(value, Text) else value
            for name, value in values.items()
        }
        return template.format(**chosen)

    return Text(vi=side(text.vi, vietnamese=True), en=side(text.en, vietnamese=False))


def join(texts: tuple[Text, ...], word: Text = AND) -> Text:
    """Join sentences, each once."""
    once = tuple(dict.fromkeys(Text(vi=_bare(t.vi), en=_bare(t.en)) for t in texts))
    return Text(
        vi=word.vi.join(text.vi for text in once), en=word.en.join(text.en for text in once)
    )


def bracketed(causes: Text) -> Text:
    """Put alternatives into brackets, where something else stands beside them."""
    return fill(EITHER, causes=causes)


def _bare(sentence: str) -> str:
    """Drop a final stop: what is joined goes on."""
    return sentence.strip().removesuffix(".")
