"""Separation of zones."""

from auditor.errors import CannotMeasure
from auditor.lan.zones import judged, limitations, rows, standing
from auditor.model import Effect, Failure, Hides, Measured, Subject
from auditor.parsing import in_order
from auditor.probing import Column, SurveyedNetwork, probe


@probe(
    Column("from_zone", str, "Declared zone that this machine stands in", hides=Hides.WEAKNESS),
    Column("to_zone", str, "Declared zone that was asked", hides=Hides.WEAKNESS),
    Column("port", int, "TCP port"),
    Column("is_allowed", bool, "By the declared passages; null: none declared, or the same zone"),
    Column("is_reachable", bool, "Something answered; false: silence only; null: refusals only"),
    Column("asked", int, "Addresses asked at this port"),
    Column("open", int, "How many accepted the connection"),
    Column("refused", int, "How many refused it: the machine or a firewall"),
    Column("silent", int, "How many stayed silent after several attempts"),
    Column("reached", tuple, "Addresses that accepted, at most eight", hides=Hides.WEAKNESS),
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    timeout_s=1200.0,
    asked_by="network.zones",
)
def zone_reachability(network: SurveyedNetwork) -> Measured:
    """Which ports of which declared zone can be opened from the zone that this machine stands in.

    Needs `network.zones` in the site file. Sends what `lan_services` sends, and asks the zones'
    declared witnesses. Rows of runs from other zones (`network.other_runs`) stand beside its own.
    """
    survey, plan = network.survey(), network.site.network
    if standing(survey, plan) is None:
        detail = "this machine has no address in a declared zone"
        raise CannotMeasure(Failure.OUT_OF_SCOPE, detail)
    there = [judged(row, plan) for row in network.seen_elsewhere("zone_reachability")]
    found = in_order([*rows(survey, plan), *there], "from_zone", "to_zone", "port")
    return Measured(rows=found, limitations=limitations(survey, plan))
