"""Open sockets."""

from auditor.model import Hides, Measured, Text
from auditor.parsing import in_order
from auditor.probing import Column, HostFacts, probe
from auditor.sections.sockets import sockets as opened

_COLUMNS = (
    Column("protocol", str, "tcp or udp", hides=Hides.WEAKNESS),
    Column("family", str, "ipv4 or ipv6", hides=Hides.WEAKNESS),
    Column(
        "local_address",
        str,
        "Address on this machine; 0.0.0.0 or :: means all",
        hides=Hides.WEAKNESS,
    ),
    Column("local_port", int, "Port on this machine"),
    Column("remote_address", str, "Address of the other side, if connected", hides=Hides.WEAKNESS),
    Column("remote_port", int, "Port of the other side, if connected"),
    Column(
        "state", str, "State of a TCP connection, lower case; null for UDP", hides=Hides.WEAKNESS
    ),
    Column("is_listening", bool, "Waits for others: TCP listening, or UDP not connected"),
    Column(
        "process", str, "Program that holds it; null if it could not be told", hides=Hides.WEAKNESS
    ),
    Column("pid", int, "Its process number, the lowest if there are several"),
    Column("executable", str, "Its file", hides=Hides.WEAKNESS),
)


@probe(*_COLUMNS)
def sockets(host: HostFacts) -> Measured:
    """TCP and UDP sockets, listening and connected, with their programs.

    Tested on Linux; macOS and Windows are read after documentation, not tested on a real system.
    """
    rows = in_order(
        opened(host.collection),
        *("protocol", "family", "local_port", "local_address", "remote_address", "remote_port"),
    )
    limitations: tuple[Text, ...] = ()
    if not host.collection.is_root:
        limitations = (
            Text(
                vi="Đo không có quyền quản trị: không biết chương trình nào giữ cổng của người "
                "dùng khác.",
                en="Measured without administrator rights: the programs behind sockets of other "
                "users are not known.",
            ),
        )
    return Measured(rows=rows, limitations=limitations)
