"""Records held to a mapping where they are: databases count what an export's check would find."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import database_servers as servers
import pytest
import yaml

from auditor import guard
from auditor.model import CentreData, DataExport, Measured, Row, Store, StorePurpose
from auditor.model import StoreEngine as E
from auditor.pack.stored_stores import StoredStores
from auditor.probing import Probe
from auditor.stores.mapping import PlatformField, PlatformSchema
from auditor.stores.standard import check, compare
from auditor.stores.table import ExportTable
from auditor.transports.exporting import mapping_of
from auditor.transports.net import GatedNetwork
from auditor.transports.stores import Asking
from auditor.transports.stores_standard import held

Held = Callable[..., Row]
Running = Mapping[E, servers.Server]
RULES: list[dict[str, Any]] = [
    {"field": "ma", "platform_field": "id", "is_identifier": True},
    {"field": "ten", "platform_field": "name", "required": True},
    {"field": "ngay", "kind": "date"},
    {"field": "tinh", "kind": "code", "codes": ["12", "11", "HN"]},
    {"field": "so", "kind": "number"},
    {"field": "dung", "kind": "boolean"},
]
ENGINES = pytest.mark.parametrize("engine", [E.POSTGRESQL, E.MYSQL, E.SQLITE])


@pytest.fixture(autouse=True)
def account() -> Iterator[None]:
    """Put the password where the site file says it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOC", servers.PASSWORD)
        yield


@pytest.fixture
def store_of(running: Running, tmp_path: Path) -> Callable[..., Store]:
    """Describe one database of three engines with the same tables."""

    def described(engine: E, **other: Any) -> Store:  # noqa: ANN401 - fields of Store
        if engine is E.SQLITE:
            with closing(sqlite3.connect(tmp_path / "csdl.sqlite")) as connection:
                if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                    for words in servers.held():
                        connection.execute(words)
                connection.commit()
            way: dict[str, Any] = {"file": "csdl.sqlite"}
        else:
            way = {"host": "127.0.0.1", "port": running[engine].port, "database": "trung_tam"}
            way |= {"user": "chi_doc", "password_from": "env:DOC"}
        said = {"name": "a", "purpose": StorePurpose.EXPERTS, "table": "ho_so", **way, **other}
        return Store(engine=engine, **said)

    return described


@pytest.fixture
def hold(
    probes: Mapping[str, Probe],
    data_network: Callable[..., GatedNetwork],
    conforms: Callable[[Probe, Measured], bool],
    store_of: Callable[..., Store],
    tmp_path: Path,
) -> Held:
    """Hold a database to a mapping as a run does; search what came out for what must not."""

    def measure(engine: E, rules: list[dict[str, Any]] = RULES, **other: Any) -> Row:  # noqa: ANN401 - fields of Store
        (tmp_path / "m.yaml").write_text(yaml.safe_dump({"fields": rules}), "utf-8")
        export = DataExport(name="ho-so", database="a", mapping="m.yaml")
        data = CentreData(databases=(store_of(engine, **other),), exports=(export,))
        kept: list[tuple[str, bytes]] = []
        opened = data_network(tmp_path, kept, data)
        with guard.probing(opened._context.gate):  # noqa: SLF001 - the run has it at hand
            result = probes["data_standard"].measure(opened)
        assert conforms(probes["data_standard"], result)
        assert probes["data_standard"].measure(StoredStores(opened.site, kept)) == result
        said = repr(result) + "".join(content.decode() for _request, content in kept)
        assert not [
            secret for secret in (*servers.SECRETS, "Bí Mật", "Không có mã") if secret in said
        ]
        return result.rows[0]

    return measure


def exported() -> ExportTable:
    """Return the same records as they stand in an export."""
    return ExportTable(servers.HELD, servers.RECORDS, is_utf8=True, keeps_form=True)


@ENGINES
def test_a_database_counts_what_an_export_shows(hold: Held, engine: E, tmp_path: Path) -> None:
    """Each kind of fault, faulty and repeated records: the two ways know nothing of each other."""
    row = hold(engine)
    expected = check(exported(), mapping_of(tmp_path / "m.yaml"))
    assert row["faults"] == tuple(f"{fault.value}: {n}" for fault, n in expected.counts)
    assert (row["checked"], row["faulty"], row["repeated"]) == (
        expected.checked,
        expected.faulty,
        expected.repeated,
    )
    assert (row["checked"], row["file"], row["trouble"]) == (14, "a", None)
    assert row["utf8_nfc_ok"] is False


@ENGINES
def test_examples_are_masked_by_the_database(hold: Held, engine: E) -> None:
    """Ten at most: digits are 9, a run of anything else is x; what has no look is counted."""
    row = hold(engine)
    examples = row["examples"]
    assert isinstance(examples, tuple)
    assert len(examples) == 10
    assert "ngay: not_a_date as '99/99/9999': 1" in examples
    assert "ngay: not_a_date as 'x x x x': 1" in examples
    assert "ten: missing: 1" in examples
    assert "tinh: not_in_code_list as '9999999999': 1" in examples


@ENGINES
def test_real_types_are_what_they_are(hold: Held, engine: E) -> None:
    """Dates, times, numbers and truths of the database's own types have no fault."""
    kinds = {"id": "integer", "ngay": "date", "luc": "date", "so": "number", "dung": "boolean"}
    rules = [{"field": name, "kind": kind} for name, kind in kinds.items()]
    rules[0]["is_identifier"] = True  # type: ignore[assignment]
    row = hold(engine, rules, table="kieu")
    assert (row["checked"], row["faulty"], row["valid_pct"]) == (2, 0, 100.0)
    assert row["utf8_nfc_ok"] is (None if engine is E.MYSQL else True)


@ENGINES
def test_columns_that_are_not_there(hold: Held, engine: E) -> None:
    """A mandatory field without a column is missing everywhere; another one is only told."""
    more = [{"field": "email", "required": True}, {"field": "fax"}]
    row = hold(engine, [{"field": "ma", "is_identifier": True}, *more])
    assert row["absent_fields"] == ("email", "fax")
    assert (row["valid_pct"], row["faulty"]) == (0.0, 14)


@ENGINES
def test_a_query_is_held_as_a_table_is(hold: Held, engine: E) -> None:
    """A SELECT of the site file may rename and choose; no record at all has no rate."""
    query = "SELECT ma AS id, tinh FROM ho_so WHERE ma LIKE 'A%'"
    rules = [{"field": "id", "is_identifier": True}, {"field": "tinh", "codes": ["12", "11", ""]}]
    row = hold(engine, rules, table="", query=query)
    assert (row["checked"], row["absent_fields"]) == (9, ())
    none = hold(engine, rules, table="", query=f"{query} AND 1 = 0")
    assert (none["checked"], none["valid_pct"], none["faulty"]) == (0, None, 0)


@ENGINES
def test_the_faulty_one_of_two_is_the_first(hold: Held, engine: E) -> None:
    """Without an order among records the count is still always the same, and the higher one."""
    query = "SELECT '1' AS ma, '12' AS tinh UNION ALL SELECT '1', 'x' UNION ALL SELECT '1', '12'"
    rules = [{"field": "ma", "is_identifier": True}, {"field": "tinh", "codes": ["12"]}]
    row = hold(engine, rules, table="", query=query)
    assert (row["faulty"], row["repeated"]) == (3, 2)


@ENGINES
@pytest.mark.parametrize(
    ("other", "trouble"),
    [
        ({"table": "khac"}, "table_missing"),
        ({"password_from": "env:KHONG_CO"}, "secret_missing"),
        ({"host": "192.0.2.1"}, "not_authorised"),
    ],
)
def test_what_goes_wrong_has_a_name(
    hold: Held, engine: E, other: dict[str, Any], trouble: str
) -> None:
    """The same words as for counting; then nothing is known."""
    if engine is E.SQLITE and "table" not in other:
        other, trouble = {"file": "khac.sqlite"}, "file_missing"
    row = hold(engine, **other)
    assert (row["trouble"], row["checked"], row["valid_pct"]) == (trouble, None, None)


@ENGINES
def test_the_platforms_schema_is_compared_there(
    store_of: Callable[..., Store], data_network: Callable[..., GatedNetwork], engine: E,
    tmp_path: Path,
) -> None:  # fmt: skip
    """Once there is one: with the same outcome as for an export."""
    (tmp_path / "m.yaml").write_text(yaml.safe_dump({"fields": RULES}), "utf-8")
    mapping = mapping_of(tmp_path / "m.yaml")
    fields = (PlatformField(name="id", required=True), PlatformField(name="name", required=True))
    schema = PlatformSchema(source="x", fields=fields)
    gate = data_network(tmp_path, [], CentreData())._context.gate  # noqa: SLF001 - the run has it
    asking = Asking(gate, tmp_path, "Asia/Ho_Chi_Minh", lambda _request, _content: None)
    seen, said = held(asking, store_of(engine), mapping, schema)
    assert seen.compared == compare(exported(), mapping, schema)
    assert seen.compared is not None
    assert seen.compared.valid < len(servers.RECORDS)
    assert not [words for words in said if "INSERT" in words or "UPDATE" in words]


def test_another_encoding_is_valid_nowhere(hold: Held, running: Running) -> None:
    """PostgreSQL says how a database keeps its texts."""
    server = running[E.POSTGRESQL]
    servers.psql(
        server, "postgres", "CREATE DATABASE cu ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'"
    )
    servers.psql(server, "cu", "CREATE TABLE t (ma TEXT)", "INSERT INTO t VALUES ('a'), ('b')",
                 "GRANT SELECT ON t TO chi_doc")  # fmt: skip
    row = hold(E.POSTGRESQL, [{"field": "ma", "is_identifier": True}], database="cu", table="t")
    assert (row["checked"], row["valid_pct"], row["utf8_nfc_ok"]) == (2, 0.0, False)
    assert row["examples"] == ("not_utf8: 2",)
