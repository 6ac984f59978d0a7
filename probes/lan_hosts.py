"""Machines on the network."""

from auditor.discovery.hosts import limitations, rows
from auditor.errors import CannotMeasure
from auditor.model import Effect, Failure, Hides, Measured, Subject
from auditor.parsing import in_order
from auditor.probing import Column, Neighbourhood, probe


@probe(
    Column(
        "address",
        str,
        "IP address; a network, where the number of machines stays unknown",
        hides=Hides.ADDRESS,
    ),
    Column(
        "mac",
        str,
        "Hardware address, lower case with colons; null behind a router",
        hides=Hides.MAC,
    ),
    Column(
        "other_macs",
        tuple,
        "Further hardware addresses that answered for this IP address",
        hides=Hides.MAC,
    ),
    Column(
        "methods",
        tuple,
        "What made it known: arp, neighbour_discovery, icmp, tcp, …",
        hides=Hides.NOTHING,
    ),
    Column("names", tuple, "Names that the machine itself announced: claims", hides=Hides.HOST),
    Column(
        "announced",
        tuple,
        "What it announced to everybody: mdns:…, ssdp:…, dhcp:…; claims",
        hides=Hides.TEXT,
    ),
    Column(
        "is_alive", bool, "Answered during this measurement; null: only announced or remembered"
    ),
    Column("is_on_link", bool, "On a segment that this machine is plugged into"),
    Column("is_self", bool, "This machine"),
    Column("is_listed", bool, "In the site file's device list; null without a list"),
    Column("listed_as", str, "Its name in that list", hides=Hides.HOST),
    Column("is_in_dossier", bool, "In a level dossier by that list; null without such entries"),
    Column("first_seen_at", str, "First sign of it in this measurement", hides=Hides.NOTHING),
    Column("last_seen_at", str, "Last sign of it", hides=Hides.NOTHING),
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    timeout_s=600.0,
    asked_by="scope.networks",
)
def lan_hosts(network: Neighbourhood, listen_s: float = 8.0) -> Measured:
    """Machines inside the authorised networks, alive or announced.

    Own segments by ARP and neighbour discovery, further ones by ICMP echo and TCP; announcements
    (DHCP, mDNS, SSDP) are heard for `listen_s` seconds and never followed. An address counts as
    alive by its own answer only. A network that was not asked, or where one device on the way
    answers for every address, has one row of its own instead of machines.
    """
    seen = network.discover(listen_s=listen_s)
    found = rows(seen, network.site.devices)
    if not seen.has_raw and all(row["is_self"] or not row["is_alive"] for row in found):
        detail = "no answer by TCP, and no right to send ARP: that proves nothing"
        raise CannotMeasure(Failure.PERMISSION_DENIED, detail)
    return Measured(rows=in_order(found, "address"), limitations=limitations(seen))
