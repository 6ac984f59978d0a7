"""Who is told in the tests: nginx with a certificate in front of a recorder, and a mail server.

Everything is on loopback. The recorder answers as the path says and keeps what it was sent.
Services whose addresses are built into Apprise are reached through a proxy that leads every name to
that nginx; so the real client of each speaks TLS to us, and nothing leaves this machine.
"""

import shutil
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from web_house import Issuer, free_ports

from auditor.alerts.occasion import Occasion
from auditor.model import Text
from auditor.model.alerts import AlertKind, Severity
from auditor.pack import keys

SERVICES = "api.telegram.org,bot-api.zaloplatforms.com,hooks.slack.com,ntfy.sh,localhost"
_NGINX = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
  access_log off;
  {temporary}
  server {{
    listen 127.0.0.1:{good} ssl;
    ssl_certificate {folder}/good.pem; ssl_certificate_key {folder}/good.pem;
    location / {{ proxy_pass http://127.0.0.1:{recorder}; proxy_set_header Host $host; }}
  }}
  server {{
    listen 127.0.0.1:{wrong} ssl;
    ssl_certificate {folder}/wrong.pem; ssl_certificate_key {folder}/wrong.pem;
    location / {{ proxy_pass http://127.0.0.1:{recorder}; }}
  }}
}}
"""


@dataclass(frozen=True)
class Mail:
    """A mail as it came in, and for whom."""

    recipients: tuple[str, ...]
    content: bytes


@dataclass
class Inbox:
    """What arrived, and where to send it."""

    folder: Path
    good: int
    wrong: int
    proxy: int
    mail: int
    posts: list[tuple[str, str, bytes]] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to trust the test authority and to find the built-in addresses."""
        ca = str(self.folder / "root.pem")
        proxy = f"http://127.0.0.1:{self.proxy}"
        return {
            "SSL_CERT_FILE": ca,
            "REQUESTS_CA_BUNDLE": ca,
            "HTTPS_PROXY": proxy,
            "HTTP_PROXY": proxy,
            "NO_PROXY": "127.0.0.1,localhost",
        }

    def everything(self) -> bytes:
        """All that arrived, as one text to be searched."""
        posts = (f"{host} {path}\n".encode() + body for host, path, body in self.posts)
        return b"\n".join((*posts, *(mail.content for mail in self.mails)))


def _recorder(inbox: Inbox) -> type[BaseHTTPRequestHandler]:
    class Recorder(BaseHTTPRequestHandler):
        """Keeps each request; /429 and the like answer so."""

        protocol_version = "HTTP/1.0"
        answers: ClassVar[dict[str, int]] = {"/429": 429, "/500": 500, "/away": 307}

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            inbox.posts.append((self.headers.get("Host", ""), self.path, body))
            code = self.answers.get("/" + self.path.split("/")[1].partition("?")[0], 200)
            if self.path.startswith("/slow"):
                time.sleep(float(self.path.split("/")[2]))
            self.send_response(code)
            if code == 429:
                self.send_header("Retry-After", "7200")
            if code == 307:
                self.send_header("Location", f"https://localhost:{inbox.good}/stolen")
            self.end_headers()
            slack = self.headers.get("Host", "").endswith("slack.com")
            answer = b"ok" if slack else b'{"ok": true}'
            with suppress(OSError):  # who lost patience does not read it
                self.wfile.write(answer if code == 200 else b"no")

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    return Recorder


def _proxy(inbox: Inbox) -> type[socketserver.BaseRequestHandler]:
    class Proxy(socketserver.StreamRequestHandler):
        """Leads CONNECT, whatever name it asks for, to the nginx of the test."""

        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            with socket.create_connection(("127.0.0.1", inbox.good)) as there:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=_pump, args=(there, self.connection))
                back.start()
                _pump(self.connection, there)
                back.join()

    return Proxy


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while chunk := source.recv(65536):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


class _Mails:
    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a mail."""
        content = envelope.original_content or b""
        self.inbox.mails.append(Mail(tuple(envelope.rcpt_tos), content))
        return "250 OK"


@contextmanager
def receiving(folder: Path) -> Iterator[Inbox]:
    """Start them all."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if program is None:
        pytest.skip("needs the Debian package nginx-light")
    issuer = Issuer(folder)
    issuer.certificate("good", SERVICES, -1, 90)
    issuer.certificate("wrong", "someone.else.example", -1, 90)
    good, wrong, mail = free_ports(3, "127.0.0.1")
    inbox = Inbox(folder, good, wrong, 0, mail)
    with ExitStack() as stack:
        recorder = ThreadingHTTPServer(("127.0.0.1", 0), _recorder(inbox))
        proxy = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _proxy(inbox))
        for server in (recorder, proxy):
            server.daemon_threads = True
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        inbox.proxy = proxy.server_address[1]
        controller: Any = Controller(_Mails(inbox), hostname="127.0.0.1", port=mail)
        controller.start()
        stack.callback(controller.stop)
        stack.enter_context(_nginx(program, folder, inbox, recorder.server_address[1]))
        yield inbox


@contextmanager
def _nginx(program: str, folder: Path, inbox: Inbox, recorder: int) -> Iterator[None]:
    folders = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n  ".join(f"{kind}_temp_path {folder}/{kind};" for kind in folders)
    text = _NGINX.format(
        folder=folder, temporary=temporary, good=inbox.good, wrong=inbox.wrong, recorder=recorder
    )
    (folder / "nginx.conf").write_text(text)
    command = (program, "-e", "stderr", "-c", str(folder / "nginx.conf"))
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stderr=log) as running:
        try:
            for _attempt in range(200):
                with closing(socket.socket()) as probe:
                    if probe.connect_ex(("127.0.0.1", inbox.good)) == 0:
                        break
                time.sleep(0.02)
            else:
                pytest.fail((folder / "log").read_text())
            yield
        finally:
            running.terminate()


def keyed_folder(folder: Path, inbox: Inbox) -> Path:
    """Put a centre's key and the receivers' authority into a folder; empty the inbox."""
    key = keys.generate(keys.Kind.ED25519)
    keys.write(key, folder / "khoa.pem", folder / "khoa.pub.pem", "")
    (folder / "root.pem").write_bytes((inbox.folder / "root.pem").read_bytes())
    inbox.posts.clear()
    inbox.mails.clear()
    return folder


def an_occasion(text: Text, key: str = "k") -> Occasion:
    """Return something to tell."""
    return Occasion(
        kind=AlertKind.CHAIN,
        site="thu",
        key=key,
        instance="",
        rank=1,
        severity=Severity.URGENT,
        subject="chain",
        text=text,
        since=datetime(2026, 11, 30, 3, tzinfo=UTC),
    )
