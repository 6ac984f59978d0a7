"""Which zone reaches which, as seen from the zone that this machine stands in.

An open port proves a way. Silence proves none: only where a declared witness or a machine that is
alive was asked does it count, and a refusal may come from a firewall as well as from the machine.
"""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from auditor.lan.errands import Carrier, Outcome, State
from auditor.lan.survey import Survey
from auditor.lan.talk import Peer
from auditor.model import NetworkPlan, Row, Text, Zone
from auditor.parsing import unparsable


def standing(survey: Survey, plan: NetworkPlan) -> Zone | None:
    """Return the declared zone that this machine has an address in; of several the first.

    An address of a link that is down is this machine's, but no place to look from.
    """
    own = [item.address for item in survey.surroundings.segments]
    own += [str(row["address"]) for row in survey.hosts if row["is_self"] and row["mac"]]
    found = [zone for zone in plan.zones if any(_holds(zone, address) for address in own)]
    return min(found, key=lambda zone: zone.name) if found else None


def rows(survey: Survey, plan: NetworkPlan) -> list[Row]:
    """Return one row for each zone and each port that was asked there, of other machines.

    The own zone is there too: from inside, it shows that a witness really answers.
    """
    here = standing(survey, plan)
    if here is None:
        return []
    found = []
    own = {str(row["address"]) for row in survey.hosts if row["is_self"] is True}
    others = [outcome for outcome in survey.outcomes if outcome.errand.address not in own]
    for zone in plan.zones:
        asked = [outcome for outcome in others if _is_there(zone, outcome)]
        for port in sorted({outcome.errand.port for outcome in asked}):
            mine = [outcome for outcome in asked if outcome.errand.port == port]
            found.append(_row(here, zone, port, mine, plan))
    return found


def _row(here: Zone, there: Zone, port: int, asked: list[Outcome], plan: NetworkPlan) -> Row:
    states = [outcome.state for outcome in asked]
    reached = [outcome.errand.address for outcome in asked if outcome.state is State.OPEN]
    return {
        "from_zone": here.name,
        "to_zone": there.name,
        "port": port,
        "is_allowed": _allowed(here.name, there.name, port, plan),
        "is_reachable": _reachable(states),
        "asked": len(states) - states.count(State.NOT_ASKED),
        "open": len(reached),
        "refused": states.count(State.CLOSED),
        "silent": states.count(State.SILENT),
        "reached": tuple(sorted(set(reached))[:8]),
    }


def judged(row: Row, plan: NetworkPlan) -> Row:
    """Hold a row of another run against the plan of this site file. Raises `CannotMeasure`.

    What was seen stays; what is allowed is what the plan says now.
    """
    names = {zone.name for zone in plan.zones}
    here, there, port = row.get("from_zone"), row.get("to_zone"), row.get("port")
    if here not in names or there not in names or not isinstance(port, int):
        unparsable("another run speaks of a zone that is not declared here")
    return {**row, "is_allowed": _allowed(str(here), str(there), port, plan)}


def _allowed(here: str, there: str, port: int, plan: NetworkPlan) -> bool | None:
    """Whether the plan allows it; nothing is said about a zone's own inside."""
    if here == there or not plan.passages:
        return None
    return any(
        (way.from_zone, way.to_zone) == (here, there) and (not way.ports or port in way.ports)
        for way in plan.passages
    )


def _reachable(states: list[State]) -> bool | None:
    if State.OPEN in states:
        return True
    return False if set(states) == {State.SILENT} else None


def _is_there(zone: Zone, outcome: Outcome) -> bool:
    return outcome.errand.carrier is Carrier.TCP and _holds(zone, outcome.errand.address)


def _holds(zone: Zone, address: str) -> bool:
    bare = ip_address(address.partition("%")[0])
    return any(bare in ip_network(network) for network in zone.networks)


def limitations(survey: Survey, plan: NetworkPlan) -> tuple[Text, ...]:
    """Say what these rows cannot tell."""
    return tuple(_limits(survey, plan))


def _limits(survey: Survey, plan: NetworkPlan) -> Iterator[Text]:
    here = standing(survey, plan)
    name = here.name if here else ""
    yield Text(
        vi=f"Chỉ đo từ vùng {name}; muốn kết luận về phân vùng phải đo thêm từ vùng khác.",
        en=f"Measured from zone {name} only; a conclusion needs a measurement from another zone.",
    )
    left = {
        f"{Peer(o.errand.address, o.errand.port).place}:{o.errand.port}"
        for o in survey.outcomes
        if o.state is State.NOT_ASKED
    }
    unasked = [text for zone in plan.zones for text in zone.witnesses if text in left]
    if unasked:
        named = ", ".join(unasked)
        yield Text(
            vi=f"Điểm kiểm chứng không được hỏi (ngoài phạm vi hoặc hết thời gian): {named}",
            en=f"Witnesses that were not asked (outside the scope, or no time left): {named}",
        )
    without = [zone.name for zone in plan.zones if not zone.witnesses and zone != here]
    if without:
        named = ", ".join(without)
        yield Text(
            vi=f"Không có điểm kiểm chứng (witnesses) trong vùng: {named}; im lặng ở đó chỉ nói về"
            " những máy đã trả lời ở cổng khác.",
            en=f"No witnesses in: {named}; silence there speaks only of machines that answered on"
            " another port.",
        )
