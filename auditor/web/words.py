"""What each trouble of a visit means, and what to do about it, in both languages."""

from types import MappingProxyType

from auditor.model import Text
from auditor.web.visit import Trouble

_WORDS = {
    Trouble.DNS_UNKNOWN: (
        "máy chủ tên miền trả lời rằng không có tên này – kiểm tra địa chỉ trong tệp khai báo",
        "the resolver says that there is no such name – check the address in the site file",
    ),
    Trouble.DNS_FAILED: (
        "máy chủ tên miền không trả lời – kiểm tra DNS và đường truyền của trung tâm",
        "the resolver did not answer – check DNS and the centre's line",
    ),
    Trouble.NO_ADDRESS: (
        "tên này không có địa chỉ của phiên bản IP đã chọn – thử phiên bản kia",
        "the name has no address of the chosen IP version – try the other one",
    ),
    Trouble.REFUSED: (
        "máy chủ hoặc tường lửa từ chối kết nối – kiểm tra cổng và tường lửa của trung tâm",
        "server or firewall refused the connection – check the port and the centre's firewall",
    ),
    Trouble.NO_ROUTE: (
        "không có đường tới địa chỉ này – kiểm tra đường truyền và bảng định tuyến",
        "no route to the address – check the line and the routes",
    ),
    Trouble.CONNECT_TIMEOUT: (
        "máy chủ không trả lời kết nối – kiểm tra tường lửa, thử lại vào giờ khác",
        "the server did not answer the connection – check the firewall, try at another hour",
    ),
    Trouble.RESET: (
        "kết nối bị ngắt giữa chừng – thử lại vào giờ khác; kiểm tra tường lửa lọc nội dung",
        "the connection was cut – try at another hour; check firewalls that filter content",
    ),
    Trouble.TLS_NAME: (
        "chứng thư số cấp cho tên khác – kiểm tra địa chỉ, báo đơn vị quản lý dịch vụ",
        "the certificate is for another name – check the address, tell who runs the service",
    ),
    Trouble.TLS_EXPIRED: (
        "chứng thư số đã hết hạn – báo đơn vị quản lý dịch vụ gia hạn",
        "the certificate has expired – ask who runs the service to renew it",
    ),
    Trouble.TLS_NOT_YET_VALID: (
        "chứng thư số chưa đến ngày hiệu lực – kiểm tra đồng hồ máy này, báo đơn vị quản lý",
        "the certificate is not valid yet – check this machine's clock, tell who runs the service",
    ),
    Trouble.TLS_UNTRUSTED: (
        (
            "không có cơ quan cấp chứng thư nào mà máy này tin cậy bảo đảm cho máy chủ – nếu dùng"
            " CA riêng, ghi tệp của CA vào ca_file; nếu không, báo đơn vị quản lý dịch vụ"
        ),
        (
            "no authority that this machine trusts vouches for the server – name the file of a"
            " private authority as ca_file, or tell who runs the service"
        ),
    ),
    Trouble.TLS_OLD: (
        "máy chủ chỉ dùng TLS 1.1 trở xuống – báo đơn vị quản lý dịch vụ bật TLS 1.2 trở lên",
        "the server speaks TLS 1.1 or older only – ask who runs it to enable TLS 1.2 or newer",
    ),
    Trouble.TLS_FAILED: (
        "không lập được kết nối TLS – kiểm tra cổng, tệp ca_file và cấu hình của máy chủ",
        "no TLS connection came about – check the port, ca_file and the server's settings",
    ),
    Trouble.SLOW: (
        "không nhận đủ câu trả lời trong thời gian cho phép – thử lại vào giờ khác",
        "no whole answer within the time – try at another hour",
    ),
    Trouble.NOT_HTTP: (
        "câu trả lời không phải HTTP hợp lệ – kiểm tra địa chỉ và cổng",
        "the answer is no valid HTTP – check address and port",
    ),
    Trouble.TOO_LARGE: (
        "câu trả lời lớn hơn giới hạn – phần vượt quá không được đọc",
        "the answer is larger than the limit – what goes beyond it was not read",
    ),
    Trouble.REDIRECT_LOOP: (
        (
            "trang chuyển hướng vòng quanh hoặc quá nhiều lần (có thể vì công cụ không giữ cookie)"
            " – mở bằng trình duyệt để kiểm tra, ghi địa chỉ cuối cùng vào tệp khai báo"
        ),
        (
            "redirects lead in a circle or are too many (perhaps since the tool keeps no cookie) –"
            " open it in a browser and write the last address into the site file"
        ),
    ),
    Trouble.REDIRECT_OUTSIDE: (
        (
            "trang chuyển hướng tới nơi ngoài phạm vi cho phép, công cụ không gửi gì tới đó – nếu"
            " văn bản cho phép, thêm máy chủ đó vào scope.services"
        ),
        (
            "a redirect leads outside the scope, and nothing was sent there – if the letter allows"
            " it, add that host to scope.services"
        ),
    ),
    Trouble.SERVER_ERROR: (
        "máy chủ trả lời lỗi của chính nó (từ 500) – thử lại vào giờ khác, báo đơn vị quản lý",
        "the server answered with an error of its own (500 or above) – try later, tell who runs it",
    ),
    Trouble.OUT_OF_SCOPE: (
        (
            "địa chỉ nằm ngoài phạm vi cho phép, chưa thử – nếu văn bản cho phép, thêm vào"
            " scope.services"
        ),
        (
            "the address is outside the scope and was not tried – if the letter allows it, add it"
            " to scope.services"
        ),
    ),
    Trouble.NOT_AUTHORISED: (
        (
            "văn bản cho phép không có, hết hạn, ngoài giờ hoặc thiếu phương pháp platform_access,"
            " chưa thử – xin văn bản cho phép"
        ),
        (
            "no letter, or it has expired, is outside its hours or lacks platform_access; not tried"
            " – ask for the letter"
        ),
    ),
    Trouble.SECRET_MISSING: (
        "không lấy được khóa truy cập ở nơi đã khai – đặt biến môi trường hoặc mục trong kho khóa",
        "the access key is not where the site file says – set the variable or the keyring's entry",
    ),
    Trouble.SECRET_UNPROTECTED: (
        "khóa truy cập sẽ phải đi qua kết nối không mã hóa, công cụ không gửi – dùng địa chỉ https",
        "the access key would have gone unencrypted and was not sent – use an https address",
    ),
}
WORDS = MappingProxyType({trouble: Text(vi=vi, en=en) for trouble, (vi, en) in _WORDS.items()})
"""What happened, a dash, and the remedy."""


def said(name: str, trouble: Trouble) -> Text:
    """Return a sentence on one address; `name` is data."""
    words = WORDS[trouble]
    return Text(vi=f"{name}: {words.vi}", en=f"{name}: {words.en}")
