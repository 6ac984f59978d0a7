"""Why a scheduler or the driver of GPUs told nothing, and the remedy, in both languages."""

from types import MappingProxyType

from auditor.model import ComputingKind, Failure, Text

_WORDS = MappingProxyType(
    {
        Failure.TOOL_MISSING: Text(
            vi="máy này không có lệnh của bộ điều phối hay nvidia-smi – cài chương trình máy "
            "khách, hoặc ghi ở target máy đăng nhập của cụm",
            en="this machine has no command of the scheduler or no nvidia-smi – install the client "
            "programs, or name the cluster's login node as target",
        ),
        Failure.UNREACHABLE: Text(
            vi="máy điều khiển của bộ điều phối không trả lời – nhờ quản trị cụm khởi động dịch vụ "
            "điều khiển (như slurmctld, pbs_server), rồi đo lại",
            en="the scheduler's controller does not answer – have the cluster's administrator "
            "start it (such as slurmctld, pbs_server), then measure again",
        ),
        Failure.TIMEOUT: Text(
            vi="lệnh của bộ điều phối chạy quá thời hạn – đo lại khi cụm bớt bận, nhờ quản trị cụm "
            "xem máy điều khiển",
            en="the scheduler's command took too long – measure again when the cluster is less "
            "busy, have its administrator look at the controller",
        ),
        Failure.AUTH_FAILED: Text(
            vi="bộ điều phối không xác thực được máy đăng nhập – nhờ quản trị cụm kiểm tra munge "
            "(dịch vụ, khóa chung, đồng hồ) trên máy này",
            en="the scheduler does not authenticate the login node – have the cluster's "
            "administrator check munge (service, shared key, clock) on this machine",
        ),
        Failure.PERMISSION_DENIED: Text(
            vi="tài khoản đăng nhập không được phép hỏi bộ điều phối hay chạy lệnh của nó – nhờ "
            "quản trị cụm cho tài khoản này quyền xem nút và phân vùng",
            en="the account may not ask the scheduler or run its command – have the cluster's "
            "administrator let it see nodes and partitions",
        ),
        Failure.COMMAND_FAILED: Text(
            vi="lệnh của bộ điều phối hay nvidia-smi báo lỗi – chạy tay lệnh ấy trên máy này và "
            "đọc thông báo của nó",
            en="the command of the scheduler, or nvidia-smi, failed – run it by hand on this "
            "machine and read its message",
        ),
        Failure.UNPARSABLE: Text(
            vi="không hiểu được câu trả lời của bộ điều phối hay nvidia-smi – xem phiên bản của "
            "nó, gửi bản ghi của audit capture cho người làm công cụ",
            en="the answer of the scheduler, or of nvidia-smi, is not understood – see its "
            "version, and send what audit capture recorded to the makers of the tool",
        ),
    }
)
"""What happened, a dash, and the remedy: for whatever a question can end in."""

_NO_DRIVER = Text(
    vi="trình điều khiển GPU chưa được nạp – nạp hoặc cài lại trình điều khiển NVIDIA, rồi đo lại",
    en="the driver of the GPUs is not loaded – load or install NVIDIA's driver, then measure again",
)


def said(name: str, kind: ComputingKind, failure: Failure) -> Text:
    """Return a sentence on one resource; `name` is data."""
    is_driver = kind is ComputingKind.LOCAL_GPU and failure is Failure.UNREACHABLE
    words = _NO_DRIVER if is_driver else _WORDS[failure]
    return Text(vi=f"{name}: {words.vi}", en=f"{name}: {words.en}")
