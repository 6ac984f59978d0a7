"""The servers of the "Internet" end of a line, each a function that starts one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uplink_line import Line

HERE = Path(__file__).resolve().parent
IPERF3, HTTP, HTTPS, NDT7, NDT7_TLS, PLAIN, PLAIN_TLS = 5201, 80, 443, 8070, 8443, 8080, 8444
OWN = 8989
_MIB = 1 << 20
_NGINX = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
  access_log off;
  sendfile on;
  tcp_nodelay on;
  client_max_body_size 0;
  client_body_buffer_size 32m;
  {temporary}
  server {{ listen 127.0.0.1:8081; location / {{ return 200 ""; }} }}
  server {{
    listen 80; listen [::]:80; listen 443 ssl; listen [::]:443 ssl;
    ssl_certificate {certificate}; ssl_certificate_key {certificate};
    keepalive_requests 100000;
    root {folder}/www;
    add_header Cache-Control "no-store";
    location = /garbage.php {{ try_files /garbage-$arg_ckSize /garbage-4 =404; }}
    location = /empty.php {{ proxy_pass http://127.0.0.1:8081; }}
    location = /getIP.php {{ default_type text/plain; return 200 "$remote_addr"; }}
    location = /upload {{ error_page 405 =200 $uri; }}
  }}
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_SIZES_MIB = (1, 4, 20, 25, 100, 1024)


class Authority(NamedTuple):
    """A test CA and one certificate of it, valid for both ends' addresses."""

    root: Path
    """What a client trusts."""
    certificate: Path
    """Key and chain, for a server."""


def authority(folder: Path, *names: str) -> Authority:
    """Make a CA and a certificate for addresses and names with `openssl`."""
    root, key, request = folder / "root.pem", folder / "root.key", folder / "server.csr"
    chain, both, alternatives = folder / "chain.pem", folder / "server.pem", folder / "san"
    kinds = ((("IP" if ":" in each or each[-1].isdigit() else "DNS"), each) for each in names)
    alternatives.write_text(
        f"subjectAltName={','.join(f'{kind}:{name}' for kind, name in kinds)}\n", encoding="ascii"
    )
    curve = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    _openssl(
        f"req -x509 {curve} -keyout {key} -out {root} -days 2 -subj /CN=Lab"
        " -addext keyUsage=critical,keyCertSign"  # Python 3.13 insists
    )
    _openssl(f"req {curve} -keyout {both} -out {request} -subj /CN=lab-server")
    _openssl(
        f"x509 -req -in {request} -CA {root} -CAkey {key} -CAcreateserial -days 2"
        f" -extfile {alternatives} -out {chain}"
    )
    both.write_text(both.read_text() + chain.read_text())
    return Authority(root, both)


def line_authority(line: Line) -> Authority:
    """Make a CA for the server end of a line, once."""
    made = Authority(line.folder / "root.pem", line.folder / "server.pem")
    return made if made.root.exists() else authority(line.folder, line.server, line.server6)


def iperf3(line: Line, port: int = IPERF3) -> int:
    """Start iperf3 and give its port; one test at a time."""
    line.serve("iperf3", "-s", "-p", str(port), port=port)
    return port


def nginx(line: Line) -> Authority:
    """Start nginx on 80 and 443 with the paths of LibreSpeed and of OpenSpeedTest (`upload`).

    `/garbage.php?ckSize=N` gives N MiB of zeros, N in 1, 4, 20, 25, 100, 1024; `/empty.php` answers
    when the whole body was read. PHP is not needed: nginx does what those two scripts do.
    """
    made = line_authority(line)
    www = line.folder / "www"
    www.mkdir()
    for size in _SIZES_MIB:
        with (www / f"garbage-{size}").open("wb") as file:
            file.truncate(size * _MIB)
    (www / "upload").write_bytes(b"")
    temporary = "\n  ".join(f"{kind}_temp_path {line.folder}/{kind};" for kind in _TEMPORARY)
    text = _NGINX.format(folder=line.folder, certificate=made.certificate, temporary=temporary)
    (line.folder / "nginx.conf").write_text(text, encoding="ascii")
    line.serve("nginx", "-e", "stderr", "-c", str(line.folder / "nginx.conf"), port=HTTP)
    return made


def ndt7(line: Line, *, tls: bool = True, seconds: float = 10, control: str = "bbr") -> int:
    """Start the ndt7 server and give its port."""
    port = NDT7_TLS if tls else NDT7
    options = ["--seconds", str(seconds), "--control", control]
    if tls:
        options += ["--certificate", str(line_authority(line).certificate)]
    line.serve(sys.executable, str(HERE / "ndt7_server.py"), str(port), *options, port=port)
    return port


def http(line: Line, *, tls: bool = False) -> int:
    """Start what answers like speedtest.net (mini protocol) and Cloudflare, and give its port."""
    port = PLAIN_TLS if tls else PLAIN
    options = ["--certificate", str(line_authority(line).certificate)] if tls else []
    line.serve(sys.executable, str(HERE / "http_server.py"), str(port), *options, port=port)
    return port


def own(line: Line) -> int:
    """Start `audit serve-speed` and give its port."""
    program = ("-c", "from auditor.cli import main; main()", "serve-speed")
    line.serve(sys.executable, *program, "--bind", line.server, "--port", str(OWN), port=OWN)
    return OWN


def every(line: Line) -> Mapping[str, str]:
    """Start a server for each backend, without TLS, and give their URLs."""
    return {
        "http-multi": f"http://{line.server}:{own(line)}/",
        "iperf3": f"iperf3://{line.server}:{iperf3(line)}",
        "ndt7": f"ws://{line.server}:{ndt7(line, tls=False)}",
        "cloudflare": f"http://{line.server}:{http(line)}",
        "speedtest-cli": f"http://{line.server}:{PLAIN}/",
    }


def _openssl(line: str) -> None:
    subprocess.run(["openssl", *line.split()], check=True, capture_output=True)
