"""Record what the probes of libraries, platforms and connections see of real servers on loopback.

In the orderly centre every group of libraries, its platform and its connection answer. In the other
one no foreign library of patents serves, the platform is down beside another one whose certificate
ends soon, and the connection speaks TLS 1.0 or asks nobody who calls. The addresses of libraries
are this machine's: the recordings say nothing about the real ones. Needs nginx-light; no root.
`python tests/lab/record_online.py` rewrites profiles/recordings/online-*.json.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import recordings
import yaml

from auditor import DEFAULT_PROFILE, profile
from auditor.libraries import load
from auditor.model import IpRight
from auditor.site_rules import SCHEMA

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
import web_house

PROBES = frozenset({"web_service", "api_endpoint", "information_systems", "declarations"})
TOKEN_PLACE = "LAB_RECORDING_TOKEN"  # noqa: S105 - the name of a variable
CA = {"ca_file": "root.pem"}


def libraries(web: web_house.House, *, in_order: bool) -> Iterator[dict[str, str]]:
    """Lead the shipped libraries here."""
    for library in load().libraries:
        is_down = not in_order and not library.is_domestic and IpRight.PATENT in library.rights
        url = web.url(path="/500" if is_down else "/", host="localhost")
        yield {"id": library.id, "url": url, **CA}


def platforms(web: web_house.House, *, in_order: bool) -> list[dict[str, str]]:
    """Name a shared platform."""
    kind = "good" if in_order else "short"
    path = "/login" if in_order else "/500"
    return [{"name": "Cổng dùng chung", "url": web.url(kind, path, "localhost"), **CA}]


def endpoints(web: web_house.House, *, in_order: bool) -> list[dict[str, str]]:
    """Name connections."""
    doc = {"doc_url": web.url(path="/openapi.json", host="localhost"), **CA}
    log = {"sync_log": "sync.log"}
    if in_order:
        token = {"token_from": f"env:{TOKEN_PLACE}"}
        url = web.url(path="/api", host="localhost")
        return [{"name": "nền tảng", "url": url, **doc, **token, **log}]
    return [
        {"name": "nền tảng", "url": web.url("short", "/open-api", "localhost"), **doc, **log},
        {"name": "cổng cũ", "url": web.url("old", "/api", "localhost"), **doc},
    ]


def site_of(web: web_house.House, *, in_order: bool) -> Path:
    """Write the site file beside the authority of the servers."""
    synced = datetime.now(UTC) - timedelta(days=3 if in_order else 400)
    (web.folder / "sync.log").write_text(f"{synced:%Y-%m-%dT%H:%M:%SZ} đồng bộ xong\n", "utf-8")
    site = {
        "schema": SCHEMA,
        "centre": {"id": "truc-tuyen", "name": "Bản ghi dịch vụ trực tuyến mẫu"},
        "online": {
            "pause_s": 0,
            "libraries": list(libraries(web, in_order=in_order)),
            "platforms": platforms(web, in_order=in_order),
            "api_endpoints": endpoints(web, in_order=in_order),
        },
    }
    path = web.folder / "centre.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def main() -> None:
    """Record both."""
    os.environ[TOKEN_PLACE] = web_house.TOKEN
    criteria = profile.load(DEFAULT_PROFILE).profile
    for name, in_order in (("online-in-order", True), ("online-in-disorder", False)):
        with tempfile.TemporaryDirectory() as folder, web_house.house(Path(folder)) as web:
            site = site_of(web, in_order=in_order)
            recordings.record(name, site, criteria, only=PROBES)


if __name__ == "__main__":
    main()
