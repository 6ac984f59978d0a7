"""Space on mounted filesystems."""

from auditor.model import Hides, Measured, Text
from auditor.parsing import in_order
from auditor.probing import Column, HostFacts, probe
from auditor.sections.storage import mounts

_COLUMNS = (
    Column("device", str, "Device or file server", hides=Hides.TEXT),
    Column(
        "mount",
        str,
        "Where it is mounted; the shortest path if there are several",
        hides=Hides.FILE,
    ),
    Column("type", str, "Type of filesystem", hides=Hides.NOTHING),
    Column("total_bytes", int, "Size; null if the mount did not answer"),
    Column("free_bytes", int, "Space that an ordinary user can still write"),
    Column("free_percent", float, "Free share of the size, 0 to 100"),
    Column("is_network", bool, "Lies on another machine"),
    Column("is_readonly", bool, "Mounted read-only"),
)


@probe(*_COLUMNS)
def filesystems(host: HostFacts) -> Measured:
    """Filesystems that hold data, with size and free space; one row for each device.

    Kernel filesystems, memory filesystems and package images are left out.
    Tested on Linux; macOS and Windows are read after documentation, not tested on a real system.
    """
    rows = in_order(mounts(host.collection), "mount")
    silent = ", ".join(str(row["mount"]) for row in rows if row["total_bytes"] is None)
    limitations = (
        (
            Text(
                vi=f"Không lấy được dung lượng (không trả lời hoặc không có quyền): {silent}",
                en=f"No size could be read (no answer or no permission): {silent}",
            ),
        )
        if silent
        else ()
    )
    return Measured(rows=rows, limitations=limitations)
