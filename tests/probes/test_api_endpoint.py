"""Connections to the national platform, on real servers."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_house import TOKEN, House, Watching, house

from auditor.errors import CannotMeasure
from auditor.model import ApiEndpoint, Measured, OnlineServices
from auditor.probing import Probe
from auditor.transports.visiting_described import against, described
from auditor.web.moments import newest
from auditor.web.platforms import DocumentKind

Conforms = Callable[[Probe, Measured], bool]
PLACE = "env:LAB_TOKEN"
SCHEMA = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array"}}}
ODATA = b"""<?xml version="1.0"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="a" xmlns="http://docs.oasis-open.org/odata/ns/edm"><EntityType Name="E"/>
</Schema></edmx:DataServices></edmx:Edmx>"""
OPENAPI_YAML = b"""
openapi: 3.1.0
info: {title: a, version: "1"}
paths:
  /a:
    get: {responses: {200: {description: ok}, default: {description: ''}}}
"""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Start the servers once; beside them lie a schema and a log."""
    with house(tmp_path_factory.mktemp("web")) as made:
        (made.folder / "schema.json").write_text(json.dumps(SCHEMA))
        (made.folder / "sync.log").write_text(
            "2020-01-01T00:00:00Z ok\n2020-02-01 10:00 lỗi kết nối\n2999-01-01 ok\nrác\n"
        )
        yield made


def test_endpoints(
    web: House,
    probes: Mapping[str, Probe],
    conforms: Conforms,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ability and a living connection are told apart; the token is nowhere."""
    monkeypatch.setenv("LAB_TOKEN", TOKEN)

    def endpoint(name: str, path: str, doc: str = "/openapi.json", **fields: str) -> ApiEndpoint:
        doc_url = web.url(path=doc) if doc else ""
        whole = {"token_from": PLACE, "schema_file": "schema.json"} | fields
        return ApiEndpoint(
            name=name, url=web.url(path=path), doc_url=doc_url, ca_file="root.pem", **whole
        )

    online = OnlineServices(
        pause_s=0,
        api_endpoints=(
            endpoint("good", "/api", sync_log="sync.log"),
            endpoint("open", "/open-api", doc="/nowhere"),
            endpoint("bad", "/bad-api", doc="/"),
            endpoint("blocked", "/403", doc=""),
            endpoint("bare", "/api", doc="", token_from="", schema_file=""),
            endpoint("down", "/500"),
        ),
    )
    watching = Watching(web.folder)
    seen = probes["api_endpoint"].measure(watching.network(online=online))
    assert conforms(probes["api_endpoint"], seen)
    rows = {row["name"]: row for row in seen.rows}
    columns = ("endpoint_reachable", "api_doc_present", "auth_required", "is_capable")
    told = {name: tuple(row[c] for c in (*columns, "is_connected")) for name, row in rows.items()}
    assert told == {
        "good": (True, True, True, True, True),
        "open": (True, False, False, False, True),
        "bad": (True, False, True, False, False),
        "blocked": (True, None, None, None, False),
        "bare": (True, None, True, None, None),
        "down": (False, True, None, False, None),
    }
    assert rows["good"]["last_sync_at"] == "2020-01-01T00:00:00Z"
    assert rows["bad"]["answer_problem"] == "$.items: type"
    assert (rows["good"]["tls_version"], rows["good"]["cert_days_left"]) == ("1.3", 90)
    assert rows["good"]["token_status"] == 200
    assert TOKEN not in repr(seen)
    assert not any(TOKEN.encode() in kept for _request, kept in watching.kept)


def test_a_missing_token(
    web: House, probes: Mapping[str, Probe], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is said, and nothing is concluded about use."""
    monkeypatch.delenv("LAB_TOKEN", raising=False)
    one = ApiEndpoint(name="a", url=web.url(path="/api"), ca_file="root.pem", token_from=PLACE)
    online = OnlineServices(pause_s=0, api_endpoints=(one,))
    seen = probes["api_endpoint"].measure(Watching(web.folder).network(online=online))
    row = seen.rows[0]
    assert (row["is_connected"], row["token_trouble"]) == (None, "secret_missing")
    assert row["auth_required"] is True


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (OPENAPI_YAML, DocumentKind.OPENAPI),
        (ODATA, DocumentKind.ODATA),
        (b"", None),
        (b"<html><body>API</body></html>", None),
        (b'{"swagger": "2.0"}', None),
        (b'{"openapi": "3.0.0", "info": {"title": "a", "version": "1"}, "paths": {}}', None),
        (b"[" * 100_000, None),
        (b"{" + b'"a":{' * 100_000, None),
        (b"- " * 100_000, None),
        (b"a: &a [x]\nb: &b {<<: [*a, *a]}\n", None),
        (b"!!python/object/apply:os.system [id]", None),
        (b"<a>" * 100_000, None),
        (ODATA.replace(b"<edmx:Edmx", b"<!DOCTYPE a [<!ENTITY b 'c'>]><edmx:Edmx"), None),
        (ODATA.decode().replace("<edmx:Edmx", "<!DOCTYPE a><edmx:Edmx").encode("utf-16"), None),
        (ODATA.replace(b"EntityType", b"Entity"), None),
    ],
)
def test_descriptions(body: bytes, kind: DocumentKind | None) -> None:
    """Whatever a server calls its documentation."""
    found = described(body)
    assert found.kind is kind
    assert bool(found.problem) is (kind is None)


def test_an_unread_description() -> None:
    """Aliases are lawful in OpenAPI; the tool says that it does not read them."""
    found = described(OPENAPI_YAML + b"x: &a 1\ny: *a\n")
    assert (found.kind, found.is_read) == (None, False)


@settings(max_examples=40)
@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    """No bytes are an accident."""
    assert described(body).kind is None


@pytest.mark.parametrize(
    "schema",
    [b"", b"[]", b'{"type": 5}', b'{"$ref": "http://127.0.0.1:9/x"}', b'{"$ref": "#"}', b"nan"],
)
def test_bad_schemas(schema: bytes) -> None:
    """Are a named failure; nothing is fetched."""
    with pytest.raises(CannotMeasure):
        against(schema, "schema.json", b"{}")


def test_logs() -> None:
    """The newest line that tells of no failure and is not of the future, by the centre's clock."""
    zone, now = ZoneInfo("Asia/Ho_Chi_Minh"), datetime(2026, 11, 29, tzinfo=UTC)
    log = "20/11/2026 07:30 xong\n2026-11-21 ERROR\n2026-11-30 ok\n99/99/2026\n2026-13-40 ok"
    assert newest(log, zone, now) == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    assert newest("chưa có gì", zone, now) is None
