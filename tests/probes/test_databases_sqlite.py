"""A SQLite database as one of the centre's: a file that is read and never written."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import database_servers as servers
import pytest
from stores_opened import Opened

from auditor import guard
from auditor.canonical import sha256
from auditor.model import Measured, Row, Store, StoreEngine, StorePurpose
from auditor.pack.stored_stores import StoredStores
from auditor.probing import Probe

Ask = Callable[..., Row]


@pytest.fixture
def ask(
    probes: Mapping[str, Probe], conforms: Callable[[Probe, Measured], bool], tmp_path: Path
) -> Ask:
    """Fill a database as the servers are, and ask it as a run does; nothing of a record is told."""
    file = tmp_path / "csdl.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        for words in servers.statements():
            connection.execute(words.replace(" nothing ", ' "nothing" '))  # a keyword here
        connection.execute('CREATE TABLE "Bảng Hoa" (id INT)')
        connection.commit()
    before = sha256(file.read_bytes())

    def asked(seconds: float = 20.0, **other: Any) -> Row:  # noqa: ANN401 - fields of Store
        given: dict[str, Any] = {
            "file": "csdl.sqlite", "table": "experts",
            "required": ("name", "phone"), "key": ("id",), "updated": "at",
        }  # fmt: skip
        said = given | {"purpose": StorePurpose.EXPERTS} | other
        store = Store(name="a", engine=StoreEngine.SQLITE, **said)
        opened = Opened(tmp_path, seconds, store)
        with guard.probing(opened.gate):
            result = probes["databases"].measure(opened)
        assert conforms(probes["databases"], result)
        assert probes["databases"].measure(StoredStores(opened.site, opened.kept)) == result
        told = repr(result) + opened.words
        assert not [secret for secret in servers.SECRETS if secret in told]
        assert sha256(file.read_bytes()) == before
        assert [path.name for path in tmp_path.iterdir() if "csdl" in path.name] == [file.name]
        return result.rows[0]

    return asked


def test_a_good_database(ask: Ask) -> None:
    """The figures are those of the same records on a server; a file has no TLS and no rights."""
    row = ask()
    assert row == dict(row) | {
        "engine": "sqlite", "reachable": True, "trouble": None, "record_count": 20,
        "required_field_fill_pct": 100.0, "duplicate_pct": 0.0, "newest_update_age_days": 10,
        "access_control_present": None, "tls_ok": None, "tls_version": None,
        "is_certificate_checked": None, "can_write": None,
    }  # fmt: skip


def test_states_of_data(ask: Ask) -> None:
    """Old, repeated, half-empty, impossible and no records are told from good ones."""
    assert ask(table="stale")["newest_update_age_days"] == 900
    row = ask(table="repeated")
    assert (row["duplicate_pct"], row["required_field_fill_pct"]) == (20.0, 90.0)
    assert ask(table="future")["trouble"] == "update_in_future"
    row = ask(table="nothing")
    assert (row["record_count"], row["duplicate_pct"], row["newest_update_age_days"]) == (
        *(0, None),
        None,
    )
    bare: dict[str, Any] = {"required": (), "key": (), "updated": ""}
    assert ask(table="Bảng Hoa", **bare)["record_count"] == 0
    assert ask(table="", query="SELECT id FROM experts WHERE id < 4", **bare)["record_count"] == 3


@pytest.mark.parametrize(
    ("other", "trouble", "reachable"),
    [
        ({"file": "khac.sqlite"}, "file_missing", False),
        ({"file": "csdl.sqlite/x"}, "file_missing", False),
        ({"file": "."}, "file_unreadable", False),
        ({"table": "khac"}, "table_missing", True),
        ({"key": ("khac",)}, "column_missing", True),
        ({"purpose": StorePurpose.IP_AND_MODELS, "table": "khac"}, "table_missing", True),
    ],
)
def test_what_goes_wrong_has_a_name(
    ask: Ask, other: dict[str, Any], trouble: str, *, reachable: bool
) -> None:
    """A file that is not there and a table that is not there are two things."""
    row = ask(**other)
    assert (row["trouble"], row["reachable"], row["record_count"]) == (trouble, reachable, None)


@pytest.mark.parametrize(
    "content", [b"", b"not a database" * 99, b"SQLite format 3\x00" + b"x" * 99]
)
def test_a_file_that_is_no_database(ask: Ask, tmp_path: Path, content: bytes) -> None:
    """Nonsense is a broken file, and an empty one has no tables: never a count."""
    (tmp_path / "gia.db").write_bytes(content)
    row = ask(file="gia.db")
    assert row["trouble"] == ("file_broken" if content else "table_missing")
    assert row["record_count"] is None


def test_nothing_is_written(ask: Ask) -> None:
    """Not even by a query that could: the file is opened read only, byte for byte the same."""
    bare: dict[str, Any] = {"table": "", "required": (), "key": (), "updated": ""}
    row = ask(query="SELECT load_extension('x')", **bare)
    assert (row["record_count"], row["trouble"]) == (None, "not_understood")


def test_a_query_without_end_is_stopped(ask: Ask) -> None:
    """The deadline ends it: SQLite looks at the clock as it works."""
    row = ask(
        1.0, table="", required=(), key=(), updated="",
        query="SELECT a.id FROM experts a, experts b, experts c, experts d, experts e, experts f, "
        "experts g, experts h",
    )  # fmt: skip
    assert (row["trouble"], row["record_count"]) == ("statement_timeout", None)
