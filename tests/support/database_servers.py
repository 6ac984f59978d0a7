"""Real database servers, as unprivileged users, with records that must never leave.

They listen on loopback and let this machine in, unless another `at` and `caller` are given.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from auditor.model import VIETNAM

CANARY_NAME = "Nguyễn Thị Bí Mật"
CANARY_PHONE = "0987000111"
PASSWORD = "mat-khau-chi-doc-7Q"  # noqa: S105 - of a server that lives for a test
WRITER = "mat-khau-duoc-ghi-8W"
SECRETS = (CANARY_NAME, CANARY_PHONE, PASSWORD, WRITER)
PG = Path("/usr/lib/postgresql/15/bin")
SQL = Path("/usr/share/mysql")
NEEDED = (
    (PG / "postgres", "postgresql-15"),
    (Path("/usr/sbin/mariadbd"), "mariadb-server-core"),
    (Path("/usr/bin/openssl"), "openssl"),
)


def missing() -> str:
    """Name the Debian packages that are not installed."""
    return ", ".join(package for program, package in NEEDED if not program.exists())


@dataclass(frozen=True)
class Server:
    """A running server. `ca` is the certificate that its own is checked against."""

    port: int
    ca: Path
    folder: Path
    command: tuple[str, ...] = ()


def records(days_old: int, *, repeated: int = 0, empty: int = 0) -> list[tuple[int, str, str, str]]:
    """Return twenty experts: identifier, name, phone, time of the last change."""
    changed = (datetime.now(VIETNAM) - timedelta(days=days_old)).strftime("%Y-%m-%d %H:%M:%S")
    return [
        (
            number if number > repeated else 1,
            f"{CANARY_NAME} {number}",
            CANARY_PHONE if number > empty else "",
            changed,
        )
        for number in range(1, 21)
    ]


HELD = ("ma", "ten", "ngay", "tinh", "so", "dung")
"""Fields of the table `ho_so`, all of them texts."""

RECORDS = (
    ("A1", CANARY_NAME, "2026-01-31", "12", "1", "true"),
    ("A2", CANARY_NAME, "2024-02-29T23:59:59+07:00", "11", "-2.5e3", "0"),
    ("A3", CANARY_NAME, "31/01/2026", "12", "1", "TRUE"),
    ("A4", CANARY_NAME, "2025-02-29", "12", "một", "có"),
    ("A5", CANARY_NAME, CANARY_NAME, CANARY_PHONE, "1.000,5", "0"),
    ("A6", CANARY_NAME, "2026-01-31 24:00", "hn", "1", "0"),
    ("A7", CANARY_NAME, "0000-01-01", "HN", "", ""),
    ("A8", " ", "", "", "", ""),
    ("A9", "Nguye\u0302\u0303n", "", "", "", ""),
    ("B1", "Nguy\ufffdn", " 2026-01-31 ", " 12 ", " 7 ", " 1 "),
    ("B2", CANARY_NAME, "2026-01-31", "12", "1", "1"),
    ("B2", CANARY_NAME, "2026-01-31", "12", "1", "1"),
    ("b2", CANARY_NAME, "2026-01-31\n", "12", "1", "1"),
    ("", "Không có mã", "", "", "", ""),
)
"""Records with each fault, and with what only looks like one."""


def held() -> Iterator[str]:
    """Yield the table of these records, and one of real types."""
    yield f"CREATE TABLE ho_so ({', '.join(f'{name} VARCHAR(60)' for name in HELD)})"
    rows = ("', '".join(row) for row in RECORDS)
    values = ", ".join(f"('{row}')" for row in rows)
    yield f"INSERT INTO ho_so VALUES {values}"  # noqa: S608 - made here
    yield "CREATE TABLE kieu (id INT, ngay DATE, luc TIMESTAMP, so DECIMAL(9, 2), dung BOOLEAN)"
    yield "INSERT INTO kieu VALUES (1, '2026-01-31', '2026-01-31 08:00:00', 1.50, TRUE)"
    yield "INSERT INTO kieu (id) VALUES (2)"


def statements() -> Iterator[str]:
    """Yield what both servers are filled with; each table is one situation."""
    yield "CREATE TABLE nothing (id INT, name VARCHAR(99), phone VARCHAR(20), at TIMESTAMP NULL)"
    for name, rows in (
        ("experts", records(10)),
        ("stale", records(900)),
        ("repeated", records(10, repeated=5, empty=4)),
        ("future", records(-40)),
    ):
        columns = "id INT, name VARCHAR(99), phone VARCHAR(20), at TIMESTAMP NULL"
        yield f"CREATE TABLE {name} ({columns})"
        values = ", ".join(f"({i}, '{n}', '{p}', '{at}')" for i, n, p, at in rows)
        yield f"INSERT INTO {name} VALUES {values}"  # noqa: S608 - made here
    yield from held()


LOOPBACK = "127.0.0.1"


def _free_port(at: str) -> int:
    with socket.create_server((at, 0)) as listener:
        return int(listener.getsockname()[1])


def _as_user(name: str, folder: Path) -> tuple[str, ...]:
    """Return the prefix that drops root, after giving the folder to that user."""
    if os.geteuid() != 0:
        return ()
    owner = pwd.getpwnam(name)
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, owner.pw_uid, owner.pw_gid)
    for parent in folder.parents:
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    return ("setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups")


def _certificate(folder: Path, at: str) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "30", "-subj", "/CN=localhost"),
            *("-addext", f"subjectAltName=DNS:localhost,IP:{at}"),
            *("-keyout", str(folder / "tls.key"), "-out", str(folder / "tls.crt")),
        ],
        check=True,
        capture_output=True,
    )
    (folder / "tls.key").chmod(0o600)


@contextmanager
def _running(command: tuple[str, ...], folder: Path, place: tuple[str, int]) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            until = time.monotonic() + 30
            while True:
                try:
                    socket.create_connection(place, 1).close()
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > until:
                        raise TimeoutError((folder / "log").read_text("utf-8", "replace")) from None
                    time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def postgresql(
    folder: Path, *, has_tls: bool = True, at: str = LOOPBACK, caller: str = LOOPBACK
) -> Iterator[Server]:
    """Run PostgreSQL, if wanted with TLS; the database `mo` asks nobody for a password."""
    folder.mkdir(mode=0o711)
    _certificate(folder, at)
    (folder / "pw").write_text("quan-tri-9Z")
    user = _as_user("postgres", folder)
    data, port = folder / "data", _free_port(at)
    subprocess.run(
        [*user, str(PG / "initdb"), "-D", str(data), "-U", "quan_tri", "-A", "scram-sha-256",
         "--pwfile", str(folder / "pw"), "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
        check=True, capture_output=True, cwd=folder,
    )  # fmt: skip
    (data / "pg_hba.conf").write_text(
        f"local all quan_tri trust\nhost mo all {caller}/32 trust\n"
        f"host all ro_chu {caller}/32 password\nhost all all {caller}/32 scram-sha-256\n"
    )
    with (data / "postgresql.conf").open("a") as conf:
        conf.write(f"ssl = {'on' if has_tls else 'off'}\nssl_cert_file = '{folder}/tls.crt'\n")
        conf.write(f"ssl_key_file = '{folder}/tls.key'\n")
    server = (
        *(*user, str(PG / "postgres"), "-D", str(data), "-h", at, "-p", str(port)),
        *("-k", str(folder), "-c", "fsync=of"),
    )
    with _running(server, folder, (at, port)):
        made = Server(port, folder / "tls.crt", folder, server)
        accounts = (
            f"CREATE ROLE chi_doc LOGIN PASSWORD '{PASSWORD}'",
            f"CREATE ROLE duoc_ghi LOGIN PASSWORD '{WRITER}'",
            f"CREATE ROLE ro_chu LOGIN PASSWORD '{PASSWORD}'",
            "CREATE DATABASE mo",
            "CREATE DATABASE trung_tam",
        )
        psql(made, "postgres", *accounts)
        rights = (
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO chi_doc, duoc_ghi, ro_chu",
            "GRANT INSERT ON experts TO duoc_ghi",
            "CREATE SEQUENCE so",
            "GRANT USAGE, SELECT ON SEQUENCE so TO duoc_ghi",
            "CREATE TABLE kin (id INT)",
            'CREATE TABLE "Bảng Hoa" ("Mã ""số" INT)',
        )
        for name in ("trung_tam", "mo"):
            psql(made, name, *statements(), *rights)
        yield made


def crash(server: Server) -> None:
    """End PostgreSQL at once, with nothing put in order, and wait until nobody answers."""
    pid = int((server.folder / "data" / "postmaster.pid").read_text("ascii").splitlines()[0])
    os.kill(pid, signal.SIGQUIT)
    for _round in range(400):
        try:
            socket.create_connection((LOOPBACK, server.port), 1).close()
        except OSError:
            return
        time.sleep(0.05)
    raise TimeoutError


@contextmanager
def again(server: Server) -> Iterator[None]:
    """Run a PostgreSQL that crashed once more, as soon as it has mended itself."""
    with _running(server.command, server.folder, (LOOPBACK, server.port)):
        psql(server, "postgres", "SELECT 1")
        yield


def store(server: Server) -> str:
    """Make an empty database for the tool's own store, and return its URL, without password."""
    role = f"CREATE ROLE kho LOGIN PASSWORD '{PASSWORD}'"
    psql(server, "postgres", role, "CREATE DATABASE kho OWNER kho")
    return f"postgresql://kho@{LOOPBACK}:{server.port}/kho"


def psql(server: Server, database: str, *commands: str) -> None:
    """Say something to PostgreSQL as its owner, over its local socket."""
    for _attempt in range(100):  # the port answers before the server is ready
        ready = [str(PG / "pg_isready"), "-q", "-h", str(server.folder), "-p", str(server.port)]
        if subprocess.run(ready, check=False).returncode == 0:
            break
        time.sleep(0.1)
    said = [part for command in commands for part in ("-c", command)]
    subprocess.run(
        [str(PG / "psql"), "-q", "-v", "ON_ERROR_STOP=1", "-h", str(server.folder),
         "-p", str(server.port), "-U", "quan_tri", "-d", database, *said],
        check=True, capture_output=True,
    )  # fmt: skip


@contextmanager
def mariadb(folder: Path, *, at: str = LOOPBACK, caller: str = LOOPBACK) -> Iterator[Server]:
    """Run MariaDB with TLS; the database `mo` lets in who has no name."""
    folder.mkdir(mode=0o711)
    _certificate(folder, at)
    data, port = folder / "data", _free_port(at)
    data.mkdir()
    lines = [
        "CREATE DATABASE trung_tam",
        "CREATE DATABASE mo",
        f"CREATE USER chi_doc@'{caller}' IDENTIFIED BY '{PASSWORD}'",
        f"CREATE USER duoc_ghi@'{caller}' IDENTIFIED BY '{WRITER}'",
        f"GRANT SELECT ON trung_tam.* TO chi_doc@'{caller}'",
        f"GRANT SELECT ON mo.* TO chi_doc@'{caller}'",
        f"GRANT SELECT, UPDATE ON trung_tam.* TO duoc_ghi@'{caller}'",
        f"CREATE USER ''@'{caller}'",
        f"GRANT SELECT ON mo.* TO ''@'{caller}'",
        "SET NAMES utf8mb4",
        *(line for name in ("trung_tam", "mo") for line in (f"USE {name}", *statements())),
    ]
    (folder / "init.sql").write_text(";\n".join(lines) + ";\n", "utf-8")
    user = _as_user("nobody", folder)
    tables = ("mysql_system_tables.sql", "mysql_system_tables_data.sql")
    first = "CREATE DATABASE mysql;\nUSE mysql;\nSET @current_hostname = 'localhost';\n"
    first += "SET @skip_auth_anonymous = 1, @auth_root_socket = NULL;\n"
    subprocess.run(  # what mariadb-install-db does; it needs programs of the client's package
        [*user, "/usr/sbin/mariadbd", "--no-defaults", "--bootstrap", f"--datadir={data}",
         "--skip-log-bin", "--loose-skip-sequence"],
        input=first.encode() + b"".join((SQL / name).read_bytes() for name in tables),
        check=True, capture_output=True, cwd=folder,
    )  # fmt: skip
    server = (
        *(*user, "/usr/sbin/mariadbd", "--no-defaults", f"--datadir={data}", f"--port={port}"),
        *(f"--bind-address={at}", f"--socket={folder}/s", f"--pid-file={folder}/pid"),
        *(f"--init-file={folder}/init.sql", "--skip-name-resolve", "--skip-log-bin"),
        *(f"--ssl-cert={folder}/tls.crt", f"--ssl-key={folder}/tls.key"),
        *("--character-set-server=utf8mb4", "--innodb-flush-log-at-trx-commit=0"),
    )
    with _running(server, folder, (at, port)):
        yield Server(port, folder / "tls.crt", folder)
