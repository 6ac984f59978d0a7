"""Devices on the network."""

from auditor.lan.devices import limitations, rows
from auditor.model import Effect, Hides, Measured, Subject
from auditor.parsing import in_order
from auditor.probing import Column, SurveyedNetwork, probe


@probe(
    Column(
        "device",
        str,
        "A label that lasts: UUID, maker's MAC or host key, else the address",
        hides=Hides.HOST,
    ),
    Column("addresses", tuple, "Its IP addresses", hides=Hides.ADDRESS),
    Column("macs", tuple, "Its hardware addresses", hides=Hides.MAC),
    Column("names", tuple, "What it calls itself: claims", hides=Hides.HOST),
    Column(
        "device_class",
        str,
        "printer, projector, switch, server, …; null: no rule fits",
        hides=Hides.NOTHING,
    ),
    Column(
        "confidence",
        str,
        "high: said so itself; medium: announced it; low: a guess",
        hides=Hides.NOTHING,
    ),
    Column("evidence", tuple, "What each conclusion rests on, the surest first", hides=Hides.TEXT),
    Column(
        "functions",
        tuple,
        "All classes concluded with medium or high confidence",
        hides=Hides.NOTHING,
    ),
    Column(
        "vendor",
        str,
        "Maker of the network card (IEEE list); null: unknown or no own MAC",
        hides=Hides.NOTHING,
    ),
    Column("product", str, "Make and model that it tells: a claim", hides=Hides.TEXT),
    Column("is_mac_local", bool, "Only made-up MACs: randomised for privacy, or a virtual machine"),
    Column("is_self", bool, "This machine"),
    Column("is_listed", bool, "In the site file's device list; null without a list"),
    Column("listed_as", str, "Its name in that list", hides=Hides.HOST),
    Column("is_in_asset_register", bool, "By that list; null where it has no asset numbers"),
    Column("vendor_table", str, "Which list of makers, and its date", hides=Hides.NOTHING),
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    timeout_s=1200.0,
    asked_by="scope.networks",
)
def lan_devices(network: SurveyedNetwork) -> Measured:
    """Devices inside the scope, one row for each thing, with the evidence of its class.

    Sends nothing that `lan_hosts` and `lan_services` do not send.
    """
    survey = network.survey()
    found = in_order(rows(survey, network.site.devices), "device")
    return Measured(rows=found, limitations=limitations(survey))
