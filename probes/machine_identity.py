"""Identity of a machine."""

from auditor.model import Measured
from auditor.parsing import table
from auditor.probing import Column, Host, probe

_COLUMNS = (
    Column("hostname", str, "Name that the machine gives itself"),
    Column("os", str, "Operating system"),
    Column("os_version", str, "Version of the operating system"),
    Column("kernel", str, "Release of the kernel"),
    Column("architecture", str, "Machine architecture"),
    Column("cpu_count", int, "Logical processors"),
    Column("memory_bytes", int, "Physical memory"),
    Column("boot_at", str, "When it was started"),
    Column("uptime_s", int, "Seconds since then"),
)


@probe(*_COLUMNS)
def machine_identity(host: Host) -> Measured:
    """Name, system, processors, memory and time of start of a machine.

    Tested on Linux; on macOS and Windows psutil's documentation is relied on.
    """
    return Measured(rows=table(host.system("identity"), _COLUMNS, "identity"))
