"""The network against its papers."""

from auditor.lan.topology import limitations, rows
from auditor.model import Effect, Hides, Measured, Subject
from auditor.parsing import in_order
from auditor.probing import Column, SurveyedNetwork, probe


@probe(
    Column(
        "kind",
        str,
        "segment; device: only where list and network differ; link; wifi",
        hides=Hides.NOTHING,
    ),
    Column(
        "name", str, "Name in the plan of addresses, of the device, or the SSID", hides=Hides.HOST
    ),
    Column("network", str, "Network of a segment, address of a device", hides=Hides.ADDRESS),
    Column("interface", str, "This machine's interface, or a switch's port", hides=Hides.TEXT),
    Column("gateways", int, "Gateways of the segment that answered"),
    Column(
        "gateway_addresses",
        tuple,
        "Gateways as configured here and as declared",
        hides=Hides.ADDRESS,
    ),
    Column("name_servers", tuple, "Machines of the segment that answer DNS", hides=Hides.ADDRESS),
    Column(
        "dhcp_servers",
        tuple,
        "Machines of the segment that were heard to answer DHCP",
        hides=Hides.ADDRESS,
    ),
    Column("time_servers", tuple, "Machines of the segment that answer NTP", hides=Hides.ADDRESS),
    Column("dhcp_pool_size", int, "Addresses that DHCP hands out, as declared"),
    Column(
        "hosts",
        int,
        "Live addresses in the segment; null: uncountable; stations behind a port",
    ),
    Column("is_listed", bool, "In the declared plan or device list; null without one"),
    Column("is_seen", bool, "Seen in this measurement; null: cannot be seen from here"),
    Column(
        "peer", str, "What is at the other end of a link, as the device reports", hides=Hides.HOST
    ),
    Column("protection", str, "Protection of a Wi-Fi network; open: none", hides=Hides.TEXT),
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    timeout_s=1200.0,
    asked_by="scope.networks",
)
def lan_topology(network: SurveyedNetwork) -> Measured:
    """Segments, gateways and links as they are, beside the plan that the centre declared.

    Seen but not listed, listed but not seen; links by LLDP and bridge tables where an SNMP account
    is declared.
    """
    survey = network.survey()
    found = in_order(rows(survey, network.site), "kind", "network", "name", "interface")
    return Measured(rows=found, limitations=limitations(survey, network.site))
