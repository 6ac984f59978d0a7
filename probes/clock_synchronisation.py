"""Time keeping of a machine."""

from auditor.model import Hides, Measured, Text
from auditor.probing import Column, HostFacts, probe
from auditor.sections.machine import clock

_COLUMNS = (
    Column("utc_now", str, "The machine's own time when it was asked", hides=Hides.NOTHING),
    Column(
        "timezone",
        str,
        "Time zone, as an IANA name where known, else as an offset",
        hides=Hides.NOTHING,
    ),
    Column("is_synchronised", bool, "The kernel is told the right time by something; Linux only"),
    Column("estimated_error_s", float, "The kernel's estimate, only while synchronised"),
)

_UNKNOWN = Text(
    vi="Hệ điều hành này không cho biết đồng hồ có được đồng bộ hay không; "
    "xem phép đo độ lệch đồng hồ.",
    en="This system does not tell whether its clock is synchronised; see the clock offset.",
)
_KERNEL_ONLY = Text(
    vi="Nhân hệ điều hành báo chưa đồng bộ. Trong máy ảo, máy chủ có thể giữ giờ mà nhân không "
    "biết; độ lệch thật cần đo với máy chủ thời gian.",
    en="The kernel reports no synchronisation. In a virtual machine the host may keep the time "
    "without the kernel's knowledge; the true offset needs a time server.",
)


@probe(*_COLUMNS)
def clock_synchronisation(host: HostFacts) -> Measured:
    """Whether a machine's clock is kept right; read from the kernel, never changed.

    Tested on Linux; other systems give the time and the zone only.
    """
    rows = clock(host.collection)
    states = {row["is_synchronised"] for row in rows}
    limitations = (
        *((_UNKNOWN,) if None in states else ()),
        *((_KERNEL_ONLY,) if False in states else ()),
    )
    return Measured(rows=rows, limitations=limitations)
