"""What each trouble of an endpoint or a public address means, and what to do about it."""

from types import MappingProxyType

from auditor.model import Text
from auditor.vpn.vocabulary import Trouble

TROUBLES = MappingProxyType(
    {
        Trouble.SILENT: Text(
            vi="không có trả lời (bị lọc, mất gói, hoặc chỉ trả lời máy có khóa) – kiểm tra tường"
            " lửa và dịch vụ, rồi đo lại",
            en="no answer (filtered, lost, or given to whoever has a key) – check firewall and"
            " service, then measure again",
        ),
        Trouble.REFUSED: Text(
            vi="máy chủ từ chối ở cổng này – kiểm tra dịch vụ VPN có chạy và đúng cổng",
            en="the server refuses on this port – check that the VPN runs, and the port",
        ),
        Trouble.NO_TLS: Text(
            vi="kết nối được nhưng không có TLS – kiểm tra kind và cổng trong tệp khai báo",
            en="connected, and no TLS came of it – check kind and port in the site file",
        ),
        Trouble.OTHER_ANSWER: Text(
            vi="có dịch vụ khác trả lời, không phải loại đã khai – kiểm tra kind và cổng trong tệp"
            " khai báo",
            en="something else answers than was declared – check kind and port in the site file",
        ),
        Trouble.UNREACHABLE: Text(
            vi="không tới được địa chỉ này – kiểm tra địa chỉ, đường truyền và định tuyến",
            en="the address cannot be reached – check the address, the line and the routes",
        ),
        Trouble.OUT_OF_SCOPE: Text(
            vi="ngoài phạm vi được phép, chưa hỏi – thêm mạng vào scope.networks và, nếu là địa chỉ"
            " công cộng, giấy tờ vào scope.ownership",
            en="outside the scope and not asked – add its network to scope.networks and, if public,"
            " its papers to scope.ownership",
        ),
        Trouble.NOT_AUTHORISED: Text(
            vi="chưa được phép, chưa hỏi – văn bản cho phép cần có phương pháp service_probes",
            en="not authorised and not asked – the letter must allow the method service_probes",
        ),
        Trouble.NOT_UNDERSTOOD: Text(
            vi="có cổng mở mà không rõ dịch vụ gì – cán bộ quản trị kiểm tra cổng đó trên máy chủ",
            en="a port is open and what answers is not understood – look at it on the server",
        ),
    }
)
"""What happened, a dash, and the remedy. The other troubles concern all rows alike: `remarks`."""


def said(name: str, trouble: Trouble) -> Text:
    """Return a sentence on one endpoint or address; `name` is data."""
    words = TROUBLES[trouble]
    return Text(vi=f"{name}: {words.vi}", en=f"{name}: {words.en}")
