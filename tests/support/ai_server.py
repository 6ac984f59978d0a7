"""An nginx that answers as services of artificial intelligence do, and as others."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

CONFIGURATION = """daemon off; worker_processes 1; pid {folder}/ai.pid; error_log stderr;
events {{ worker_connections 64; }}
http {{ access_log off; default_type application/json; client_body_temp_path {folder}/ab;
  proxy_temp_path {folder}/ap; fastcgi_temp_path {folder}/af; uwsgi_temp_path {folder}/au;
  scgi_temp_path {folder}/as;
{servers} }}
"""
PAGES = """
    location = /v1/models {{ return 200 '{{"object": "list", "data": [
      {{"id": "qwen2.5-7b", "object": "model"}}, {{"id": "bge-m3", "object": "model"}}]}}'; }}
    location = /api/tags {{ return 200 '{{"models": [{{"name": "llama3.2:3b", "size": 1}}]}}'; }}
    location = /empty/api/tags {{ return 200 '{{"models": []}}'; }}
    location = /health {{ return 200 '{{"status": "ok"}}'; }}
    location = /error/models {{ return 200 '{{"error": "no such route"}}'; }}
    location = /numbers/models {{ return 200 '{{"data": [1, 2]}}'; }}
    location = /broken/models {{ return 500; }}
    location = /secret/models {{
      if ($http_authorization = "Bearer {token}") {{
        return 200 '{{"data": [{{"id": "gpt-oss-20b"}}]}}'; }}
      return 401; }}
    location /page {{ default_type text/html; return 200 "<!doctype html><title>Cổng</title>"; }}
"""


@contextmanager
def ai_server(
    folder: Path,
    ports: Sequence[int],
    certificate: Path | None = None,
    token: str = "",
    at: str = "127.0.0.1",
) -> Iterator[None]:
    """Answer on the first port, and with a certificate on the second one by TLS."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if program is None:
        raise FileNotFoundError(CONFIGURATION)
    pages = PAGES.format(token=token)
    servers = f"  server {{ listen {at}:{ports[0]}; charset utf-8; {pages} }}\n"
    if certificate is not None:
        servers += (
            f"  server {{ listen {at}:{ports[1]} ssl; ssl_certificate {certificate};"
            f" ssl_certificate_key {certificate}; {pages} }}\n"
        )
    path = folder / "ai.conf"
    path.write_text(CONFIGURATION.format(folder=folder, servers=servers))
    with (
        (folder / "ai.log").open("wb") as log,
        subprocess.Popen([program, "-e", "stderr", "-c", str(path)], stderr=log) as running,
    ):
        try:
            for _attempt in range(250):
                try:
                    socket.create_connection((at, ports[0]), 1).close()
                    break
                except OSError:
                    time.sleep(0.02)
            else:
                raise TimeoutError((folder / "ai.log").read_text())
            yield
        finally:
            running.terminate()
