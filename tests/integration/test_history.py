"""The store: a chain of runs in SQLite and in PostgreSQL, found whole or broken."""

from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import database_servers as servers
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select

from auditor import runfolder
from auditor.store import keeping, migrating, opening, packs, reading, tables
from auditor.store.chain import Break
from auditor.store.packs import Pack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from auditor.model import AuditRecord
    from tests.integration.conftest import Program

FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)
NOW = datetime(2026, 11, 29, tzinfo=UTC)
RUNS = 4


@pytest.fixture(scope="module")
def record(small_run: Path) -> AuditRecord:
    """Return the record of a run."""
    return runfolder.load(small_run).record


def moved(record: AuditRecord, number: int) -> AuditRecord:
    """Return the run as if it were the n-th."""
    at = FIRST + timedelta(days=number)
    return replace(record, run_id=f"run-{number}", started_at=at, finished_at=at)


def keep(engine: Engine, record: AuditRecord, folder: Path, number: int) -> reading.Link:
    """Keep the n-th run."""
    return keeping.keep_run(engine, moved(record, number), folder, NOW)


def alter(store: str, *statements: str) -> None:
    """Do to a SQLite store what its file lets anybody do."""
    with closing(sqlite3.connect(store.removeprefix("sqlite:///"))) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.fixture
def store(tmp_path: Path, record: AuditRecord, small_run: Path) -> str:
    """Return a store with a few runs."""
    url = f"sqlite:///{tmp_path}/store.sqlite"
    with opening.opened(url) as engine:
        for number in range(1, RUNS + 1):
            assert keep(engine, record, small_run, number).position == number
    return url


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[servers.Server, str]]:
    """Run Debian's PostgreSQL on loopback, with an empty database for the store."""
    if lacking := servers.missing():
        pytest.skip(f"needs the Debian packages {lacking}")
    with servers.postgresql(tmp_path_factory.mktemp("store") / "pg") as server:
        yield server, servers.store(server)


def test_a_run_is_kept_and_listed(audit: Program, small: Path) -> None:
    """`audit run` keeps each run; `--no-store` does not; list, trend and chain agree."""
    assert audit("history").out.startswith("Chưa có")
    for _number in range(2):
        done = audit("run", "--profile", small, "--lang", "en", AUDIT_NO_STORE="")
        assert "head of the chain: " in done.err
    assert audit("run", "--profile", small, "--no-store", "--out", "unkept").code == 0
    listed = audit("history", "--format", "json").json
    assert [run["position"] for run in listed] == [1, 2]
    assert [run["counts"] for run in listed] == [{"met": 1}] * 2
    assert audit("history", "--verify").code == 0
    noted = audit("history", "--verify", "--head", listed[0]["digest"])
    assert listed[1]["digest"] in noted.out
    points = audit("trend", "1", "--format", "json").json
    assert [(point["run"], point["check"], point["number"]) for point in points] == [
        (1, None, None),
        (2, None, None),
        (1, "machine", 1.0),
        (2, "machine", 1.0),
    ]
    whole, _again, written, _last = audit("trend", "1", "--format", "csv").out.splitlines()[1:]
    assert whole.endswith(f",,,met,,,{listed[0]['centre']},")
    assert written.endswith(f",machine,,met,1.0,,{listed[0]['centre']},")
    name, told, check, bars, *_rest = audit("trend", "1").out.splitlines()
    assert (name, check, bars.strip()) == ("1", "machine", "▅▅")
    assert told.endswith(": Đạt ×2")
    assert audit("trend", "9").code == 3


def test_a_run_is_taken_in_later_and_once(audit: Program, small_run: Path) -> None:
    """`--add` takes a finished run in, twice the same is once, and a damaged one is refused."""
    for _again in range(2):
        assert audit("history", "--add", small_run, "--format", "json").json[0]["position"] == 1
    assert len(audit("history", "--format", "json").json) == 1
    damaged = shutil.copytree(small_run, audit.folder / "damaged")
    for capture in (damaged / "evidence").iterdir():
        capture.write_bytes(b"altered")
    done = audit("history", "--add", damaged)
    assert done.code == 2
    assert "damaged" in done.err


BREAKS = {
    Break.MISSING: ("DELETE FROM {} WHERE position = 2", 2),
    Break.CHANGED: ("UPDATE run SET centre = 'Other' WHERE position = 3", 3),
    Break.NOT_LINKED: ("UPDATE run SET previous = digest WHERE position = 4", 4),
    Break.FINDINGS_CHANGED: ("UPDATE finding SET verdict = 'not_met' WHERE position = 1", 1),
    Break.PURGE_UNLOGGED: ("UPDATE run SET purged_at = '2026-01-01' WHERE position = 2", 2),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_every_change_of_the_chain_is_found(kind: Break, store: str, audit: Program) -> None:
    """What was removed, changed or moved is named with its position; exit 12."""
    statement, position = BREAKS[kind]
    names = ("finding", "answer", "run") if "{}" in statement else ("",)
    alter(store, *(statement.format(name) for name in names))
    done = audit("history", "--store", store, "--verify", "--format", "json")
    assert done.code == 12
    assert {"kind": kind.value, "run": position} in done.json["faults"]
    told = audit("history", "--store", store, "--verify", "--lang", "en")
    assert f"run {position}" in told.out


def test_two_runs_that_changed_places_are_found(store: str) -> None:
    """The order is part of what is linked."""
    move = "UPDATE run SET position = {} WHERE position = {}"
    alter(store, move.format(9, 2), move.format(2, 3), move.format(3, 9))
    with opening.opened(store) as engine:
        assert {fault.kind for fault in reading.verify(engine)} >= {Break.CHANGED, Break.NOT_LINKED}


def test_the_newest_runs_cannot_be_removed_from_who_noted_the_head(store: str) -> None:
    """A shortened chain is whole in itself, but lacks the digest that the last run printed."""
    with opening.opened(store) as engine:
        head = reading.links(engine)[-1].digest
        with engine.begin() as connection:
            for table in (tables.finding, tables.answer, tables.run):
                connection.execute(table.delete().where(table.c.position == RUNS))
        assert reading.verify(engine) == []
        assert [fault.kind for fault in reading.verify(engine, head)] == [Break.HEAD_UNKNOWN]


def test_a_record_that_was_changed_in_its_folder_is_found(
    audit: Program, small_run: Path, tmp_path: Path
) -> None:
    """The file must be the one that was kept; a folder that is gone is no fault."""
    copy = shutil.copytree(small_run, tmp_path / "copy")
    audit("history", "--add", copy)
    record = copy / runfolder.RECORD
    record.write_bytes(record.read_bytes() + b"\n")
    assert audit("history", "--verify").code == 12
    shutil.rmtree(copy)
    assert audit("history", "--verify").code == 0


def test_purging_keeps_the_chain_and_is_logged(store: str, audit: Program) -> None:
    """Verdicts from before a day go, their links stay, and the log says how many."""
    day = (FIRST + timedelta(days=3)).date().isoformat()
    done = audit("history", "--store", store, "--purge-before", day, "--lang", "en")
    assert "runs with their verdicts: 2;" in done.err
    with opening.opened(store) as engine:
        assert reading.verify(engine) == []
        assert {point.position for point in reading.trend(engine, "1")} == {3, 4}
        with engine.begin() as connection:
            logged = connection.execute(select(tables.purge.c.runs)).scalars().all()
    assert logged == [2]
    assert "purged" in audit("history", "--store", store, "--lang", "en").out


def test_many_writers_make_one_chain(tmp_path: Path, record: AuditRecord, small_run: Path) -> None:
    """Eight at once on one SQLite file: every run has its place, and the chain holds."""
    url = f"sqlite:///{tmp_path}/many.sqlite"

    def one(number: int) -> int:
        with opening.opened(url) as engine:
            return keep(engine, record, small_run, number).position

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(one, range(16))) == list(range(1, 17))
    with opening.opened(url) as engine:
        assert reading.verify(engine) == []


def test_postgresql_gives_the_same_history(
    postgresql: tuple[servers.Server, str],
    record: AuditRecord,
    small_run: Path,
    store: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Links, verdicts, trend and chain are equal to SQLite's, with writers at once too."""
    _server, url = postgresql
    monkeypatch.setenv(opening.PASSWORD_VARIABLE, servers.PASSWORD)
    with opening.opened(url) as there, opening.opened(store) as here:
        for number in range(1, RUNS + 1):
            keep(there, record, small_run, number)
        assert reading.links(there) == reading.links(here)
        assert reading.trend(there, "1") == reading.trend(here, "1")
        positions = list(range(1, RUNS + 1))
        assert reading.verdicts(there, positions) == reading.verdicts(here, positions)
        pack = Pack("0" * 64, "run-1", "full", f"sha256:{'0' * 64}", "/a.auditpack", "2026")
        for engine in (there, here):
            packs.keep_pack(engine, pack)
        assert packs.packs_of(there, ["run-1"]) == packs.packs_of(here, ["run-1"])
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: keep(there, record, small_run, number), range(50, 58)))
        assert reading.verify(there) == []
        assert len(reading.links(there)) == RUNS + 8


def test_a_store_that_does_not_answer_costs_no_run(audit: Program, small: Path) -> None:
    """The verdict stands, the message says what to do, and no password is shown."""
    url = "postgresql://kho:bi-mat-9Z@127.0.0.1:1/kho"
    done = audit("run", "--profile", small, "--store", url, "--lang", "en", "--out", "run",
                 AUDIT_NO_STORE="")  # fmt: skip
    assert done.code == 0
    assert "Not kept in the history" in done.err
    assert "the next command that reaches the store takes it in" in done.err
    assert "bi-mat-9Z" not in done.err
    (note,) = (audit.folder / ".local/share/centre-audit/waiting").iterdir()
    assert "bi-mat-9Z" not in note.read_text("ascii")
    refused = audit("history", "--store", "mysql://a:bi-mat-9Z@b/c")
    assert refused.code == 2
    assert "bi-mat-9Z" not in refused.err


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_migrations_go_up_and_down_with_data(
    where: str, record: AuditRecord, small_run: Path, request: pytest.FixtureRequest
) -> None:
    """Up, filled, down with its runs, up again, down to nothing and up: no table is forgotten."""
    url = f"sqlite:///{request.getfixturevalue('tmp_path')}/migrated.sqlite"
    if where == "postgresql":
        url = request.getfixturevalue("postgresql")[1]
        environment: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
        environment.setenv(opening.PASSWORD_VARIABLE, servers.PASSWORD)
    with opening.opened(url) as engine:
        keep(engine, record, small_run, 99)
        kept = reading.links(engine)
        held = reading.verdicts(engine, [link.position for link in kept])
        for target in ("-1", "-3", "head"):  # the runs came with the first of five
            migrating.upgrade(engine, target)
            assert reading.links(engine) == kept
            assert reading.verdicts(engine, [link.position for link in kept]) == held
        assert reading.verify(engine) == []
        migrating.upgrade(engine, "base")
        assert set(inspect(engine).get_table_names()) == {"alembic_version"}
        migrating.upgrade(engine)
        assert set(inspect(engine).get_table_names()) == {
            "alembic_version",
            *tables.metadata.tables,
        }
        assert keep(engine, record, small_run, 1).position == 1


def test_the_migrations_lead_to_the_tables_of_the_code(store: str) -> None:
    """Alembic finds no difference between what the migrations make and what is declared."""
    with opening.opened(store) as engine, engine.begin() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, tables.metadata) == []
        scripts = ScriptDirectory.from_config(migrating.configuration(connection))
        assert scripts.get_current_head() == context.get_current_revision() == tables.REVISION


def test_a_store_of_a_newer_version_is_told(store: str, audit: Program) -> None:
    """It is left as it is, in one line and no traceback."""
    alter(store, "UPDATE alembic_version SET version_num = '9999'")
    done = audit("history", "--store", store, "--lang", "en")
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert "9999" in done.err
