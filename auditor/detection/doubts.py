"""The closed list of reasons and questions. Rows carry `code: detail`; people read the text."""

from enum import StrEnum

from auditor.model import Text


class Doubt(StrEnum):
    """Why an answer is unknown, or what a person should look at."""

    NOT_COLLECTED = "not_collected"
    NO_RIGHTS = "no_rights"
    NO_CHECKED_SIGNAL = "no_checked_signal"
    ONLY_NAMES = "only_names"
    ONLY_FOLDER = "only_folder"
    NAME_IS_FREE_TEXT = "name_is_free_text"
    PROGRAM_ELSEWHERE = "program_elsewhere"
    IN_CONTAINER = "in_container"
    CONTAINMENT_UNKNOWN = "containment_unknown"
    RESTART_NEEDED = "restart_needed"
    LEFT_BEHIND = "left_behind"
    STOCK = "stock"
    UNVERIFIED_SIGNAL = "unverified_signal"
    ENABLED_NOT_RUNNING = "enabled_not_running"
    CONFLICT = "conflict"
    SOURCE_SILENT = "source_silent"
    NO_PROOF_KNOWN = "no_proof_known"
    NOT_SEEN = "not_seen"
    NOT_RUNNING = "not_running"
    CONFIGURED_ONLY = "configured_only"
    LOOPBACK_ONLY = "loopback_only"
    NO_SERVER = "no_server"
    NO_LINK_SEEN = "no_link_seen"
    UDP_PROVES_NOTHING = "udp_proves_nothing"
    TOO_OLD = "too_old"
    FUTURE_TIME = "future_time"
    NO_TIME = "no_time"
    WATCHES_ONLY = "watches_only"
    NO_DATABASE = "no_database"
    PASSIVE_MODE = "passive_mode"
    STALE_REGISTRATION = "stale_registration"
    UNKNOWN_STATE = "unknown_state"
    UNKNOWN_SCANNER = "unknown_scanner"
    ON_SAME_HOST = "on_same_host"
    NO_RECORD = "no_record"
    SEVERAL_JOBS = "several_jobs"


TEXTS = {
    Doubt.NOT_COLLECTED: Text(
        vi="Phần thu thập cần thiết không chạy đủ.", en="A needed section did not run fully."
    ),
    Doubt.NO_RIGHTS: Text(
        vi="Tài khoản đo không có quyền quản trị.", en="The account had no administrator rights."
    ),
    Doubt.NO_CHECKED_SIGNAL: Text(
        vi="Danh mục chưa có dấu hiệu nào đã kiểm chứng cho sản phẩm này.",
        en="The catalogue has no checked signal for this product.",
    ),
    Doubt.ONLY_NAMES: Text(
        vi="Chỉ thấy tên, chưa thấy gói cài đặt hoặc tệp chương trình làm căn cứ.",
        en="Only names were seen, no package or program that anchors them.",
    ),
    Doubt.ONLY_FOLDER: Text(
        vi="Chỉ còn thư mục của nhà cung cấp.", en="Only the vendor's folder was seen."
    ),
    Doubt.NAME_IS_FREE_TEXT: Text(
        vi="Tiến trình mang tên này nhưng tệp chương trình là của phần mềm khác.",
        en="A process bears the name, but its program file is another.",
    ),
    Doubt.PROGRAM_ELSEWHERE: Text(
        vi="Chương trình trùng tên nhưng nằm ngoài nơi cài đặt thông thường.",
        en="A program of that name runs from an unusual place.",
    ),
    Doubt.IN_CONTAINER: Text(
        vi="Chạy trong vùng chứa (container), không bảo vệ máy chủ.",
        en="Runs inside a container; that does not cover the host.",
    ),
    Doubt.CONTAINMENT_UNKNOWN: Text(
        vi="Không xác định được tiến trình chạy trong vùng chứa hay trên máy.",
        en="It is not known whether the process runs in a container.",
    ),
    Doubt.RESTART_NEEDED: Text(
        vi="Tệp chương trình đã bị xóa hoặc thay; cần khởi động lại dịch vụ.",
        en="The program file was deleted or replaced; a restart is needed.",
    ),
    Doubt.LEFT_BEHIND: Text(
        vi="Đã gỡ cài đặt, còn sót cấu hình hoặc liên kết.",
        en="Removed; configuration or links were left behind.",
    ),
    Doubt.STOCK: Text(
        vi="Thành phần có sẵn của hệ điều hành.", en="Part of the stock operating system."
    ),
    Doubt.UNVERIFIED_SIGNAL: Text(
        vi="Thấy dấu hiệu chưa kiểm chứng, cần người xác nhận.",
        en="An unverified signal was seen; a person should confirm.",
    ),
    Doubt.ENABLED_NOT_RUNNING: Text(
        vi="Dịch vụ được bật nhưng không có tiến trình.",
        en="The service is enabled, but no process runs.",
    ),
    Doubt.CONFLICT: Text(
        vi="Các nguồn cho kết quả trái nhau.", en="Sources contradict each other."
    ),
    Doubt.SOURCE_SILENT: Text(
        vi="Có nguồn có thể trả lời khác nhưng không đọc được.",
        en="A source that could say otherwise was not readable.",
    ),
    Doubt.NO_PROOF_KNOWN: Text(
        vi="Danh mục không biết cách chứng minh trên máy này.",
        en="The catalogue knows no proof on this machine.",
    ),
    Doubt.NOT_SEEN: Text(vi="Không có dữ liệu cho trục này.", en="Nothing seen answers this axis."),
    Doubt.NOT_RUNNING: Text(
        vi="Thành phần chính không chạy.", en="The main component does not run."
    ),
    Doubt.CONFIGURED_ONLY: Text(
        vi="Đã cấu hình máy chủ quản lý nhưng chưa đủ căn cứ là đang được quản lý.",
        en="A server is configured; that is not yet managed.",
    ),
    Doubt.LOOPBACK_ONLY: Text(
        vi="Chỉ cấu hình báo cáo về chính máy này.", en="Configured to report to itself only."
    ),
    Doubt.NO_SERVER: Text(
        vi="Không cấu hình máy chủ nhận nào.", en="No server is configured to receive anything."
    ),
    Doubt.NO_LINK_SEEN: Text(
        vi="Không thấy kết nối tới máy chủ.", en="No connection to the server was seen."
    ),
    Doubt.UDP_PROVES_NOTHING: Text(
        vi="Gửi qua UDP: phía máy trạm không chứng minh được đã nhận.",
        en="Sent over UDP: nothing on this machine proves delivery.",
    ),
    Doubt.TOO_OLD: Text(vi="Dữ liệu đã quá hạn.", en="The data is too old."),
    Doubt.FUTURE_TIME: Text(
        vi="Thời điểm nằm ở tương lai so với đồng hồ của máy.",
        en="The time lies in the future of the machine's clock.",
    ),
    Doubt.NO_TIME: Text(
        vi="Không có thời điểm thành công nào đọc được.", en="No time of success could be read."
    ),
    Doubt.WATCHES_ONLY: Text(
        vi="Chỉ theo dõi, không chặn khi truy cập tệp.", en="Watches files but does not block."
    ),
    Doubt.NO_DATABASE: Text(vi="Không có cơ sở dữ liệu mẫu.", en="No signature database."),
    Doubt.PASSIVE_MODE: Text(
        vi="Đang ở chế độ thụ động; chỉ đúng khi có sản phẩm khác đang bảo vệ.",
        en="In passive mode; right only while another product protects.",
    ),
    Doubt.STALE_REGISTRATION: Text(
        vi="Còn đăng ký nhưng không còn tệp chương trình.",
        en="Registered, but its program is gone.",
    ),
    Doubt.UNKNOWN_STATE: Text(
        vi="Trạng thái nằm ngoài bảng giải mã.", en="The state is outside the decoding table."
    ),
    Doubt.UNKNOWN_SCANNER: Text(
        vi="Có chương trình giám sát tệp chưa nhận biết được.",
        en="An unrecognised program watches files.",
    ),
    Doubt.ON_SAME_HOST: Text(
        vi="Kho sao lưu nằm trên chính máy này.", en="The repository is on this very machine."
    ),
    Doubt.NO_RECORD: Text(
        vi="Không có bản ghi của máy; cần văn bản xác nhận.",
        en="No machine record exists; a signed statement is needed.",
    ),
    Doubt.SEVERAL_JOBS: Text(
        vi="Có nhiều tác vụ sao lưu; không biết tác vụ nào đã thành công hoặc ghi vào kho nào.",
        en="There are several backup jobs; which of them succeeded or wrote where is not known.",
    ),
}


def doubt(code: Doubt, detail: str = "") -> str:
    """Return `code: detail` as rows carry it."""
    return f"{code}: {detail}" if detail else str(code)
