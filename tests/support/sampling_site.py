"""A site whose platform is a real server on loopback, and criteria that count its samples."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CRITERIA = """\
schema: urn:audit:profile:v1
id: sampled
version: "1"
title: {vi: Bộ tiêu chí thử, en: Trial criteria}
decision: {vi: Không có, en: None}
issuer: {vi: Người thử, en: Tester}
sample_window: days
parameters:
  days: {default: 30, meaning: {vi: Số ngày, en: Days}, source: tool_default}
  min_uptime_samples: {default: 2, meaning: {vi: Số mẫu, en: Samples}, source: tool_default}
  min_time_slots: {default: 1, meaning: {vi: Khung giờ, en: Slots}, source: tool_default}
document_kinds:
  plan: {vi: Kế hoạch, en: Plan}
groups:
  - id: first
    name: {vi: Nhóm, en: Group}
    indicators:
      - id: "1"
        name: {vi: Nền tảng, en: Platform}
        checks:
          - id: platform
            title: {vi: Nền tảng kết nối được, en: Platforms that answer}
            basis: measured
            reads:
              sites: {probe: web_service, where: "row.purpose == 'shared_platform'"}
            value: sites.filter(s, s.is_reachable == true).size()
            expect: {at_least: min_time_slots}
          - id: line
            title: {vi: Đường truyền, en: Line}
            basis: measured
            reads: {samples: {probe: internet_quality}}
            value: samples.size()
            expect: {at_least: min_time_slots}
        requires: [[platform]]
"""


class Page(BaseHTTPRequestHandler):
    """Answers every address with a short page."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a short page."""
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def platform() -> Iterator[str]:
    """Serve a page on loopback and give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join(10)


def site(folder: Path, url: str, *, more: str = "", centre: str = "trung-tam-thu") -> Path:
    """Write a site file and the criteria; return the site file."""
    (folder / "sampled.yaml").write_text(CRITERIA, "utf-8")
    file = folder / "centre.yaml"
    file.write_text(
        f"schema: urn:audit:site:v1\ncentre: {{id: {centre}, name: Trung tâm thử}}\n"
        f'online: {{pause_s: 0, platforms: [{{name: Nền tảng mẫu, url: "{url}"}}]}}\n{more}',
        "utf-8",
    )
    return file
