"""From what came of each port to the rows of `lan_services`."""

from auditor.lan.errands import Carrier, Errand, Outcome, State
from auditor.lan.survey import Agent, Survey
from auditor.model import Row, Text

_ERRAND = Errand("", 0)


def rows(survey: Survey) -> list[Row]:
    """Return one row for each open port, and one for each agent that answered by SNMP."""
    return [
        *(_row(outcome) for outcome in survey.outcomes if outcome.state is State.OPEN),
        *(_agent_row(agent) for agent in survey.agents if not agent.failure),
    ]


def _row(outcome: Outcome) -> Row:
    said, tls = outcome.said, outcome.tls
    return {
        "address": outcome.errand.address,
        "port": outcome.errand.port,
        "transport": outcome.errand.carrier.value,
        "protocol": said.protocol or None,
        "product": said.product or None,
        "version": said.version or None,
        "title": said.title or None,
        "names": said.names,
        "identities": said.identities,
        "remarks": tuple(str(word) for word in said.remarks),
        "is_insecure_admin": said.is_plain_admin,
        "tls_version": tls.version if tls else None,
        "tls_subject": tls.subject if tls else None,
        "tls_ends_at": tls.ends_at if tls else None,
        "tls_days_left": tls.days_left if tls else None,
        "is_self_issued": tls.is_self_issued if tls else None,
    }


def _agent_row(agent: Agent) -> Row:
    empty = _row(Outcome(errand=_ERRAND, state=State.OPEN))
    return {
        **empty,
        "address": agent.address,
        "port": 161,
        "transport": Carrier.UDP.value,
        "protocol": "snmp",
        "product": agent.description or None,
        "names": (agent.name,) if agent.name else (),
    }


def limitations(survey: Survey) -> tuple[Text, ...]:
    """Say what these rows cannot tell."""
    left = [o for o in survey.outcomes if o.state is State.NOT_ASKED]
    silent = sum(o.state is State.SILENT for o in survey.outcomes if _is_tcp(o))
    failed = [agent for agent in survey.agents if agent.failure]
    said = [
        Text(
            vi="Chỉ thấy dịch vụ mà máy đo kết nối được từ vị trí này, ở các cổng đã chọn; tường"
            " lửa có thể che dịch vụ khác.",
            en="Only services that this machine reaches from here, on the chosen ports, are seen; a"
            " firewall may hide others.",
        )
    ]
    if silent:
        said.append(
            Text(
                vi=f"{silent} cổng TCP không trả lời sau nhiều lần thử: bị chặn hoặc bỏ gói, không"
                " phải bằng chứng là đóng.",
                en=f"{silent} TCP ports stayed silent after several attempts: filtered, which does"
                " not prove them closed.",
            )
        )
    if left:
        machines = len({o.errand.address for o in left})
        said.append(
            Text(
                vi=f"Hết thời gian: {len(left)} cổng của {machines} máy chưa được hỏi.",
                en=f"Out of time: {len(left)} ports of {machines} machines were not asked.",
            )
        )
    if failed:
        named = ", ".join(f"{agent.address} ({agent.failure})"[:120] for agent in failed[:10])
        said.append(
            Text(
                vi=f"SNMP không đọc được ở {len(failed)} địa chỉ: {named}",
                en=f"SNMP could not be read at {len(failed)} addresses: {named}",
            )
        )
    return tuple(said)


def _is_tcp(outcome: Outcome) -> bool:
    return outcome.errand.carrier is Carrier.TCP
