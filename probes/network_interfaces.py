"""Network interfaces."""

from auditor.model import Measured
from auditor.parsing import in_order, table
from auditor.probing import Column, Host, probe

_COLUMNS = (
    Column("name", str, "Name of the interface"),
    Column("is_up", bool, "Switched on"),
    Column("is_loopback", bool, "Reaches this machine only"),
    Column("is_wireless", bool, "Wi-Fi; known on Linux only"),
    Column("mac", str, "Hardware address, lower case with colons"),
    Column("ipv4", tuple, "IPv4 addresses"),
    Column("ipv6", tuple, "IPv6 addresses, without zone"),
    Column("speed_mbps", int, "Speed that the driver reports"),
    Column("duplex", str, "full or half, where the driver reports it"),
    Column("mtu", int, "Largest packet in bytes"),
)


@probe(*_COLUMNS)
def network_interfaces(host: Host) -> Measured:
    """Network interfaces with their addresses and state.

    Tested on Linux; on macOS and Windows psutil's documentation is relied on.
    """
    rows = table(host.system("interfaces"), _COLUMNS, "interfaces")
    return Measured(rows=in_order(rows, "name"))
