"""The centre's own databases (indicator 2.4) and exports of their data (2.5, 2.6)."""

from enum import StrEnum

from auditor.model.vocabulary import noun


class StorePurpose(StrEnum):
    """Which of the four databases of indicator 2.4 one is."""

    EXPERTS = "experts"
    TECHNOLOGIES = "technologies"
    IP_AND_MODELS = "ip_and_models"
    MATERIALS = "materials"


class StoreEngine(StrEnum):
    """How a database is asked. `file` is an export: CSV, XLSX or JSON."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    SQLSERVER = "sqlserver"
    SQLITE = "sqlite"
    FILE = "file"


@noun
class Store:
    """One database of the centre, or an export of it.

    A server has `host`, `database`, `user` and `password_from` ("env:NAME" or
    "keyring:SERVICE/USER"; never a password); `port` 0 is the engine's own. With `ca_file` nothing
    but TLS with a certificate of that authority is accepted. SQLite and exports have a `file`.
    Either `table` (in `schema`) or `query`, a SELECT, says what the records are. `required` are the
    mandatory fields, `key` the fields that make a record unique, `updated` the time of its last
    change; times without a zone are of `timezone`, or else of the site's.
    """

    name: str
    purpose: StorePurpose
    engine: StoreEngine
    host: str = ""
    port: int = 0
    database: str = ""
    user: str = ""
    password_from: str = ""
    ca_file: str = ""
    file: str = ""
    schema: str = ""
    table: str = ""
    query: str = ""
    required: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    updated: str = ""
    timezone: str = ""


@noun
class DataExport:
    """Data as the centre would hand them over, and their field mapping.

    Either a CSV, XLSX or JSON `file`, or the records of a `database`: the name of one of
    `data.databases` (PostgreSQL, MySQL, MariaDB or SQLite), which is checked where it is.
    """

    name: str
    mapping: str
    file: str = ""
    database: str = ""


@noun
class CentreData:
    """The databases that the centre runs, and exports of their data."""

    databases: tuple[Store, ...] = ()
    exports: tuple[DataExport, ...] = ()
