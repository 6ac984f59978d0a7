"""Identity of a machine."""

from auditor.model import Hides, Measured
from auditor.probing import Column, HostFacts, probe
from auditor.sections.machine import identity

_COLUMNS = (
    Column("hostname", str, "Name that the machine gives itself", hides=Hides.HOST),
    Column("os", str, "Operating system", hides=Hides.TEXT),
    Column("os_version", str, "Version of the operating system", hides=Hides.TEXT),
    Column("kernel", str, "Release of the kernel", hides=Hides.TEXT),
    Column("architecture", str, "Machine architecture", hides=Hides.NOTHING),
    Column("cpu_count", int, "Logical processors"),
    Column("memory_bytes", int, "Physical memory"),
    Column("boot_at", str, "When it was started", hides=Hides.TEXT),
    Column("uptime_s", int, "Seconds since then"),
    Column(
        "manufacturer",
        str,
        "Who built the machine or its virtual one, as its firmware says",
        hides=Hides.TEXT,
    ),
    Column("model", str, "Model, as its firmware says", hides=Hides.TEXT),
)


@probe(*_COLUMNS)
def machine_identity(host: HostFacts) -> Measured:
    """Name, system, processors, memory and time of start of a machine.

    Tested on Linux; macOS and Windows are read after documentation, not tested on a real system.
    """
    return Measured(rows=identity(host.collection))
