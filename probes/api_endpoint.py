"""Connection to the national platform."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from auditor.errors import CannotMeasure
from auditor.model import ApiEndpoint, Effect, Failure, Hides, Measured, Row, Subject, Text
from auditor.parsing import in_order
from auditor.probing import Column, probe
from auditor.web.moments import newest
from auditor.web.place import shown
from auditor.web.platforms import Described, Platforms
from auditor.web.rows import COLUMNS, values
from auditor.web.tries import Tries, tried
from auditor.web.visit import Call, Trouble, Visit
from auditor.web.words import said

_UNAUTHORISED, _FORBIDDEN, _GONE = 401, 403, frozenset({404, 410})
_MOST_DOCUMENT = 4 * 1024 * 1024


@probe(
    Column("name", str, "Name in the site file", hides=Hides.NOTHING),
    Column("url", str, "Address that was read", hides=Hides.URL),
    Column("endpoint_reachable", bool, "DNS, TCP, trusted TLS, HTTP below 500; null: not known"),
    Column("attempts", int, "Visits until it answered, at most those of the site file"),
    Column("api_doc_present", bool, "A valid OpenAPI 3 or OData description; null: none named"),
    Column("api_doc_kind", str, "openapi or odata", hides=Hides.NOTHING),
    Column("api_doc_problem", str, "Why what was read is no such description", hides=Hides.TEXT),
    Column("auth_required", bool, "A call without token was refused (401, 403); false: answered"),
    Column("anonymous_status", int, "HTTP status of the call without token"),
    Column("token_status", int, "HTTP status of the call with the token"),
    Column(
        "token_trouble", str, "Why the call with the token went no further", hides=Hides.NOTHING
    ),
    Column("is_answer_valid", bool, "That answer follows the given schema; null: no schema"),
    Column("answer_problem", str, "Place and rule of the schema that it breaks", hides=Hides.TEXT),
    Column("is_capable", bool, "Reachable, documented and asking for authentication: ability"),
    Column("is_connected", bool, "The call with the token was answered as the schema wants: use"),
    Column(
        "last_sync_at",
        str,
        "Newest line without an error in the synchronisation log",
        hides=Hides.NOTHING,
    ),
    Column("last_sync_age_days", float, "Its age when the visit began"),
    *COLUMNS,
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    timeout_s=600.0,
    asked_by="online.api_endpoints",
)
def api_endpoint(web: Platforms) -> Measured:
    """Whether declared connections answer, are documented, ask who calls, and are in use.

    Only reads (GET). Ability (`is_capable`) and a living connection (`is_connected`) are told
    apart; the token, if one is named, goes inside TLS to that server alone and stands nowhere.
    """
    wanted = web.site.online
    calls = [Call(each.url, ca_file=each.ca_file, follow=0) for each in wanted.api_endpoints]
    found = tried(web.visit, calls, rounds=wanted.attempts, pause_s=wanted.pause_s, rest=web.rest)
    rows: list[Row] = []
    limitations: list[Text] = []
    for endpoint, tries in zip(wanted.api_endpoints, found, strict=True):
        seen = _Seen(endpoint, tries)
        limitations += seen.look(web)
        rows.append(seen.row())
    return Measured(rows=in_order(rows, "name"), limitations=tuple(limitations))


@dataclass
class _Seen:
    """One endpoint, as far as it was looked at."""

    endpoint: ApiEndpoint
    tries: Tries
    with_token: Visit | None = None
    doc: Described | None = None
    answer_problem: str | None = None
    is_answer_valid: bool | None = None
    synced: datetime | None = None
    is_document_missing: bool = False

    def look(self, web: Platforms) -> Iterator[Text]:
        """Do what there is to do beyond the first visit; yield what the row cannot tell."""
        name, anonymous = self.endpoint.name, self.tries.last
        if anonymous.trouble:
            yield said(name, anonymous.trouble)
        if self.endpoint.token_from and self.tries.is_reachable:
            self.with_token = web.visit(
                replace(self.tries.call, token_from=self.endpoint.token_from)
            )
            if self.with_token.trouble:
                yield said(name, self.with_token.trouble)
        yield from self._document(web)
        try:
            self._check_answer(web)
            self._check_log(web)
        except CannotMeasure as error:
            yield Text(
                vi=f"{name}: không dùng được tệp đã khai – {error.detail}",
                en=f"{name}: a file named for it cannot be used – {error.detail}",
            )

    def _document(self, web: Platforms) -> Iterator[Text]:
        if not self.endpoint.doc_url:
            return
        call = Call(self.endpoint.doc_url, ca_file=self.endpoint.ca_file, most_bytes=_MOST_DOCUMENT)
        visit = web.visit(call)
        if visit.status in {_UNAUTHORISED, _FORBIDDEN} and self.endpoint.token_from:
            visit = web.visit(replace(call, token_from=self.endpoint.token_from))
        if visit.trouble:
            yield said(f"{self.endpoint.name} (doc_url)", visit.trouble)
        elif _is_good(visit):
            self.doc = web.described(visit.body)
        self.is_document_missing = visit.trouble is None and visit.status in _GONE

    def _check_answer(self, web: Platforms) -> None:
        if self.with_token is None or not self.endpoint.schema_file:
            return
        if _is_good(self.with_token) and self.with_token.trouble is None:
            problem = web.against_schema(self.endpoint.schema_file, self.with_token.body)
            self.answer_problem, self.is_answer_valid = problem or None, not problem

    def _check_log(self, web: Platforms) -> None:
        if not self.endpoint.sync_log:
            return
        text = web.text_of(self.endpoint.sync_log)
        self.synced = newest(text, ZoneInfo(web.site.timezone), self._now)
        if self.synced is None:
            detail = f"{self.endpoint.sync_log}: no moment of a synchronisation"
            raise CannotMeasure(Failure.UNPARSABLE, detail)

    @property
    def _now(self) -> datetime:
        return datetime.fromisoformat(self.tries.last.started_at)

    @property
    def _auth_required(self) -> bool | None:
        """Whether who calls has to say so. A 403 that the token does not change tells nothing."""
        status = self.tries.last.status
        if self.tries.last.trouble not in {None, Trouble.TOO_LARGE}:
            return None
        if status == _UNAUTHORISED:
            return True
        if status == _FORBIDDEN:
            told = self.with_token is not None and _is_good(self.with_token)
            last = self.tries.last.last
            is_for_robots = last is not None and "cf-mitigated" in last.headers
            return True if told or (self.with_token is None and not is_for_robots) else None
        return False if _is_good(self.tries.last) else None

    @property
    def _doc_present(self) -> bool | None:
        if self.doc is not None:
            return self.doc.kind is not None if self.doc.is_read else None
        return False if self.is_document_missing else None

    @property
    def _connected(self) -> bool | None:
        visit = self.with_token
        if visit is None or visit.status is None or visit.trouble:
            return None
        if not _is_good(visit):
            return False
        return self.is_answer_valid if self.endpoint.schema_file else True

    def row(self) -> Row:
        """Return the row."""
        reachable = self.tries.is_reachable
        parts = (reachable, self._doc_present, self._auth_required)
        age = None
        if self.synced is not None:
            age = round((self._now - self.synced).total_seconds() / 86400, 2)
        token = self.with_token
        return {
            "name": self.endpoint.name,
            "url": shown(self.endpoint.url),
            "endpoint_reachable": reachable,
            "attempts": self.tries.attempts,
            "api_doc_present": self._doc_present,
            "api_doc_kind": self.doc.kind.value if self.doc and self.doc.kind else None,
            "api_doc_problem": (self.doc.problem or None) if self.doc else None,
            "auth_required": self._auth_required,
            "anonymous_status": self.tries.last.status,
            "token_status": token.status if token else None,
            "token_trouble": token.trouble.value if token and token.trouble else None,
            "is_answer_valid": self.is_answer_valid,
            "answer_problem": self.answer_problem,
            "is_capable": False if False in parts else (True if all(parts) else None),
            "is_connected": self._connected,
            "last_sync_at": f"{self.synced:%Y-%m-%dT%H:%M:%SZ}" if self.synced else None,
            "last_sync_age_days": age,
            **values(self.tries.last),
        }


def _is_good(visit: Visit) -> bool:
    return visit.status is not None and 200 <= visit.status < 300  # noqa: PLR2004 - RFC 9110, 15.3
