"""What speaks against a sample although it has a value. Source: reference bandwidth.md, 5.4."""

from collections.abc import Iterable
from enum import StrEnum
from types import MappingProxyType

from auditor.model import Text


class Flag(StrEnum):
    """One reservation. A sample keeps its value; a slow one no longer proves a slow line."""

    COUNT_MISMATCH = "COUNT_MISMATCH"
    CROSS_TRAFFIC = "CROSS_TRAFFIC"
    IDLE_TRAFFIC = "IDLE_TRAFFIC"
    WIFI = "WIFI"
    LINK_LIMITED = "LINK_LIMITED"
    HALF_DUPLEX = "HALF_DUPLEX"
    CPU_LIMITED = "CPU_LIMITED"
    VPN_SUSPECTED = "VPN_SUSPECTED"
    PROXY = "PROXY"
    LOOPBACK = "LOOPBACK"
    PRIVATE_SERVER = "PRIVATE_SERVER"
    SINGLE_FLOW_LIMIT = "SINGLE_FLOW_LIMIT"
    UNSTABLE = "UNSTABLE"
    UPLOAD_CLIENT_COUNT = "UPLOAD_CLIENT_COUNT"
    LEGACY_UNDERREPORTS = "LEGACY_UNDERREPORTS"
    BUDGET_REACHED = "BUDGET_REACHED"
    CUT_SHORT = "CUT_SHORT"
    CLOCK_SKEW = "CLOCK_SKEW"
    INSTRUMENT_UNKNOWN = "INSTRUMENT_UNKNOWN"
    NO_SERVER_IN_COUNTRY = "NO_SERVER_IN_COUNTRY"

    @property
    def caps(self) -> bool:
        """Whether the line may be faster than this sample says."""
        return self in CAPPING


CAPPING = frozenset(
    {
        Flag.CROSS_TRAFFIC,
        Flag.IDLE_TRAFFIC,
        Flag.WIFI,
        Flag.LINK_LIMITED,
        Flag.HALF_DUPLEX,
        Flag.CPU_LIMITED,
        Flag.VPN_SUSPECTED,
        Flag.PROXY,
        Flag.LOOPBACK,
        Flag.PRIVATE_SERVER,
        Flag.SINGLE_FLOW_LIMIT,
        Flag.LEGACY_UNDERREPORTS,
        Flag.BUDGET_REACHED,
        Flag.CUT_SHORT,
        Flag.INSTRUMENT_UNKNOWN,
    }
)
"""With one of these a sample below a threshold proves nothing."""

DISQUALIFYING = frozenset(
    {Flag.COUNT_MISMATCH, Flag.LOOPBACK, Flag.PRIVATE_SERVER, Flag.UPLOAD_CLIENT_COUNT}
)
"""With one of these even a sample above a threshold proves nothing: the bytes may not have crossed
the line, or were counted before they did."""

FLAGS = MappingProxyType(
    {
        Flag.COUNT_MISMATCH: Text(
            vi="Số byte đếm được không đi qua cổng mạng của máy này; mẫu không dùng được.",
            en="The bytes that were counted did not cross this machine's port; no use can be made"
            " of the sample.",
        ),
        Flag.CROSS_TRAFFIC: Text(
            vi="Có lưu lượng khác trên đường truyền trong lúc đo; đường truyền có thể nhanh hơn.",
            en="Other traffic used the line during the test; the line may be faster.",
        ),
        Flag.IDLE_TRAFFIC: Text(
            vi="Đường truyền không rảnh trước khi đo; đường truyền có thể nhanh hơn.",
            en="The line was not idle before the test; the line may be faster.",
        ),
        Flag.WIFI: Text(
            vi="Đo qua Wi-Fi; đường truyền có thể nhanh hơn.",
            en="Measured over Wi-Fi; the line may be faster.",
        ),
        Flag.LINK_LIMITED: Text(
            vi="Cổng mạng của máy đo giới hạn kết quả; đường truyền có thể nhanh hơn.",
            en="The network card limits the result; the line may be faster.",
        ),
        Flag.HALF_DUPLEX: Text(
            vi="Cổng mạng chạy bán song công; đường truyền có thể nhanh hơn.",
            en="The network card runs half duplex; the line may be faster.",
        ),
        Flag.CPU_LIMITED: Text(
            vi="Máy tính quá tải trong lúc đo; đường truyền có thể nhanh hơn.",
            en="This computer was too busy; the line may be faster.",
        ),
        Flag.VPN_SUSPECTED: Text(
            vi="Lưu lượng có vẻ đi qua VPN; kết quả không phải của riêng đường truyền.",
            en="The traffic seems to go through a VPN; the result is not the line's own.",
        ),
        Flag.PROXY: Text(
            vi="Máy được cấu hình proxy; kết quả không phải của riêng đường truyền.",
            en="This machine is configured for a proxy; the result is not the line's own.",
        ),
        Flag.LOOPBACK: Text(
            vi="Máy chủ đo nằm ngay trên máy này; kết quả không nói gì về đường truyền.",
            en="The server is this machine itself; the result says nothing of the line.",
        ),
        Flag.PRIVATE_SERVER: Text(
            vi="Máy chủ đo có địa chỉ nội bộ; kết quả không nói gì về đường Internet.",
            en="The server has a private address; the result says nothing of the Internet line.",
        ),
        Flag.SINGLE_FLOW_LIMIT: Text(
            vi="Một kết nối đơn không thể nhanh hơn ở khoảng cách này.",
            en="One connection cannot go faster at this distance.",
        ),
        Flag.UNSTABLE: Text(
            vi="Tốc độ dao động mạnh trong lúc đo.",
            en="The rate varied much during the test.",
        ),
        Flag.UPLOAD_CLIENT_COUNT: Text(
            vi="Không có số đếm ở phía nhận; tốc độ tải lên có thể cao hơn thực tế.",
            en="There is no count from the receiver; the upload may be overstated.",
        ),
        Flag.LEGACY_UNDERREPORTS: Text(
            vi="Công cụ này đo thấp hơn thực tế khi trên 100 Mbit/s.",
            en="This tool reads low above 100 Mbit/s.",
        ),
        Flag.BUDGET_REACHED: Text(
            vi="Đã dùng hết hạn mức dữ liệu nên thời gian đo bị rút ngắn.",
            en="The data budget was used up, so the test was cut short.",
        ),
        Flag.CUT_SHORT: Text(
            vi="Một kết nối bị ngắt nên thời gian đo bị rút ngắn.",
            en="A connection broke, so the test was cut short.",
        ),
        Flag.CLOCK_SKEW: Text(
            vi="Đồng hồ máy lệch quá 60 giây; thời điểm đo không đáng tin.",
            en="The clock is more than 60 seconds off; the time of the sample is not reliable.",
        ),
        Flag.INSTRUMENT_UNKNOWN: Text(
            vi="Không đọc được tình trạng cổng mạng của máy đo, nên không loại trừ được nguyên"
            " nhân tại máy.",
            en="The state of the measuring machine's port could not be read, so a cause in the"
            " machine is not ruled out.",
        ),
        Flag.NO_SERVER_IN_COUNTRY: Text(
            vi="Không có máy chủ đo tại Việt Nam; kết quả là kết nối quốc tế.",
            en="No test server in Viet Nam for this backend; the result is an international one.",
        ),
    }
)


def has_capping(flags: Iterable[Flag]) -> bool:
    """Whether the line may be faster than a sample with these flags says."""
    return any(flag.caps for flag in flags)


def is_usable(flags: Iterable[Flag]) -> bool:
    """Whether a sample with these flags proves at least that the line reached its rate."""
    return not DISQUALIFYING.intersection(flags)
