"""What a site file says wrongly about databases: told with file, line, field and remedy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor import DEFAULT_PROFILE, language, profile, site, yamlfile
from auditor.errors import BadInput
from auditor.model import Profile

HEAD = "schema: urn:audit:site:v1\ncentre: {id: t, name: Trung tâm}\ndata:\n  databases:\n"
SERVER = "engine: postgresql, host: 10.0.0.5, database: d, user: u, password_from: env:P, table: t"
SQLITE = "engine: sqlite, file: a.db, table: t"
EXPORT = "engine: file, file: a.csv"


@pytest.fixture(scope="module")
def criteria() -> Iterator[Profile]:
    """Read the default profile, and speak English meanwhile."""
    before = language.current().code
    language.activate("en")
    yield profile.load(DEFAULT_PROFILE).profile
    language.activate(before)


def entry(fields: str, name: str = "a") -> str:
    """Write one database on a line of its own."""
    return f"    - {{name: {name}, purpose: experts, {fields}}}\n"


@pytest.mark.parametrize(
    "fields",
    [
        SERVER,
        f"{SERVER}, schema: công khai, required: [họ tên, linh_vuc], key: [mã], updated: cap_nhat",
        SERVER.replace("table: t", "query: SELECT id FROM t WHERE x = 'a:b'"),
        SERVER.replace("postgresql", "mysql") + ", port: 13306, timezone: Asia/Bangkok",
        SERVER.replace("postgresql", "sqlserver") + ", ca_file: ca.pem",
        SQLITE,
        f"{EXPORT}, required: ['bất kỳ; tên']",
    ],
)
def test_good_databases(fields: str, criteria: Profile, tmp_path: Path) -> None:
    """Each engine can be named; the columns of an export may be called anything."""
    (tmp_path / "ca.pem").write_text("x")
    document = yamlfile.parse((HEAD + entry(fields)).encode(), "s.yaml")
    assert len(site.from_document(document, tmp_path, criteria).site.data.databases) == 1


@pytest.mark.parametrize(
    ("fields", "field", "remedy"),
    [
        (SERVER.replace("10.0.0.5", '""'), "host", "Write host, database, user and password_from."),
        (f"{SERVER}, file: a.db", "host", "Write host, database, user and password_from."),
        (f"{SERVER}, port: 70000", "port", "Leave it out for the engine's own."),
        (f"{SERVER}, port: -1", "port", "Leave it out for the engine's own."),
        (f"{SERVER}, ca_file: no.pem", "ca_file", "Name the certificate (PEM)"),
        (SERVER.replace("env:P", "canary"), "password_from", "never the password itself"),
        (SERVER.replace("user: u", 'user: ""'), "user", "Name the read-only account"),
        (SERVER.replace("postgresql", "sqlserver"), "ca_file", "Name the certificate (PEM)"),
        (f"{SERVER}, timezone: Hà Nội", "timezone", "Use a name such as Asia/Ho_Chi_Minh."),
        (f"{SERVER}, timezone: ../../etc/passwd", "timezone", "Use a name such as"),
        (f"{SERVER}, query: SELECT 1", "table", "Write table: the table's name; or query:"),
        (SERVER.replace(", table: t", ""), "table", "Write table: the table's name; or query:"),
        (SERVER.replace("table: t", "table: 't; drop'"), "table", "Copy it from the database."),
        (f"{SERVER}, schema: 'a.b'", "schema", "Copy it from the database."),
        (f"{SERVER}, required: [a, '1b']", "required", "Copy it from the database."),
        (f"{SERVER}, key: ['a\"b']", "key", "Copy it from the database."),
        (f"{SERVER}, updated: 'max(x)'", "updated", "Copy it from the database."),
        *(
            (SERVER.replace("table: t", f"query: '{query}'"), "query", "Write one SELECT without")
            for query in (
                *("DELETE FROM t", "SELECT 1; DELETE FROM t", "SELECT 1 -- x", "SELECT /* x */ 1"),
                *("WITH x AS (DELETE FROM t) SELECT 1", "SELECT 1 # x", "selection", "EXPLAIN t"),
            )
        ),
        (f"{EXPORT}, query: SELECT 1", "query", "Write one SELECT without"),
        ("engine: sqlite, table: t", "file", "Write file: the path of the SQLite database"),
        (f"{SQLITE}, host: 10.0.0.5", "file", "Write file: the path of the SQLite database"),
    ],
)
def test_a_bad_database(
    fields: str, field: str, remedy: str, criteria: Profile, tmp_path: Path
) -> None:
    """One line says where it stands and what to do, and repeats no secret."""
    written = HEAD + entry(SQLITE, "tot") + entry(fields)
    with pytest.raises(BadInput) as refused:
        site.from_document(yamlfile.parse(written.encode(), "s.yaml"), tmp_path, criteria)
    (problem,) = refused.value.problems
    assert (problem.file, problem.line) == ("s.yaml", written.count("\n"))
    assert problem.field == f"data.databases.a.{field}"
    assert remedy in problem.remedy
    assert "canary" not in str(refused.value)


def test_lists(criteria: Profile, tmp_path: Path) -> None:
    """Names are given once, and a list has an end."""
    twice = HEAD + entry(SQLITE) + entry(SQLITE)
    many = HEAD + "".join(entry(SQLITE, f"n{number}") for number in range(33))
    exports = HEAD + entry(SQLITE) + "  exports:\n" + "    - {name: x, file: a, mapping: m}\n" * 2
    for written, field, line in (
        (twice, "data.databases.a.name", 6),
        (many, "data.databases", 4),
        (exports, "data.exports.x.name", 8),
    ):
        with pytest.raises(BadInput) as refused:
            site.from_document(yamlfile.parse(written.encode(), "s.yaml"), tmp_path, criteria)
        (problem,) = refused.value.problems
        assert (problem.field, problem.line, bool(problem.remedy)) == (field, line, True)


@pytest.mark.parametrize(
    ("export", "field", "remedy"),
    [
        ("mapping: m", "file", "Write file: the export's path; or database:"),
        ("mapping: m, file: a.csv, database: tot", "file", "Write file: the export's path;"),
        ("mapping: m, database: khac", "database", "Use one of: tot, tep, ms."),
        ("mapping: m, database: tep", "database", "Export them, and name the file."),
        ("mapping: m, database: ms", "database", "Export them, and name the file."),
    ],
)
def test_a_bad_export(
    export: str, field: str, remedy: str, criteria: Profile, tmp_path: Path
) -> None:
    """It is a file, or a database that can judge its records; never both, never neither."""
    (tmp_path / "ca.pem").write_text("x")
    sqlserver = SERVER.replace("postgresql", "sqlserver") + ", ca_file: ca.pem"
    stores = entry(SQLITE, "tot") + entry(EXPORT, "tep") + entry(sqlserver, "ms")
    good = "    - {name: y, mapping: m, database: tot}\n"
    written = f"{HEAD}{stores}  exports:\n{good}    - {{name: x, {export}}}\n"
    with pytest.raises(BadInput) as refused:
        site.from_document(yamlfile.parse(written.encode(), "s.yaml"), tmp_path, criteria)
    (problem,) = refused.value.problems
    assert (problem.field, problem.line) == (f"data.exports.x.{field}", written.count("\n"))
    assert remedy in problem.remedy
