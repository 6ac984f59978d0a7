"""Artificial intelligence."""

from auditor.errors import CannotMeasure
from auditor.model import AiEndpointKind, Effect, Failure, Hides, Measured, Row, Subject, Text
from auditor.parsing import in_order
from auditor.probing import Column, Web, probe
from auditor.web.ai import Judged, call_of, judged
from auditor.web.declared import said
from auditor.web.visit import Trouble

_HEALTH = Text(
    vi="Loại health: dịch vụ có trả lời, không chứng minh đó là trí tuệ nhân tạo.",
    en="Kind health: a service answered; that it is artificial intelligence is not shown.",
)


@probe(
    Column("purpose", str, "What it is used for, as the centre says", hides=Hides.TEXT),
    Column(
        "process", str, "Work process in which it is used, as the centre says", hides=Hides.TEXT
    ),
    Column("users", int, "People who use it, as the centre says"),
    Column("since", str, "First day of use (ISO 8601), as the centre says", hides=Hides.NOTHING),
    Column(
        "evidence",
        str,
        "Kind of document or file that the centre names as evidence",
        hides=Hides.TEXT,
    ),
    Column("has_endpoint", bool, "A service is named that can be asked"),
    Column(
        "declared_ai_endpoint_reachable",
        bool,
        "It answered as declared, from this machine; false also when another answer came or the"
        " list of models is empty; null: no endpoint, not allowed to ask, or a login was asked for",
    ),
    Column(
        "answered_as",
        str,
        "Declared kind that the answer fits; else html, json or other",
        hides=Hides.NOTHING,
    ),
    Column("models_count", int, "Models in the list: openai_models, ollama"),
    Column(
        "trouble",
        str,
        "Why not: a trouble of a visit, denied, not_as_declared, no_models",
        hides=Hides.NOTHING,
    ),
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    timeout_s=600.0,
    asked_by="ai_uses",
)
def ai_use(web: Web) -> Measured:
    """Artificial intelligence in use, as the centre declares it, and whether its services answer.

    Needs `ai_uses` in the site file. One GET for each endpoint; no model is asked anything.
    """
    rows: list[Row] = []
    refused = ""
    for use in web.site.ai_uses:
        endpoint = use.endpoint
        found = Judged(None)
        if endpoint is not None:
            visit = web.visit(call_of(endpoint))
            found, refused = judged(visit, endpoint.kind), visit.detail
        rows.append(
            {
                "purpose": use.purpose,
                "process": use.process or None,
                "users": use.users,
                "since": use.since.isoformat() if use.since else None,
                "evidence": use.evidence or None,
                "has_endpoint": endpoint is not None,
                "declared_ai_endpoint_reachable": found.is_reachable,
                **{k: v for k, v in found._asdict().items() if k != "is_reachable"},
            }
        )
    if rows and all(row["trouble"] == Trouble.NOT_AUTHORISED for row in rows):
        raise CannotMeasure(Failure.NOT_AUTHORISED, refused)
    is_bare = any(
        use.endpoint and use.endpoint.kind is AiEndpointKind.HEALTH for use in web.site.ai_uses
    )
    remarks = [said(str(row["purpose"]), str(row["trouble"])) for row in rows if row["trouble"]]
    return Measured(
        rows=in_order(rows, "purpose", "process"),
        limitations=(*((_HEALTH,) if is_bare else ()), *remarks),
    )
