"""Portals to computing in the box: nginx with the answers of real ones, and faults on the way.

JupyterHub's answers are a replay of a real 6.1.1, Open OnDemand's are written after its public
configuration (tests/captures/portals/ORIGIN.txt). Each fault of the way there is a real one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import portal_pages
import web_house
from ai_server import ai_server

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Iterator
    from pathlib import Path

HOST = "hub.test.example"
CA_FILE = "hub.pem"
_FAULTS = """
    location = /slow/hub/api {{ limit_rate 1; return 200 '{{"version": "6.1.1", "late": "yes"}}'; }}
    location = /loop/hub/api {{ return 302 /loop; }}
    location = /loop {{ return 302 /loop/hub/api; }}
"""


def started(stack: contextlib.ExitStack, folder: Path, at: str) -> str:
    """Start them at an address that this thread's network has; return where they begin."""
    certificate = web_house.Issuer(folder).certificate("hub", HOST, -1, 90)
    ports = web_house.free_ports(2, at)
    pages = portal_pages.PAGES + _FAULTS
    stack.enter_context(ai_server(folder, ports, certificate, web_house.TOKEN, at, pages=pages))
    return f"https://{HOST}:{ports[1]}"


def entries(base: str, web: web_house.House, dead: str) -> Iterator[dict[str, str]]:
    """Yield what the site file says of them under `hpc`; `dead` is a name that nobody resolves."""
    own, other = {"ca_file": CA_FILE}, {"ca_file": "root.pem"}
    yield {"name": "JupyterHub", "kind": "jupyterhub", "url": base, **own}
    yield {"name": "Open OnDemand", "kind": "open_ondemand", "url": base, **own}
    cloud = {"kind": "gpu_cloud", **own}
    token = {"token_from": "env:KHOA_NEN_TANG"}
    yield {"name": "Đám mây đòi mã", "url": f"{base}/secret", **cloud, **token}
    yield {"name": "Đám mây đáp bất kỳ ai", "url": f"{base}/health", **cloud, **token}
    for name, url, authority in (
        ("Hub không có tên", f"https://{web_house.UNKNOWN}", own),
        ("Hub DNS không đáp", f"https://{dead}", own),
        ("Hub từ chối", f"https://{HOST}:9", own),
        ("Hub chứng thư tên khác", web.url("name"), other),
        ("Hub chứng thư hết hạn", web.url("expired"), other),
        ("Hub chặn 403", f"{base}/closed", own),
        ("Hub chậm", f"{base}/slow", own),
        ("Hub vòng quanh", f"{base}/loop", own),
        ("Trang không phải hub", f"{base}/page", own),
    ):
        yield {"name": name, "kind": "jupyterhub", "url": url, **authority}
