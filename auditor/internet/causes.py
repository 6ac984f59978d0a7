"""Why a sample has no value. Source: reference bandwidth.md, 5.4 and 5.2(6)."""

from enum import StrEnum
from types import MappingProxyType

from auditor.model import Text


class Cause(StrEnum):
    """Closed: a new way to fail needs a new member and its sentence here."""

    NO_NETWORK = "NO_NETWORK"
    CAPTIVE_PORTAL = "CAPTIVE_PORTAL"
    DNS_FAIL = "DNS_FAIL"
    CONNECT_FAIL = "CONNECT_FAIL"
    TLS_FAIL = "TLS_FAIL"
    LOCATE_RATE_LIMITED = "LOCATE_RATE_LIMITED"
    RATE_LIMITED = "RATE_LIMITED"
    SERVER_BUSY = "SERVER_BUSY"
    SERVER_REJECTED = "SERVER_REJECTED"
    PROTOCOL_ERROR = "PROTOCOL_ERROR"
    STALLED = "STALLED"
    ABORTED_EARLY = "ABORTED_EARLY"
    ZERO_RESULT = "ZERO_RESULT"
    BUDGET_REACHED = "BUDGET_REACHED"
    CONSENT_MISSING = "CONSENT_MISSING"
    TOOL_MISSING = "TOOL_MISSING"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    NOT_AUTHORISED = "NOT_AUTHORISED"

    @property
    def stops_backend(self) -> bool:
        """Whether the service asked us to go away: no retry, and a long pause (5.2, rule 3)."""
        return self in {Cause.RATE_LIMITED, Cause.LOCATE_RATE_LIMITED}

    @property
    def stops_server(self) -> bool:
        """Whether asking the same server again in the same run would only waste time."""
        return self in {
            Cause.NO_NETWORK,
            Cause.DNS_FAIL,
            Cause.CONNECT_FAIL,
            Cause.TLS_FAIL,
            Cause.CAPTIVE_PORTAL,
            Cause.PROTOCOL_ERROR,
            Cause.CONSENT_MISSING,
            Cause.TOOL_MISSING,
            Cause.OUT_OF_SCOPE,
            Cause.NOT_AUTHORISED,
        }


CAUSES = MappingProxyType(
    {
        Cause.NO_NETWORK: Text(
            vi="Không có kết nối Internet; chưa đo được.",
            en="No Internet connection; nothing was measured.",
        ),
        Cause.CAPTIVE_PORTAL: Text(
            vi="Trang đăng nhập mạng chặn phép đo.",
            en="A login page answers instead of the test server.",
        ),
        Cause.DNS_FAIL: Text(
            vi="Không phân giải được tên máy chủ đo.",
            en="The name of the test server could not be resolved.",
        ),
        Cause.CONNECT_FAIL: Text(
            vi="Không kết nối được đến máy chủ đo.",
            en="The test server could not be reached.",
        ),
        Cause.TLS_FAIL: Text(
            vi="Không xác minh được chứng chỉ máy chủ đo (thiếu kho chứng chỉ gốc hoặc TLS bị chặn"
            " giữa đường).",
            en="Cannot verify the server's certificate (missing CA store or TLS inspection).",
        ),
        Cause.LOCATE_RATE_LIMITED: Text(
            vi="Dịch vụ tìm máy chủ giới hạn lượt đo; hãy thử lại sau.",
            en="The service that finds servers limits us; try again later.",
        ),
        Cause.RATE_LIMITED: Text(
            vi="Dịch vụ giới hạn lượt đo; hãy thử lại sau.",
            en="The service limits us; try again later.",
        ),
        Cause.SERVER_BUSY: Text(
            vi="Máy chủ đo đang bận.",
            en="The test server is busy.",
        ),
        Cause.SERVER_REJECTED: Text(
            vi="Máy chủ đo từ chối yêu cầu.",
            en="The test server refused.",
        ),
        Cause.PROTOCOL_ERROR: Text(
            vi="Máy chủ đo trả lời không đúng giao thức.",
            en="The test server's answer does not follow the protocol.",
        ),
        Cause.STALLED: Text(
            vi="Dữ liệu ngừng truyền quá 5 giây; mẫu bị loại.",
            en="No byte arrived for 5 seconds; the sample was dropped.",
        ),
        Cause.ABORTED_EARLY: Text(
            vi="Kết nối bị ngắt khi chưa đo đủ 2 giây sau giai đoạn khởi động; mẫu bị loại.",
            en="The connection ended before 2 seconds of the window; the sample was dropped.",
        ),
        Cause.ZERO_RESULT: Text(
            vi="Công cụ không trả về giá trị hợp lệ.",
            en="The tool returned no usable value.",
        ),
        Cause.BUDGET_REACHED: Text(
            vi="Hạn mức dữ liệu đã dùng hết; không đo thêm.",
            en="The data budget is used up; nothing more was measured.",
        ),
        Cause.CONSENT_MISSING: Text(
            vi="Chưa có người đồng ý điều khoản của dịch vụ công cộng này; không đo.",
            en="Nobody has consented to the terms of this public service; not measured.",
        ),
        Cause.TOOL_MISSING: Text(
            vi="Máy thiếu chương trình hoặc thư viện cần để đo.",
            en="A program or library that is needed is missing.",
        ),
        Cause.OUT_OF_SCOPE: Text(
            vi="Máy chủ đo nằm ngoài phạm vi cho phép.",
            en="The test server is outside the authorised scope.",
        ),
        Cause.NOT_AUTHORISED: Text(
            vi="Văn bản cho phép không có phép đo tốc độ, hoặc không còn hiệu lực.",
            en="The authorisation does not allow speed tests, or is not in force.",
        ),
    }
)


class NoSample(Exception):
    """A sample that failed. `detail` is technical and comes from outside: data, never markup.

    `retry_after_s` is what a limiting service asked for; None when it did not say.
    """

    def __init__(
        self,
        cause: Cause,
        detail: str,
        *,
        http_status: int | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        """Keep the closed cause and what was seen apart."""
        super().__init__(f"{cause}: {detail}")
        self.cause = cause
        self.detail = detail[:500]
        self.http_status = http_status
        self.retry_after_s = retry_after_s
