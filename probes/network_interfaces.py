"""Network interfaces."""

from auditor.model import Hides, Measured
from auditor.parsing import in_order
from auditor.probing import Column, HostFacts, probe
from auditor.sections.network import interfaces

_COLUMNS = (
    Column("name", str, "Name of the interface", hides=Hides.TEXT),
    Column("is_up", bool, "Switched on and connected"),
    Column("is_loopback", bool, "Reaches this machine only"),
    Column("is_wireless", bool, "Wi-Fi; known on Linux only"),
    Column("mac", str, "Hardware address, lower case with colons", hides=Hides.MAC),
    Column("ipv4", tuple, "IPv4 addresses", hides=Hides.ADDRESS),
    Column("ipv6", tuple, "IPv6 addresses, without zone", hides=Hides.ADDRESS),
    Column("speed_mbps", int, "Speed that the driver reports"),
    Column("duplex", str, "full or half, where the driver reports it", hides=Hides.NOTHING),
    Column("mtu", int, "Largest packet in bytes"),
)


@probe(*_COLUMNS)
def network_interfaces(host: HostFacts) -> Measured:
    """Network interfaces with their addresses and state.

    Tested on Linux; macOS and Windows are read after documentation, not tested on a real system.
    """
    return Measured(rows=in_order(interfaces(host.collection), "name"))
