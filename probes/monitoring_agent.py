"""Monitoring agents."""

from auditor.detection import truth
from auditor.detection.rows import row as shown
from auditor.model import Hides, Measured
from auditor.model.products import Role, Topic
from auditor.probing import Column, HostFacts, probe
from auditor.sections.rights import lacking

_AGENTS = (Role.MONITORING, Role.SIEM, Role.EDR)
_WORKS = (Topic.RUNNING, Topic.EFFECTIVE, Topic.MANAGED)
_COLUMNS = (
    Column(
        "product",
        str,
        "Id in the product catalogue; null: the rest of the catalogue",
        hides=Hides.NOTHING,
    ),
    Column("name", str, "Name of the product", hides=Hides.NOTHING),
    Column("roles", tuple, "What it is counted as", hides=Hides.NOTHING),
    Column("version", str, "Version", hides=Hides.TEXT),
    Column("is_active", bool, "Installed, running, effective and linked to a server: all proven"),
    Column(
        "grade",
        str,
        "R0 installed, R1 running, R2 server configured, R3 live link seen",
        hides=Hides.NOTHING,
    ),
    Column("server", str, "Servers other than this machine that it reports to", hides=Hides.HOST),
    Column("present", str, "Is it installed: yes, no, unknown", hides=Hides.NOTHING),
    Column(
        "running",
        str,
        "Is its main part alive: yes, no, unknown, not_applicable",
        hides=Hides.NOTHING,
    ),
    Column("effective", str, "Does it do its job", hides=Hides.NOTHING),
    Column("managed", str, "Does it belong to a server and talk to it", hides=Hides.NOTHING),
    Column("fresh", str, "Was its last contact recent", hides=Hides.NOTHING),
    Column(
        "last_success_at",
        str,
        "When its last contact succeeded, as it wrote itself",
        hides=Hides.NOTHING,
    ),
    Column(
        "supplied_by",
        str,
        "Who at the centre named this product, if it is the site's own",
        hides=Hides.PERSON,
    ),
    Column("reasons", tuple, "Why not known: axis: code", hides=Hides.TEXT),
    Column("questions", tuple, "What a person should look at, as codes", hides=Hides.TEXT),
    Column("evidence", tuple, "What each answer rests on: axis: place: excerpt", hides=Hides.TEXT),
)


@probe(*_COLUMNS)
def monitoring_agent(host: HostFacts) -> Measured:
    """Agents of monitoring, SIEM and EDR, and whether they really report to a server.

    One row for each product of which anything was seen; one without product where there is none
    or where the account could not see all. `is_active` is proven or null; R4, the server's own
    word, is never given from the machine.
    Tested on Linux; macOS and Windows are read after documentation, not tested on a real system.
    """
    mine = truth.of_roles(host.findings, *_AGENTS)
    rows = [{**shown(item), "is_active": truth.holds(item, *_WORKS)} for item in truth.found(mine)]
    whole = truth.any_holds(mine, *_WORKS)
    names = [column.name for column in _COLUMNS]
    why = {"reasons": truth.why_open(mine)}
    return Measured(
        rows=truth.with_rest(rows, names, "is_active", whole=whole, why=why),
        limitations=lacking(host.collection),
    )
