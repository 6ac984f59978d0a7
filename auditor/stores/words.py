"""What went wrong with a database or an export, as sentences with what to do."""

from types import MappingProxyType

from auditor.model import Text
from auditor.stores.answer import StoreTrouble as T
from auditor.stores.faults import DataFault as D

TROUBLES = MappingProxyType(
    {
        T.OUT_OF_SCOPE: Text(
            vi="ngoài phạm vi được phép – thêm địa chỉ máy chủ vào scope nếu văn bản cho phép",
            en="outside the scope – add the server's address to scope if the letter covers it",
        ),
        T.NOT_AUTHORISED: Text(
            vi="chưa được phép – văn bản cho phép cần có phương pháp host_login",
            en="not authorised – the letter must allow the method host_login",
        ),
        T.DRIVER_MISSING: Text(
            vi="thiếu thư viện – cài: pip install 'centre-audit[databases]'",
            en="a library is missing – install it: pip install 'centre-audit[databases]'",
        ),
        T.SECRET_MISSING: Text(
            vi="không đọc được mật khẩu ở nơi password_from nêu – đặt biến môi trường hoặc keyring",
            en="no password where password_from points – set the variable or the keyring entry",
        ),
        T.UNREACHABLE: Text(
            vi="không tới được máy chủ – kiểm tra địa chỉ, đường mạng, tường lửa",
            en="the server cannot be reached – check address, route and firewall",
        ),
        T.REFUSED: Text(
            vi="máy chủ từ chối kết nối – kiểm tra dịch vụ cơ sở dữ liệu có chạy và đúng cổng",
            en="the server refused the connection – check that it runs, and the port",
        ),
        T.TIMEOUT: Text(
            vi="quá thời hạn chưa có trả lời – kiểm tra máy chủ rồi đo lại",
            en="no answer in time – check the server and measure again",
        ),
        T.TLS_FAILED: Text(
            vi="không bắt tay được TLS – kiểm tra chứng thư của máy chủ, ca_file và phiên bản TLS",
            en="TLS failed – check the server's certificate, ca_file and the TLS version",
        ),
        T.TLS_REFUSED: Text(
            vi="máy chủ không có TLS trong khi ca_file đòi hỏi – bật TLS trên máy chủ",
            en="the server has no TLS although ca_file demands it – turn it on",
        ),
        T.CLEAR_PASSWORD: Text(
            vi="máy chủ đòi gửi mật khẩu ở dạng rõ, công cụ không gửi – bật TLS trên máy chủ",
            en="the server wants the password in clear, which was not sent – turn TLS on",
        ),
        T.AUTH_FAILED: Text(
            vi="đăng nhập không được – kiểm tra tài khoản, mật khẩu và quyền kết nối từ máy này",
            en="login failed – check account, password and the right to connect from here",
        ),
        T.DATABASE_MISSING: Text(
            vi="không có cơ sở dữ liệu mang tên đó – sửa database trong tệp mô tả",
            en="there is no database of that name – correct it in the site file",
        ),
        T.TABLE_MISSING: Text(
            vi="không có bảng đó, hoặc tài khoản không thấy – sửa schema, table hoặc cấp quyền",
            en="no such table, or hidden from this account – correct schema, table or the rights",
        ),
        T.COLUMN_MISSING: Text(
            vi="không có trường được nêu – sửa required, key hoặc updated",
            en="a named field is not there – correct required, key or updated",
        ),
        T.NOT_PERMITTED: Text(
            vi="tài khoản không được đọc bảng – cấp quyền SELECT",
            en="the account may not read the table – grant SELECT",
        ),
        T.STATEMENT_TIMEOUT: Text(
            vi="truy vấn đếm quá lâu nên bị dừng – đo ngoài giờ cao điểm hoặc lập chỉ mục",
            en="counting took too long and was stopped – measure off-peak, or add an index",
        ),
        T.QUERY_FAILED: Text(
            vi="máy chủ không thực hiện được truy vấn – kiểm tra query và kiểu của các trường",
            en="the server could not carry out the query – check it and the fields' types",
        ),
        T.NOT_UNDERSTOOD: Text(
            vi="máy chủ trả lời không hiểu được – kiểm tra engine, cổng và query",
            en="the server's answer was not understood – check engine, port and query",
        ),
        T.FILE_MISSING: Text(
            vi="không có tệp – sửa đường dẫn, hoặc xuất lại dữ liệu",
            en="there is no such file – correct the path, or export again",
        ),
        T.FILE_UNREADABLE: Text(
            vi="không đọc được tệp – cấp quyền đọc",
            en="the file cannot be read – permit it",
        ),
        T.FILE_TOO_LARGE: Text(
            vi="tệp quá lớn (64 MB, 1 triệu bản ghi; XLSX: 20 000 dòng) – xuất CSV, chia nhỏ hoặc "
            "kết nối thẳng cơ sở dữ liệu",
            en="the file is too large (64 MB, a million records; XLSX: 20,000 rows) – export CSV, "
            "in parts, or name the database itself",
        ),
        T.FILE_BROKEN: Text(
            vi="tệp không phải bảng CSV, XLSX, JSON có dòng tên trường duy nhất – xuất lại",
            en="the file is no CSV, XLSX or JSON table with one row of unique names – export again",
        ),
        T.MAPPING_MISSING: Text(
            vi="không có tệp bảng ánh xạ – sửa mapping trong tệp mô tả",
            en="there is no mapping file – correct mapping in the site file",
        ),
        T.MAPPING_BROKEN: Text(
            vi="bảng ánh xạ sai cấu trúc – các cột: field, platform_field, required, kind, codes, "
            "is_identifier",
            en="the mapping is malformed – its columns: field, platform_field, required, kind, "
            "codes, is_identifier",
        ),
        T.MAPPING_WITHOUT_IDENTIFIER: Text(
            vi="bảng ánh xạ không nêu trường định danh – đặt is_identifier cho trường đó",
            en="the mapping names no identifier – set is_identifier for that field",
        ),
        T.MAPPING_WITHOUT_CODES: Text(
            vi="trường kiểu code không có danh mục mã – ghi codes (công cụ không kèm danh mục nào)",
            en="a field of kind code has no code list – write codes (none comes with the tool)",
        ),
        T.UPDATE_UNREADABLE: Text(
            vi="thời điểm cập nhật không theo ISO 8601 – chọn trường kiểu ngày giờ",
            en="the time of the last change is not ISO 8601 – name a field that holds a date",
        ),
        T.UPDATE_IN_FUTURE: Text(
            vi="thời điểm cập nhật mới nhất ở tương lai – sửa bản ghi sai ngày",
            en="the newest change lies in the future – correct the record's date",
        ),
    }
)
"""For every trouble."""

FAULTS = MappingProxyType(
    {
        D.NOT_UTF8: Text(vi="tệp không phải UTF-8", en="the file is not UTF-8"),
        D.NOT_NFC: Text(vi="chữ không ở dạng NFC", en="text not in NFC"),
        D.LOST_CHARACTER: Text(vi="ký tự đã bị mất (U+FFFD)", en="a lost character (U+FFFD)"),
        D.MISSING: Text(vi="thiếu trường bắt buộc", en="a mandatory field is empty"),
        D.NOT_AN_INTEGER: Text(vi="không phải số nguyên", en="no whole number"),
        D.NOT_A_NUMBER: Text(vi="không phải số", en="no number"),
        D.NOT_A_DATE: Text(vi="ngày không theo ISO 8601", en="a date that is not ISO 8601"),
        D.NOT_A_BOOLEAN: Text(vi="không phải giá trị đúng/sai", en="neither true nor false"),
        D.NOT_IN_CODE_LIST: Text(vi="mã ngoài danh mục", en="a code that the list has not"),
        D.REPEATED_IDENTIFIER: Text(vi="trùng định danh", en="an identifier used before"),
        D.REPEATED_RECORD: Text(vi="bản ghi trùng hoàn toàn", en="a record that was there before"),
    }
)
"""For every fault of a record."""

MAY_WRITE = Text(
    vi="tài khoản của công cụ ghi được vào bảng – cấp tài khoản chỉ đọc",
    en="the tool's account may write into the table – give it a read-only one",
)
UNCHECKED_CERTIFICATE = Text(
    vi="kết nối có TLS nhưng chứng thư chưa được kiểm tra – ghi ca_file",
    en="TLS is in use, the certificate was not checked – name ca_file",
)
NO_SCHEMA = Text(
    vi="Nền tảng quốc gia chưa công bố lược đồ dữ liệu nên chưa đối chiếu được với nền tảng.",
    en="The national platform has published no data schema, so nothing was compared with it.",
)
OWN_CODES = Text(
    vi="Danh mục mã (lĩnh vực, tỉnh, xã…) lấy từ bảng ánh xạ của đơn vị; công cụ không kèm danh "
    "mục nào và không kiểm tra tính định danh ổn định giữa các lần xuất.",
    en="Code lists (provinces, fields of science…) are those of the centre's mapping; none "
    "comes with the tool, and whether identifiers stay the same between exports is not checked.",
)
NO_FORM = Text(
    vi="Tệp XLSX không cho biết dạng mã hóa; muốn kiểm tra UTF-8 dạng NFC hãy xuất CSV hoặc JSON.",
    en="An XLSX file does not show its encoding; export CSV or JSON to have UTF-8 in NFC checked.",
)
NO_FORM_HERE = Text(
    vi="MySQL/MariaDB không cho biết dạng NFC của chữ: chỉ đếm được chữ Việt tách dấu; muốn kiểm "
    "tra đủ hãy xuất CSV hoặc JSON.",
    en="MySQL and MariaDB cannot tell the form of a text: only Vietnamese letters in pieces were "
    "counted; export CSV or JSON to have NFC checked.",
)
IN_THE_DATABASE = Text(
    vi="Cơ sở dữ liệu tự kiểm tra bản ghi của mình; không bản ghi nào rời khỏi đó. Bản ghi trùng "
    "là trùng ở mọi trường của bảng ánh xạ.",
    en="The database judged its records itself, and none left it. Records are the same when all "
    "fields of the mapping are.",
)


def said(name: str, text: Text) -> Text:
    """Put the name of a database or an export before a sentence about it."""
    return Text(vi=f"{name}: {text.vi}.", en=f"{name}: {text.en}.")
