"""What speedtest.net and Cloudflare answer over HTTP, as far as a client may see it; for tests.

`python http_server.py PORT [--host HOST] [--certificate PEM]`. There is no server to install: one
is closed and the other was withdrawn. Routes and sizes: reference/bandwidth.md, 1.4 and 2.3. As a
proxy it answers for www.speedtest.net, naming itself as the only test server.
"""

from __future__ import annotations

import argparse
import os
import socket
import ssl
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

IMAGES = {
    350: 245388,
    500: 505544,
    750: 1118012,
    1000: 1986284,
    1500: 4468241,
    2000: 7907740,
    2500: 12407926,
    3000: 17816816,
    3500: 24262167,
    4000: 31625365,
}
"""Width of a picture of speedtest.net -> its size in bytes."""
CONFIG = """\
<?xml version="1.0" encoding="UTF-8"?>
<settings><client ip="10.9.1.1" lat="21.03" lon="105.85" isp="lab" country="VN"/>
<server-config threadcount="4" ignoreids=""/><download testlength="10" threadsperurl="4"/>
<upload testlength="10" ratio="5" threads="2" maxchunkcount="50"/></settings>
"""
SERVERS = """\
<?xml version="1.0" encoding="UTF-8"?>
<settings><servers><server url="http://{host}/speedtest/upload.php" lat="21.03" lon="105.85"
 name="Lab" country="Vietnam" cc="VN" sponsor="Lab" id="1" host="{host}"/></servers></settings>
"""
CHUNK = 1 << 18
MOST = 1 << 27


class Handler(BaseHTTPRequestHandler):
    """Kept-alive connections, one thread each."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    random = memoryview(os.urandom(CHUNK))

    def do_GET(self) -> None:
        """Answer a download or a question."""
        asked = urlsplit(self.path)
        name = asked.path.rsplit("/", 1)[-1]
        if name.startswith("random") and name.endswith(".jpg"):
            width = int(name.removeprefix("random").partition("x")[0])
            self._random(IMAGES[width])
        elif asked.path == "/__down":
            self._random(min(MOST, int(parse_qs(asked.query)["bytes"][0])))
        elif name == "latency.txt":
            self._say("test=test\n")
        elif name == "speedtest-config.php":
            self._say(CONFIG, "text/xml")
        elif name.startswith(("speedtest-servers", "servers")):
            host, port = self.request.getsockname()[:2]
            self._say(SERVERS.format(host=f"{host.removeprefix('::ffff:')}:{port}"), "text/xml")
        elif name == "upload.php":
            self._say("size=500\n")
        elif asked.path == "/":
            self._say('<script>var upload_extension: "php"</script>', "text/plain")
        elif asked.path == "/cdn-cgi/trace":
            self._say("fl=1\nip=10.9.1.1\ncolo=HAN\nloc=VN\n")
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Swallow an upload and tell its size."""
        left = size = int(self.headers["Content-Length"])
        waste = memoryview(bytearray(CHUNK))
        while left and (n := self.rfile.readinto1(waste[: min(left, CHUNK)])):
            left -= n
        self._say("ok" if self.path.startswith("/__up") else f"size={size}\n")

    def log_message(self, _format: str, *_arguments: object) -> None:
        """Say nothing."""

    def _random(self, size: int) -> None:
        self._head(size, "application/octet-stream")
        for at in range(0, size, CHUNK):
            self.wfile.write(self.random[: min(CHUNK, size - at)])

    def _say(self, text: str, kind: str = "text/plain") -> None:
        body = text.encode()
        self._head(len(body), kind)
        self.wfile.write(body)

    def _head(self, size: int, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Server-Timing", "cfRequestDuration;dur=0.1")
        self.end_headers()


class Server(ThreadingHTTPServer):
    """Both families, quick."""

    address_family = socket.AF_INET6
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients go when their time is up: no news."""


def main() -> None:
    """Serve until killed."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("port", type=int)
    words.add_argument("--host", default="::")
    words.add_argument("--certificate", help="PEM file with key and chain: serve https")
    given = words.parse_args()
    if ":" not in given.host:
        Server.address_family = socket.AF_INET
    with Server((given.host, given.port), Handler) as server:
        if given.certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(given.certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
