"""Record what the probes of databases and exports see in three centres.

PostgreSQL and MariaDB run for this moment on loopback: with good records, with old, open and
unencrypted ones, and with none. The platform's schema is invented for the recordings and lies in
profiles/ only while they are made: no schema has been published.
`python tests/lab/record_stores.py` rewrites profiles/recordings/stores-*.json.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import recordings
import yaml

from auditor import DEFAULT_PROFILE, profile
from auditor.model import StorePurpose
from auditor.site_rules import SCHEMA
from auditor.transports.exporting import PLATFORM_SCHEMA

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
import database_servers as servers

PROBES = frozenset({"databases", "data_standard", "information_systems", "declarations"})
FIELDS = {"required": ["name", "phone"], "key": ["id"], "updated": "at"}
MAPPING = {
    "fields": [
        {"field": "id", "platform_field": "id", "required": True, "is_identifier": True},
        {"field": "name", "platform_field": "name", "required": True},
        {"field": "at", "platform_field": "updated", "kind": "date"},
    ]
}
INVENTED = {
    "source": "invented for recordings",
    "fields": [
        {"name": "id", "required": True, "kind": "integer"},
        {"name": "name", "required": True},
        {"name": "updated", "kind": "date"},
    ],
}
TABLES = {"stores-in-order": "experts", "stores-in-disorder": "stale", "stores-empty": "nothing"}


def site_of(folder: Path, name: str, postgresql: int, mariadb: int) -> Path:
    """Write exports, mapping and the site file."""
    is_orderly, table = name == "stores-in-order", TABLES[name]
    rows = servers.records(10 if is_orderly else 900) if table != "nothing" else []
    lines = ["id,name,phone,at", *(f"{i},{n},{p},{at}" for i, n, p, at in rows)]
    encoding = "utf-8" if is_orderly else "utf-16"
    (folder / "xuat.csv").write_text("\n".join(lines) + "\n", encoding)
    (folder / "anh-xa.yaml").write_text(yaml.safe_dump(MAPPING), "utf-8")
    server = {"host": "127.0.0.1", "user": "chi_doc", "password_from": "env:DOC", "table": table}
    stores: list[dict[str, object]] = []
    for purpose in StorePurpose:
        told = {"name": f"csdl-{purpose.value}", "purpose": purpose.value, **FIELDS}
        if purpose is StorePurpose.MATERIALS:
            stores.append({**told, "engine": "file", "file": "xuat.csv"})
        elif purpose is StorePurpose.TECHNOLOGIES:
            way = {"engine": "mysql", "port": mariadb, "database": "trung_tam"}
            stores.append({**told, **server, **way})
        else:
            is_open = purpose is StorePurpose.IP_AND_MODELS and not is_orderly
            way = {"engine": "postgresql", "port": postgresql}
            way["database"] = "mo" if is_open else "trung_tam"
            stores.append({**told, **server, **way})
    if table == "stale":  # half-empty records as well
        stores += [{**s, "name": f"{s['name']}-2", "table": "repeated"} for s in stores[:2]]
    site = {
        "schema": SCHEMA,
        "centre": {"id": "co-so-du-lieu", "name": "Trung tâm mẫu có cơ sở dữ liệu"},
        "data": {
            "databases": stores,
            "exports": [{"name": "tu-lieu", "file": "xuat.csv", "mapping": "anh-xa.yaml"}],
        },
    }
    path = folder / "centre.yaml"
    path.write_text(json.dumps(site, ensure_ascii=False), "utf-8")  # JSON has no aliases
    return path


@contextmanager
def invented_schema() -> Iterator[None]:
    """Let a schema lie where a published one would."""
    path = recordings.FOLDER.parent / PLATFORM_SCHEMA
    if path.exists():
        raise FileExistsError(path)
    path.write_text(yaml.safe_dump(INVENTED), "utf-8")
    try:
        yield
    finally:
        path.unlink()


def main() -> None:
    """Record all three."""
    criteria = profile.load(DEFAULT_PROFILE).profile
    os.environ["DOC"] = servers.PASSWORD
    for name in TABLES:
        with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
            folder = Path(made)
            folder.chmod(0o755)
            has_tls = name == "stores-in-order"
            postgresql = stack.enter_context(servers.postgresql(folder / "pg", has_tls=has_tls))
            mariadb = stack.enter_context(servers.mariadb(folder / "my"))
            site = site_of(folder, name, postgresql.port, mariadb.port)
            with invented_schema():
                recordings.record(name, site, criteria, only=PROBES)


if __name__ == "__main__":
    main()
