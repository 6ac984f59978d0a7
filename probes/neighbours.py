"""Machines beside this one."""

from auditor.model import Hides, Measured
from auditor.parsing import in_order
from auditor.probing import Column, HostFacts, probe
from auditor.sections.neighbours import neighbours as found


@probe(
    Column(
        "source",
        str,
        "arp, ndp (IPv6) or lease (this machine gives out addresses)",
        hides=Hides.NOTHING,
    ),
    Column("address", str, "IP address, without zone", hides=Hides.ADDRESS),
    Column("mac", str, "Hardware address, lower case with colons", hides=Hides.MAC),
    Column(
        "interface", str, "Interface it was seen on; for `unreadable` the file", hides=Hides.TEXT
    ),
    Column(
        "state",
        str,
        "As the kernel says; for leases active or free; unreadable",
        hides=Hides.NOTHING,
    ),
    Column("confirmed_s", int, "Seconds since it last answered, where the kernel tells"),
    Column(
        "expires_at",
        str,
        "When the lease ends; null if it does not, or for other sources",
        hides=Hides.NOTHING,
    ),
    Column("is_current", bool, "Somebody had this address at that time or in the week before"),
    platforms=frozenset({"linux", "windows"}),
)
def neighbours(host: HostFacts) -> Measured:
    """Addresses that this machine has spoken to, or given out as a DHCP server.

    Read from its tables; nothing is sent. Names that clients gave themselves stay on the machine:
    they may be names of people. Lease files of dnsmasq, ISC dhcpd (IPv4) and Kea are known.
    Windows is read after documentation, not tested on a real system.
    """
    return Measured(rows=in_order(found(host.collection), "source", "address", "interface"))
