"""The centre's databases, asked on real servers; records, names and passwords stay there."""

import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import database_servers as servers
import pytest
from stores_opened import Opened

from auditor import guard
from auditor.model import Measured, Row, Store
from auditor.model import StoreEngine as E
from auditor.model import StorePurpose as P
from auditor.pack.stored_stores import StoredStores
from auditor.probing import Probe
from auditor.stores.words import TROUBLES

Ask = Callable[..., Row]
Running = Mapping[E, servers.Server]
FIELDS: dict[str, Any] = {"required": ("name", "phone"), "key": ("id",), "updated": "at"}


@pytest.fixture(scope="module", autouse=True)
def accounts() -> Iterator[None]:
    """Put the passwords where the site file says they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOC", servers.PASSWORD)
        patch.setenv("GHI", servers.WRITER)
        patch.setenv("SAI", "sai-mat-khau-1X")
        yield


@pytest.fixture
def measured(
    probes: Mapping[str, Probe], conforms: Callable[[Probe, Measured], bool], tmp_path: Path
) -> Callable[..., Measured]:
    """Measure databases as a run does, and search everything that came out for what must not."""

    def measure(*stores: Store, seconds: float = 20.0) -> Measured:
        probe, opened = probes["databases"], Opened(tmp_path, seconds, *stores)
        with guard.probing(opened.gate):
            result = probe.measure(opened)
        assert conforms(probe, result)
        assert probe.measure(StoredStores(opened.site, opened.kept)) == result
        said = repr(result) + opened.words
        assert not [secret for secret in servers.SECRETS if secret in said]
        assert "sai-mat-khau" not in said
        return result

    return measure


@pytest.fixture
def ask(measured: Callable[..., Measured], running: Running) -> Ask:
    """Ask one database of a server; what differs from the good one is given."""

    def asked(engine: E, seconds: float = 20.0, **other: Any) -> Row:  # noqa: ANN401 - fields of Store
        account = {"user": "chi_doc", "password_from": "env:DOC", "database": "trung_tam"}
        way = {"host": "127.0.0.1", "port": running[engine].port, "table": "experts"}
        said = {**account, **way, **FIELDS, **other}
        store = Store(name="a", engine=engine, purpose=said.pop("purpose", P.EXPERTS), **said)
        (row,) = measured(store, seconds=seconds).rows
        return row

    return asked


ENGINES = pytest.mark.parametrize("engine", [E.POSTGRESQL, E.MYSQL])


@ENGINES
def test_a_good_database(ask: Ask, engine: E) -> None:
    """Everything is known, nothing is wrong; TLS was really negotiated."""
    row = ask(engine)
    assert row == dict(row) | {
        "reachable": True, "trouble": None, "record_count": 20, "required_field_fill_pct": 100.0,
        "duplicate_pct": 0.0, "newest_update_age_days": 10, "tls_ok": True,
        "tls_version": "TLSv1.3",
        "is_certificate_checked": False, "can_write": False, "access_control_present": None,
    }  # fmt: skip


@ENGINES
def test_a_certificate_is_checked(ask: Ask, engine: E, running: Running, tmp_path: Path) -> None:
    """With an authority only its servers are spoken to."""
    (tmp_path / "ca.pem").write_bytes(running[engine].ca.read_bytes())
    assert ask(engine, ca_file="ca.pem")["is_certificate_checked"] is True
    other = E.MYSQL if engine is E.POSTGRESQL else E.POSTGRESQL
    (tmp_path / "ca.pem").write_bytes(running[other].ca.read_bytes())
    row = ask(engine, ca_file="ca.pem")
    assert (row["reachable"], row["trouble"], row["record_count"]) == (False, "tls_failed", None)


@ENGINES
def test_states_of_data(ask: Ask, engine: E) -> None:
    """Old, repeated, half-empty and impossible records are told from good ones."""
    assert ask(engine, table="stale")["newest_update_age_days"] == 900
    row = ask(engine, table="repeated")
    assert (row["duplicate_pct"], row["required_field_fill_pct"]) == (20.0, 90.0)
    row = ask(engine, table="future")
    assert (row["newest_update_age_days"], row["trouble"]) == (None, "update_in_future")


@ENGINES
def test_an_account_that_may_write_is_told(ask: Ask, engine: E) -> None:
    """Its rights are read; nothing is written to find out."""
    assert ask(engine, user="duoc_ghi", password_from="env:GHI")["can_write"] is True  # noqa: S106 - a place


@ENGINES
@pytest.mark.parametrize(
    ("other", "trouble", "reachable"),
    [
        ({"password_from": "env:SAI"}, "auth_failed", False),
        ({"password_from": "env:KHONG_CO"}, "secret_missing", None),
        ({"database": "khac"}, "database_missing", False),
        ({"table": "khac"}, "table_missing", True),
        ({"key": ("khac",)}, "column_missing", True),
        ({"port": 9}, "refused", False),
        ({"host": "192.0.2.1"}, "not_authorised", None),
    ],
)
def test_what_goes_wrong_has_a_name(
    ask: Ask, engine: E, other: dict[str, Any], trouble: str, *, reachable: bool | None
) -> None:
    """Every cause is one word of the vocabulary, and nothing is known of the rest."""
    if engine is E.MYSQL and "database" in other:
        trouble = "auth_failed"  # MariaDB does not say whether it is there
    row = ask(engine, **other)
    assert (row["trouble"], row["reachable"]) == (trouble, reachable)
    assert (row["record_count"], row["newest_update_age_days"]) == (None, None)


def test_a_closed_table_is_told(ask: Ask) -> None:
    """A right that is missing is not a table that is missing."""
    row = ask(E.POSTGRESQL, table="kin", required=(), key=(), updated="")
    assert (row["trouble"], row["reachable"]) == ("not_permitted", True)


@pytest.mark.parametrize(
    ("engine", "query"),
    [
        (E.POSTGRESQL, "SELECT pg_sleep(60)"),
        (E.MYSQL, "SELECT id FROM experts WHERE SLEEP(60) = 0"),
    ],
)
def test_a_slow_query_is_stopped(ask: Ask, engine: E, query: str) -> None:
    """The server stops it; the deadline would otherwise."""
    row = ask(engine, 2.0, table="", query=query, required=(), key=(), updated="")
    assert row["trouble"] in {"statement_timeout", "timeout"}
    assert (row["reachable"], row["record_count"]) == (True, None)


@ENGINES
def test_a_query_is_a_sub_query(ask: Ask, engine: E) -> None:
    """A SELECT of the site file is counted like a table; colons and per cents in it are text."""
    query = "SELECT id, name, phone, at FROM experts WHERE name LIKE '%1' AND ':a' = ':a'"
    assert ask(engine, table="", query=query)["record_count"] == 2


def test_nothing_can_be_written(ask: Ask, running: Running) -> None:
    """The session is read only: what this account may do elsewhere, a query of ours may not."""
    account = {"user": "duoc_ghi", "password_from": "env:GHI", "table": ""}
    bare = {"required": (), "key": (), "updated": ""}
    moved = {**account, **bare, "query": "SELECT last_value FROM so WHERE is_called"}
    row = ask(E.POSTGRESQL, **account, **bare, query="SELECT nextval('so') AS n")
    assert (row["record_count"], row["trouble"]) == (None, "query_failed")
    assert ask(E.POSTGRESQL, **moved)["record_count"] == 0
    servers.psql(running[E.POSTGRESQL], "trung_tam", "SET ROLE duoc_ghi", "SELECT nextval('so')")
    assert ask(E.POSTGRESQL, **moved)["record_count"] == 1


@ENGINES
def test_open_access_is_tried_once(ask: Ask, engine: E) -> None:
    """For 2.4c alone: refused without a password, or open to everybody."""
    assert ask(engine, purpose=P.IP_AND_MODELS)["access_control_present"] is True
    row = ask(engine, purpose=P.IP_AND_MODELS, database="mo")
    assert (row["access_control_present"], row["record_count"]) == (False, 20)


def test_a_server_without_tls(ask: Ask, running: Running, tmp_path: Path) -> None:
    """Without TLS it is said, never hidden; a clear password is not sent, an authority insists."""
    (tmp_path / "ca.pem").write_bytes(running[E.POSTGRESQL].ca.read_bytes())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with servers.postgresql(folder / "plain", has_tls=False) as plain:
            row = ask(E.POSTGRESQL, port=plain.port)
            assert (row["reachable"], row["tls_ok"], row["record_count"]) == (True, False, 20)
            for other, trouble in (
                ({"user": "ro_chu"}, "clear_password"),
                ({"ca_file": "ca.pem"}, "tls_refused"),
            ):
                row = ask(E.POSTGRESQL, port=plain.port, **other)
                assert (row["reachable"], row["trouble"]) == (False, trouble)
                assert row["tls_ok"] is False


@pytest.mark.parametrize("engine", [E.POSTGRESQL, E.MYSQL, E.SQLSERVER])
@pytest.mark.parametrize("answer", [b"", b"S", b"N", b"\x00" * 64, b"HTTP/1.1 400 no\r\n\r\n"])
def test_a_hostile_server_costs_its_own_row(
    measured: Callable[..., Measured],
    running: Running,
    tmp_path: Path,
    engine: E,
    answer: bytes,
) -> None:
    """Silence and nonsense end with a word; the database beside it is measured."""
    (tmp_path / "ca.pem").write_bytes(running[E.MYSQL].ca.read_bytes())
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    caller, _ = listener.accept()
                except TimeoutError:
                    continue
                held.append(caller)
                caller.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        bad = Store(
            name="xau", purpose=P.EXPERTS, engine=engine, host="127.0.0.1", user="u", table="t",
            port=listener.getsockname()[1], database="d", password_from="env:DOC",  # noqa: S106 - a place
            ca_file="ca.pem" if engine is E.SQLSERVER else "",
        )  # fmt: skip
        good = Store(
            name="tot", purpose=P.MATERIALS, engine=E.POSTGRESQL, host="127.0.0.1", table="experts",
            user="chi_doc", password_from="env:DOC", database="trung_tam",  # noqa: S106 - a place
            port=running[E.POSTGRESQL].port,
        )  # fmt: skip
        result = measured(bad, good, seconds=1.0)
        over.set()
        thread.join(6)
    for caller in held:
        caller.close()
    rows = {row["name"]: row for row in result.rows}
    assert (rows["xau"]["reachable"], rows["xau"]["record_count"]) == (False, None)
    assert rows["xau"]["trouble"] in {word.value for word in TROUBLES}
    assert rows["tot"]["record_count"] == 20
