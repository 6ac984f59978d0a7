"""High-performance computing."""

from dataclasses import replace

from auditor.errors import CannotMeasure
from auditor.model import ComputingKind, Effect, Failure, Hides, Measured, Row, Subject, Text
from auditor.parsing import in_order
from auditor.probing import Column, Web, probe
from auditor.web.declared import DeclaredTrouble, said
from auditor.web.place import shown
from auditor.web.portals import call_of, judged, with_stranger
from auditor.web.rows import COLUMNS, values
from auditor.web.visit import Trouble

_NOTHING_BEHIND = Text(
    vi="Chỉ đọc một trang, không đăng nhập: không cho biết phía sau điểm truy cập web có nút, GPU "
    "nào, và tài khoản của trung tâm có dùng được hay không.",
    en="One page was read without logging in: it does not tell what nodes or GPUs stand behind a "
    "portal, nor whether the centre's account may use them.",
)
_HEALTH = Text(
    vi="Loại gpu_cloud: chỉ là điểm truy cập khi từ chối người không có mã và trả lời mã truy cập "
    "của trung tâm; câu trả lời không chứng minh có GPU.",
    en="Kind gpu_cloud: an access point only where it turns away who has no token and answers the "
    "centre's; that there are GPUs is not shown.",
)


@probe(
    Column("name", str, "Name that the site file gives the resource", hides=Hides.HOST),
    Column("kind", str, "jupyterhub, open_ondemand or gpu_cloud", hides=Hides.NOTHING),
    Column("url", str, "Address that was visited", hides=Hides.URL),
    Column(
        "is_reachable",
        bool,
        "It answered as declared, from this machine; false also when another answer came; null: "
        "not allowed to ask, or a login was asked for before anything was seen",
    ),
    Column(
        "is_access_point",
        bool,
        "It showed itself to be one: a hub told its version, a portal led to its apps, a cloud "
        "turned a stranger away and answered the centre's token; null: it only responds, or is "
        "not known",
    ),
    Column(
        "answered_as",
        str,
        "Declared kind that the answer fits; else html, json or other",
        hides=Hides.NOTHING,
    ),
    Column("version", str, "Version of JupyterHub, as it says", hides=Hides.TEXT),
    *COLUMNS,
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    timeout_s=600.0,
    asked_by="hpc",
)
def hpc_portals(web: Web) -> Measured:
    """Portals to high-performance computing that the site file names, and whether they answer.

    One GET for each `jupyterhub`, `open_ondemand` and `gpu_cloud` of `hpc`, and the redirects that
    the scope allows; a `gpu_cloud` that answered the token is asked once more without it; nobody
    logs in. JupyterHub has to tell its version at `/hub/api`, Open
    OnDemand to lead from its root to its apps under `/pun/sys/`, a cloud of GPUs to answer 2xx with
    anything but a page: the last shows that an address responds, and `access_not_shown` says that
    anybody may get that answer. `trouble` also says denied or not_as_declared. Tested with
    JupyterHub 6.1; Open OnDemand after its public configuration, not tested on a real system.
    """
    portals = [item for item in web.site.hpc if item.kind.is_portal]
    rows: list[Row] = []
    refused = ""
    for portal in portals:
        call = call_of(portal)
        visit = web.visit(call)
        found, refused = judged(visit, portal.kind), visit.detail
        if portal.token_from and found.trouble == DeclaredTrouble.ACCESS_NOT_SHOWN:
            found = with_stranger(found, web.visit(replace(call, token_from="")))
        row = {"name": portal.name, "kind": portal.kind.value, "url": shown(call.url)}
        rows.append({**row, **values(visit), **found._asdict()})
    if rows and all(row["trouble"] == Trouble.NOT_AUTHORISED for row in rows):
        raise CannotMeasure(Failure.NOT_AUTHORISED, refused)
    rows = list(in_order(rows, "name"))
    kinds = {portal.kind for portal in portals}
    return Measured(
        rows=tuple(rows),
        limitations=(
            *((_NOTHING_BEHIND,) if rows else ()),
            *((_HEALTH,) if ComputingKind.GPU_CLOUD in kinds else ()),
            *(said(str(row["name"]), str(row["trouble"])) for row in rows if row["trouble"]),
        ),
    )
