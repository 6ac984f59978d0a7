"""What a person should look at in a document, in sentences with the page."""

from collections.abc import Iterator
from datetime import date
from types import MappingProxyType

from auditor.documents.said import Said
from auditor.documents.text import ReadingFault
from auditor.model import Text

FIELDS = MappingProxyType(
    {
        "number": Text(vi="số, ký hiệu", en="number"),
        "issued_on": Text(vi="ngày ban hành", en="day of issue"),
        "issuer": Text(vi="cơ quan ban hành", en="issuer"),
        "valid_until": Text(vi="ngày hết hiệu lực", en="last day of validity"),
        "kind": Text(vi="loại văn bản", en="kind of document"),
    }
)
FAULTS = MappingProxyType(
    {
        ReadingFault.ENCRYPTED: Text(
            vi="tệp đặt mật khẩu, không đọc được", en="protected by a password, not read"
        ),
        ReadingFault.BROKEN: Text(vi="tệp hỏng, không đọc được", en="broken, not read"),
        ReadingFault.TOO_LARGE: Text(vi="tệp quá lớn, không đọc", en="too large, not read"),
        ReadingFault.TOO_MANY_PAGES: Text(
            vi="quá nhiều trang, chỉ đọc phần đầu", en="too many pages, only the first were read"
        ),
        ReadingFault.TOO_SLOW: Text(
            vi="đọc quá lâu, chỉ đọc được một phần", en="takes too long, read in part"
        ),
        ReadingFault.TOO_MUCH_MEMORY: Text(
            vi="cần quá nhiều bộ nhớ, không đọc hết", en="needs too much memory, read in part"
        ),
        ReadingFault.BOMB: Text(
            vi="tệp nén phình to bất thường, không mở", en="unpacks to an absurd size, not opened"
        ),
        ReadingFault.MACROS: Text(
            vi="tệp chứa macro (không chạy)", en="holds macros (they were not run)"
        ),
        ReadingFault.WRONG_EXTENSION: Text(
            vi="đuôi tệp không đúng loại nội dung", en="its ending does not fit its content"
        ),
        ReadingFault.UNSUPPORTED: Text(
            vi="định dạng chưa đọc được, cần người xem", en="of a format that needs a person"
        ),
        ReadingFault.LEGACY_ENCODING: Text(
            vi="chữ dùng bảng mã cũ, cần người kiểm tra", en="in an old encoding, to be looked at"
        ),
        ReadingFault.NO_OCR: Text(
            vi="có trang ảnh chưa được nhận dạng chữ, cần người xem",
            en="has pages that are pictures and were not recognised; needs a person",
        ),
    }
)


def remarks(said: Said, today: date) -> Iterator[Text]:
    """Yield what speaks against the document, or keeps it from being read."""
    pages = {quote.field: quote.page for quote in said.quotes}
    yield from (FAULTS[fault] for fault in said.faults)
    if said.is_draft:
        vi, en = _page(pages.get("draft", 0))
        yield Text(vi=f"là dự thảo, hoặc để trống số, ngày{vi}", en=f"a draft, or unnumbered{en}")
    if said.valid_until and today > said.valid_until:
        day = f"{said.valid_until:%d/%m/%Y}"
        vi, en = _page(pages["valid_until"])
        yield Text(vi=f"tự ghi hết hiệu lực ngày {day}{vi}", en=f"says it ended on {day}{en}")
    for item in said.differences:
        name = FIELDS[item.field]
        vi, en = _page(pages.get(item.field, 0))
        declared, read = _as_written(item.declared), _as_written(item.read)
        yield Text(
            vi=f"{name.vi}: khai báo {declared}, văn bản ghi {read}{vi}",
            en=f"{name.en}: declared {declared}, the document says {read}{en}",
        )
    for term in said.stale_terms:
        vi, en = _page(pages[f"stale_{term.id}"])
        yield Text(vi=f"nêu {term.title.vi}{vi}", en=f"names: {term.title.en}{en}")
    if said.transition:
        yield said.transition
    if "five_days" in said.within and not {"24h", "72h"} & set(said.within):
        vi, en = _page(pages["within_five_days"])
        yield Text(
            vi=f"chỉ nêu thời hạn cũ 5 ngày{vi}, cần cập nhật 24 giờ và 72 giờ",
            en=f"states the old limit of 5 days only{en}; 24 and 72 hours are to be added",
        )
    lacking = [item.title for item in said.backup_items if item.was_found is False]
    if lacking:
        yield Text(
            vi=f"không thấy nói đến: {', '.join(title.vi for title in lacking)}",
            en=f"does not speak of: {', '.join(title.en for title in lacking)}",
        )


def _page(page: int) -> tuple[str, str]:
    return (f" (trang {page})", f" (page {page})") if page else ("", "")


def _as_written(value: str) -> str:
    """Return a day as documents write it; other text as it is."""
    try:
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    except ValueError:
        return value
