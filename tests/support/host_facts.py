"""Small fact rows for tests of detection: one machine, described in a few words."""

from datetime import datetime, timedelta, timezone
from functools import cache

from auditor import products
from auditor.detection.engine import detect
from auditor.detection.facts import Facts
from auditor.model import Row
from auditor.model.product_findings import ProductFinding
from auditor.model.products import Answer, Product, ProductCatalogue, Topic

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone(timedelta(hours=7)))
ALL_SECTIONS = frozenset(
    {
        "processes",
        "services",
        "packages",
        "sockets",
        "files",
        "status_outputs",
        "log_forwarding",
        "fanotify",
        "schedulers",
        "mounts",
    }
)


@cache
def catalogue() -> ProductCatalogue:
    """Return the shipped catalogue, read once."""
    return products.load()


def product(product_id: str) -> Product:
    """Return one product of the shipped catalogue."""
    found = products.find(catalogue(), product_id)
    assert found is not None, product_id
    return found


def facts(  # noqa: PLR0913 - one keyword per section of a collection
    *,
    platform: str = "linux",
    is_root: bool = True,
    now: datetime = NOW,
    complete: frozenset[str] = ALL_SECTIONS,
    processes: tuple[Row, ...] = (),
    services: tuple[Row, ...] = (),
    packages: tuple[Row, ...] = (),
    sockets: tuple[Row, ...] = (),
    files: tuple[Row, ...] = (),
    status_outputs: tuple[Row, ...] = (),
    log_forwarding: tuple[Row, ...] = (),
    fanotify: tuple[Row, ...] = (),
    schedulers: tuple[Row, ...] = (),
    mounts: tuple[Row, ...] = (),
) -> Facts:
    """Return the facts of a machine on which everything was seen, unless said otherwise."""
    return Facts(
        platform=platform,
        is_root=is_root,
        now=now,
        complete=complete,
        processes=processes,
        services=services,
        packages=packages,
        sockets=sockets,
        files=files,
        status_outputs=status_outputs,
        log_forwarding=log_forwarding,
        fanotify=fanotify,
        schedulers=schedulers,
        mounts=mounts,
    )


def process(  # noqa: PLR0913 - the columns of a process
    executable: str | None,
    *,
    name: str = "",
    pid: int = 100,
    script: str = "",
    argv: tuple[str, ...] = (),
    is_deleted: bool = False,
    is_contained: bool | None = False,
) -> Row:
    """Return a process row; its free-text name is the program's, cut, unless said otherwise."""
    return {
        "pid": pid,
        "parent_pid": 1,
        "name": name or (executable or "").rpartition("/")[2][:15],
        "executable": executable,
        "is_deleted": is_deleted,
        "script": script or None,
        "argv": argv,
        "uid": 0,
        "started_at": None,
        "is_contained": is_contained,
    }


def service(
    name: str, executable: str | None = None, state: str = "running", startup: str = "enabled"
) -> Row:
    """Return a service row."""
    return {"name": name, "state": state, "startup": startup, "executable": executable}


def package(name: str, version: str = "1.0", state: str = "installed") -> Row:
    """Return a package row."""
    return {"name": name, "version": version, "state": state, "manager": "dpkg"}


def socket(  # noqa: PLR0913 - the columns of a socket
    remote: str,
    remote_port: int,
    *,
    local_port: int = 40000,
    state: str = "ESTAB",
    pid: int | None = 100,
    local: str = "10.0.0.5",
) -> Row:
    """Return a connection's row."""
    return {
        "protocol": "tcp",
        "local_address": local,
        "local_port": local_port,
        "remote_address": remote,
        "remote_port": remote_port,
        "state": state,
        "is_listening": False,
        "pid": pid,
    }


def file(path: str, *, modified_at: str | None = None, kind: str = "file", size: int = 10) -> Row:
    """Return the row of a file that exists."""
    return {
        "path": path,
        "kind": kind,
        "size_bytes": size,
        "modified_at": modified_at,
        "exists": True,
    }


def group(mask: str, pid: int) -> Row:
    """Return the row of a fanotify group."""
    return {"pid": pid, "mask": mask}


def output(product_id: str, stdout: str, *, part: int = 0, exit_code: int | None = 0) -> Row:
    """Return the answer to the n-th status question of a product."""
    keys = [status.key for status in product(product_id).status if status.key]
    return {"command": keys[part], "exit_code": exit_code, "stdout": stdout, "stderr": ""}


def find(product_id: str, seen: Facts) -> ProductFinding:
    """Judge one product of the shipped catalogue on a machine."""
    return next(f for f in detect(catalogue(), seen) if f.product == product_id)


def answers(product_id: str, seen: Facts) -> dict[str, Answer]:
    """Return the five axes of one product."""
    finding = find(product_id, seen)
    return {
        str(axis): finding.answer(axis)
        for axis in (
            Topic.PRESENT,
            Topic.RUNNING,
            Topic.EFFECTIVE,
            Topic.MANAGED,
            Topic.FRESH,
        )
    }
