"""The site file of the box of services, with its papers and exports, and the canaries in them.

A canary is a word that stands where a real centre has a secret, a person or the text of a paper.
No output of an audit may hold one; `SHOWN` stands where everything is printed, and proves that the
search for them finds what is there.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import database_servers as servers
import record_lan
import remote_lab
import service_box
import service_logins
import service_portals
import vpn_daemons
import web_house
from centre_folder import paper
from sshd import public_key

from auditor.site_rules import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from service_box import ServiceBox

SHOWN = "CHIM-HOANG-YEN"
"""In the centre's name: printed everywhere, and meant to be."""

WINDOWS_WORD = "mat-khau-windows-5T"
PAPER_TEXT = "Bà Lò Thị Kín Đáo ghi trong văn bản"
EXPORT_PERSON, USAGE_PERSON, LOG_PERSON = "Giàng A Riêng Tư", "Vàng Thị Lượt Dùng", "Sùng A Nhật Ký"
SECRETS = MappingProxyType(
    {
        "CSDL_DOC": servers.PASSWORD,
        "CSDL_GHI": servers.WRITER,
        "KHOA_NEN_TANG": web_house.TOKEN,
        "MAT_KHAU_WINDOWS": WINDOWS_WORD,
        "AUDIT_KEY_PASSPHRASE": "cum-mat-khau-ky-so-3K",
    }
)
"""The environment that the audit is given: what the site file refers to, and what seals a pack."""

CANARIES = (
    *SECRETS.values(),
    *(servers.CANARY_NAME, servers.CANARY_PHONE, web_house.PERSON),
    *(PAPER_TEXT, EXPORT_PERSON, USAGE_PERSON, LOG_PERSON),
)
NETWORKS = (remote_lab.PUBLIC, "192.168.50.0/24", "192.168.60.0/24")
LETTER_METHODS = ("host_login", "service_probes", "platform_access")
CA, AI_CA = {"ca_file": "root.pem"}, {"ca_file": "ai.pem"}
TOKEN = {"token_from": "env:KHOA_NEN_TANG"}
_MAPPING = """\
fields:
  - {field: ma, platform_field: id, required: true, is_identifier: true}
  - {field: ten, platform_field: name, required: true}
  - {field: ngay, kind: date}
  - {field: tinh, kind: code, codes: ["12", "11"]}
"""
_EXPORTS = MappingProxyType(
    {
        "Bản xuất tốt": f"A1,{EXPORT_PERSON},2026-01-31,12\nA2,{EXPORT_PERSON},2026-02-28,11\n",
        "Bản xuất lỗi": f"B1,{EXPORT_PERSON},31/01/2026,12\nB1,{EXPORT_PERSON},2026-02-28,99\n"
        f"B3,,2026-03-01,12\nB4,{EXPORT_PERSON},2026-03-02,11\n",
    }
)


def write(folder: Path, box: ServiceBox) -> Path:
    """Write everything into an existing folder and return the site file."""
    (folder / "root.pem").write_bytes((box.web.folder / box.web.ca_file).read_bytes())
    hub = (box.folder / "portals" / "root.pem").read_bytes()
    (folder / service_portals.CA_FILE).write_bytes(hub)
    (folder / "ai.pem").write_bytes((box.folder / "ai" / "root.pem").read_bytes())
    for name in ("letter", "dia-chi"):
        (folder / f"{name}.pdf").write_bytes(paper("Văn bản cho phép rà soát"))
    (folder / "thoa-thuan.pdf").write_bytes(paper(f"Thỏa thuận dùng chung. {PAPER_TEXT}."))
    (folder / "luot-dung.csv").write_text(f"ngày,người\n1,{USAGE_PERSON}\n2,{USAGE_PERSON}\n")
    (folder / "luoc-do.json").write_text('{"properties": {"items": {"type": "array"}}}')
    synced = datetime.now(UTC) - timedelta(days=3)
    (folder / "dong-bo.log").write_text(f"{synced:%Y-%m-%dT%H:%M:%SZ} xong, {LOG_PERSON}\n")
    (folder / "anh-xa.yaml").write_text(_MAPPING, "utf-8")
    for name, rows in _EXPORTS.items():
        (folder / f"{name}.csv").write_text(f"ma,ten,ngay,tinh\n{rows}", "utf-8")
    path = folder / "centre.yaml"
    text = json.dumps(_site(box), ensure_ascii=False, indent=1)  # YAML too, and without aliases
    path.write_text(text, "utf-8")
    return path


def _site(box: ServiceBox) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    letter = {
        **record_lan.LETTER,
        "methods": list(LETTER_METHODS),
        "issued_on": (today - timedelta(days=1)).isoformat(),
        "expires_on": (today + timedelta(days=2)).isoformat(),
        "file": "letter.pdf",
    }
    return {
        "schema": SCHEMA,
        "centre": {"id": "dich-vu", "name": f"Trung tâm mẫu {SHOWN}"},
        "targets": list(_targets(box)),
        "scope": {
            "networks": list(NETWORKS),
            "names": [service_box.AI],
            "services": [*web_house.LISTED, service_box.DEAD, service_portals.HOST],
            "ownership": [{"network": remote_lab.PUBLIC, "file": "dia-chi.pdf"}],
            "packets_per_second": 1000,
            "authorisation": letter,
        },
        "documents": [{"kind": "hpc_agreement", "file": "thoa-thuan.pdf"}],
        "online": {
            "pause_s": 0,
            "libraries": [{"id": "wipo-publish-vn", "url": box.web.url(), **CA}],
            "platforms": [{"name": name, "url": url, **CA} for name, url in _platforms(box)]
            + [{"name": "Cổng có lượt dùng", "url": box.web.url(), "usage_file": "luot-dung.csv"}],
            "api_endpoints": [{**CA, **each} for each in _connections(box)],
        },
        "data": {
            "databases": list(_stores(box)),
            "exports": [
                {"name": n, "file": f"{n}.csv", "mapping": "anh-xa.yaml"} for n in _EXPORTS
            ],
        },
        "hpc": [
            {"name": "Cụm có nút", "kind": "slurm", "target": "dang-nhap-1"},
            {"name": "Cụm không nút", "kind": "slurm", "target": "dang-nhap-2"},
            *service_portals.entries(box.portals, box.web, service_box.DEAD),
        ],
        "remote_work": _remote(),
        "ai_uses": list(_uses(box)),
    }


def _targets(box: ServiceBox) -> Iterator[dict[str, str]]:
    login = {"key_file": str(box.keys.user), "host_key": public_key(box.keys.host).fingerprint}
    for number, address in enumerate(service_logins.CLUSTERS, 1):
        yield {"name": f"dang-nhap-{number}", "url": f"ssh://root@{address}", **login}
    yield {"name": "may-vpn", "url": f"ssh://root@{service_logins.WIREGUARD}", **login}
    yield {
        "name": "may-windows",
        "url": f"winrm://quan-tri@{service_box.OFFICE}:8080",
        "password_from": "env:MAT_KHAU_WINDOWS",
    }


def _platforms(box: ServiceBox) -> Iterator[tuple[str, str]]:
    web = box.web
    yield "Cổng tốt", web.url()
    yield "Cổng đăng nhập", web.url(path="/login")
    yield "Chỉ IPv6", web.url("six", host=web_house.SIX)
    yield "Chặn 403", web.url(path="/403")
    yield "Trang captcha", web.url(path="/captcha")
    yield "Chứng thư hết hạn", web.url("expired")
    yield "Chứng thư tên khác", web.url("name")
    yield "TLS 1.0", web.url("old")
    yield "Chậm", web.url(path="/slow")
    yield "Vòng quanh", web.url(path="/loop")
    yield "Bị ngắt", web.url(path="/reset")
    yield "Từ chối", f"https://{web_house.GOOD}:9/"
    yield "Không có tên", f"https://{web_house.UNKNOWN}/"
    yield "DNS không đáp", f"https://{service_box.DEAD}/"
    yield "Lỗi 500", web.url(path="/500")
    yield "Dẫn ra ngoài", web.url(path="/out")
    yield "Ngoài phạm vi", f"https://{web_house.FAR}/"


def _connections(box: ServiceBox) -> Iterator[dict[str, str]]:
    web, schema = box.web, {"schema_file": "luoc-do.json"}
    openapi = {"doc_url": web.url(path="/openapi.json")}
    odata = {"doc_url": web.url(path="/odata/$metadata")}
    log = {"sync_log": "dong-bo.log"}
    yield {"name": "OpenAPI", "url": web.url(path="/api"), **openapi, **TOKEN, **schema, **log}
    yield {"name": "OData", "url": web.url(path="/api"), **odata, **TOKEN}
    yield {"name": "Không hỏi ai gọi", "url": web.url(path="/open-api"), **openapi}
    yield {"name": "Sai lược đồ", "url": web.url(path="/bad-api"), **openapi, **TOKEN, **schema}
    yield {"name": "Nhắc lại khóa", "url": web.url(path="/echo"), **TOKEN}
    yield {"name": "Hết hạn", "url": web.url("expired", "/api"), **TOKEN}


def _stores(box: ServiceBox) -> Iterator[dict[str, object]]:
    """Four databases on each server, and a port where none answers."""
    reader = {"user": "chi_doc", "password_from": "env:CSDL_DOC"}
    writer = {"user": "duoc_ghi", "password_from": "env:CSDL_GHI"}
    fields = {"required": ["name", "phone"], "key": ["id"], "updated": "at"}
    base = {"host": service_box.OFFICE, "database": "trung_tam", **fields}
    for engine, server in (("postgresql", box.postgresql), ("mysql", box.mariadb)):
        way = {**base, "engine": engine, "port": server.port}
        for name, purpose, table, account in (
            ("tốt", "experts", "experts", reader),
            ("cũ", "technologies", "stale", reader),
            ("trùng", "ip_and_models", "repeated", reader),
            ("ghi được", "materials", "experts", writer),
        ):
            yield {"name": f"{engine} {name}", "purpose": purpose, "table": table, **way, **account}
        yield {"name": f"{engine} tắt", "purpose": "experts", "table": "experts", **way, **reader,
               "port": 9}  # fmt: skip


def _remote() -> dict[str, Any]:
    wanted = ("ovpn-udp", "ovpn-tcp", "ovpn-crypt", "wireguard", "ike", "sstp", "tls",
              "web-as-sstp", "dead-tcp")  # fmt: skip
    return {
        "endpoints": [
            {"name": name, "kind": kind.value, "host": remote_lab.SHUT, "port": port}
            for name, kind, port in vpn_daemons.ENDPOINTS
            if name in wanted
        ],
        "servers": [{"name": "wireguard trong máy", "kind": "wireguard", "target": "may-vpn"}],
        "public_addresses": [remote_lab.SHUT, remote_lab.OPEN],
        "outside": [{"place": "đường 4G", "network": f"{remote_lab.OUTSIDE}/32"}],
    }


def _uses(box: ServiceBox) -> Iterator[dict[str, object]]:
    plain = f"http://{service_box.OFFICE}:{box.ai_ports[0]}"
    secure = f"https://{service_box.AI}:{box.ai_ports[1]}"
    for purpose, kind, url, more in (
        ("Tóm tắt văn bản", "openai_models", f"{plain}/v1", {}),
        ("Hỏi đáp", "ollama", plain, {}),
        ("Có khóa", "openai_models", f"{secure}/secret", {**TOKEN, **AI_CA}),
        ("Đòi đăng nhập", "openai_models", f"{plain}/secret", {}),
        ("Trang thay dịch vụ", "ollama", f"{plain}/page", {}),
        ("Chưa có mô hình", "ollama", f"{plain}/empty", {}),
        ("Đã tắt", "health", f"http://{service_box.OFFICE}:9/health", {}),
    ):
        yield {"purpose": purpose, "endpoint": {"kind": kind, "url": url, **more}}
