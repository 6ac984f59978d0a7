"""Open sockets."""

from auditor.model import Measured, Text
from auditor.parsing import in_order, json_object, table
from auditor.probing import Column, Host, probe

_COLUMNS = (
    Column("protocol", str, "tcp or udp"),
    Column("family", str, "ipv4 or ipv6"),
    Column("local_address", str, "Address on this machine; 0.0.0.0 or :: means all"),
    Column("local_port", int, "Port on this machine"),
    Column("remote_address", str, "Address of the other side, if connected"),
    Column("remote_port", int, "Port of the other side, if connected"),
    Column("state", str, "State of a TCP connection, lower case; null for UDP"),
    Column("is_listening", bool, "Waits for others: TCP listening, or UDP not connected"),
    Column("process", str, "Program that holds it; null if it could not be told"),
)


@probe(*_COLUMNS)
def sockets(host: Host) -> Measured:
    """TCP and UDP sockets, listening and connected, with their programs.

    Tested on Linux; on macOS, which needs root for this, and Windows psutil's documentation is
    relied on.
    """
    return parse(host.system("sockets"))


def parse(content: bytes) -> Measured:
    """Read the socket reading; say what an ordinary user could not see."""
    rows = in_order(
        table(content, _COLUMNS, "sockets"),
        *("protocol", "family", "local_port", "local_address", "remote_address", "remote_port"),
    )
    limitations: tuple[Text, ...] = ()
    if json_object(content, "sockets").get("is_elevated") is not True:
        limitations = (
            Text(
                vi="Đo không có quyền quản trị: không biết chương trình nào giữ cổng của người "
                "dùng khác.",
                en="Measured without administrator rights: the programs behind sockets of other "
                "users are not known.",
            ),
        )
    return Measured(rows=rows, limitations=limitations)
