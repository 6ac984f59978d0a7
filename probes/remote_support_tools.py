"""Remote support programs."""

from auditor.detection import truth
from auditor.model import Hides, Measured, Row, Site
from auditor.model.product_findings import ProductFinding
from auditor.model.products import Role, Topic
from auditor.probing import Column, HostFacts, probe
from auditor.sections.rights import lacking, unseen

_COLUMNS = (
    Column(
        "product",
        str,
        "Id in the product catalogue; null: the rest of the catalogue",
        hides=Hides.WEAKNESS,
    ),
    Column("name", str, "Name of the product", hides=Hides.WEAKNESS),
    Column("version", str, "Version", hides=Hides.WEAKNESS),
    Column("is_present", bool, "It is installed"),
    Column("is_running", bool, "It is running"),
    Column("is_approved", bool, "The site file lists it; null if the site file has no such list"),
    Column(
        "not_seen",
        tuple,
        "Products that the catalogue has no checked signal for",
        hides=Hides.WEAKNESS,
    ),
    Column("reasons", tuple, "Why not known: product: axis: code", hides=Hides.WEAKNESS),
    Column("questions", tuple, "What a person should look at, as codes", hides=Hides.WEAKNESS),
    Column(
        "evidence", tuple, "What each answer rests on: axis: place: excerpt", hides=Hides.WEAKNESS
    ),
)


@probe(*_COLUMNS)
def remote_support_tools(host: HostFacts) -> Measured:
    """Programs by which others see and steer a machine, such as UltraViewer or AnyDesk.

    One row for each product of which anything was seen; one without product where there is none
    or where the account could not see all. Remote desktops (RDP, VNC, xrdp) are not among them.
    Tested on Linux; macOS and Windows are read after documentation, not tested on a real system.
    """
    mine = truth.of_roles(host.findings, Role.REMOTE_SUPPORT)
    hidden = truth.unseen(mine)
    rows = [_row(item, host.site) for item in truth.found(mine)]
    why: Row = {"reasons": truth.why_open(mine), "not_seen": hidden}
    names = [column.name for column in _COLUMNS]
    return Measured(
        rows=truth.with_rest(rows, names, "is_present", whole=truth.any_holds(mine), why=why),
        limitations=(*lacking(host.collection), *unseen(hidden)),
    )


def _row(finding: ProductFinding, site: Site) -> Row:
    approved = site.approved_remote_tools
    return {
        "product": finding.product,
        "name": finding.name,
        "version": finding.version or None,
        "is_present": truth.holds(finding),
        "is_running": truth.holds(finding, Topic.RUNNING),
        "is_approved": None if approved is None else finding.product in approved,
        "not_seen": None,
        "reasons": truth.reasons((finding,), Topic.RUNNING),
        "questions": finding.questions,
        "evidence": tuple(str(fact) for fact in finding.evidence),
    }
