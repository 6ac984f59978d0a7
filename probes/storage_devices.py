"""Disks."""

from auditor.model import Hides, Measured, Text
from auditor.parsing import in_order
from auditor.probing import Column, HostFacts, probe
from auditor.sections.storage import disks

_COLUMNS = (
    Column("name", str, "Kernel name of the device", hides=Hides.NOTHING),
    Column("size_bytes", int, "Size"),
    Column("is_rotational", bool, "Turns, as the kernel says; wrong for many virtual disks"),
    Column("is_removable", bool, "Can be taken out"),
    Column("model", str, "Model, if the device tells", hides=Hides.TEXT),
    Column(
        "bus", str, "How it is attached: sata, nvme, usb, …; null if unknown", hides=Hides.NOTHING
    ),
)

_NO_BUS = Text(
    vi="Không có lệnh lsblk; đọc từ sysfs nên không biết kiểu kết nối của ổ đĩa.",
    en="There is no lsblk; sysfs was read instead, which does not name the bus.",
)
_VIRTUAL = Text(
    vi="Ổ đĩa ảo: nhân hệ điều hành không biết loại ổ vật lý bên dưới.",
    en="Virtual disks: the kernel does not know what hardware lies beneath.",
)


@probe(*_COLUMNS, platforms=frozenset({"linux", "windows"}))
def storage_devices(host: HostFacts) -> Measured:
    """Disks of a machine with size and kind; no partitions, no memory disks.

    Tested on Linux; Windows is read after documentation, not tested on a real system.
    """
    rows = in_order(disks(host.collection), "name")
    limitations = []
    if host.collection.platform == "linux" and host.collection.section("disks").state != "ok":
        limitations.append(_NO_BUS)
    if any(str(row["name"]).startswith(("vd", "xvd")) for row in rows):
        limitations.append(_VIRTUAL)
    return Measured(rows=rows, limitations=tuple(limitations))
