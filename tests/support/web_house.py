"""Web servers of all kinds: one nginx, on loopback or elsewhere, a test authority, own names."""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from probe_letter import keep, letter_for

from auditor import guard
from auditor.addresses import Address
from auditor.model import Centre, Method, Scope, Site
from auditor.scope import Gate, Surroundings
from auditor.transports import Context
from auditor.transports.net import GatedNetwork
from auditor.web.visit import Call, Visit

GOOD, OTHER, CYCLE, FAR = (
    "good.test.example",
    "other.test.example",
    "cycle.test.example",
    "out.example",
)
SIX, UNKNOWN = "six.test.example", "unknown.test.example"
NAMES = MappingProxyType(
    dict.fromkeys((GOOD, OTHER, CYCLE), ("127.0.0.1",)) | {SIX: ("::1",), FAR: ("192.0.2.9",)}
)
LISTED = (GOOD, OTHER, CYCLE, SIX, UNKNOWN)
TOKEN = "kanarienvogel-7f3a9c"  # noqa: S105 - a canary: the tests look for it where it must not be
PERSON = "Hoàng Thị Ẩn Danh"
"""A canary too: somebody of whom the platform's answer tells."""

_NGINX = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
  access_log {folder}/access.log;
  default_type text/html;
  reset_timedout_connection on;
  {temporary}
{servers}
}}
"""
_PAGES = """\
    location = / { return 200 "<title>Thư viện</title>"; }
    location = /login { return 200 "<form><input type='password'></form>"; }
    location = /403 { return 403 "no robots"; }
    location = /429 { return 429; }
    location = /500 { return 500; }
    location = /captcha { return 200 "<div class='g-recaptcha'></div>"; }
    location = /loop { return 302 /loop2; }
    location = /loop2 { return 302 /loop; }
    location = /out { return 302 https://out.example/; }
    location = /inside { return 302 /; }
    location = /plain { return 302 http://$host:PLAIN/echo; }
    location = /elsewhere { return 302 https://other.test.example:GOOD/echo; }
    location = /echo {
      add_header Set-Cookie "sid=$http_authorization";
      add_header WWW-Authenticate "$http_authorization";
      return 200 "got $http_authorization.";
    }
    location = /api {
      if ($http_authorization = "Bearer TOKEN") {
        return 200 '{"items": [{"id": 1, "name": "PERSON"}]}';
      }
      return 401;
    }
    location = /bad-api {
      if ($http_authorization = "Bearer TOKEN") { return 200 '{"items": 5}'; }
      return 403;
    }
    location = /open-api { return 200 '{"items": [{"id": 1}]}'; }
    location = /openapi.json { return 200 'OPENAPI'; }
    location = /odata/$metadata { return 200 'ODATA'; }
    location = /slow { limit_rate 1; return 200 "<title>Rất lâu mới hết trang này</title>"; }
    location = /reset { return 444; }
"""

_OPENAPI = (
    '{"openapi": "3.0.3", "info": {"title": "x", "version": "1"},'
    ' "paths": {"/api": {"get": {"responses": {"200": {"description": "ok"}}}}}}'
)
_ODATA = (
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">'
    "<edmx:DataServices>"
    '<Schema Namespace="a" xmlns="http://docs.oasis-open.org/odata/ns/edm"><EntityType Name="E"/>'
    "</Schema></edmx:DataServices></edmx:Edmx>"
)


@dataclass(frozen=True)
class House:
    """Servers by kind: each has a port; files of the authority."""

    folder: Path
    ports: dict[str, int]
    ca_file: str = "root.pem"

    def url(self, kind: str = "good", path: str = "/", host: str = GOOD) -> str:
        """Return the address of a page."""
        scheme = "http" if kind == "plain" else "https"
        return f"{scheme}://{host}:{self.ports[kind]}{path}"

    @property
    def log(self) -> str:
        """What nginx was asked so far."""
        return (self.folder / "access.log").read_text()


@dataclass
class Watching:
    """A network on loopback whose resolver says what it was asked, and whose evidence is kept."""

    folder: Path
    asked: list[str] = field(default_factory=list)
    kept: list[tuple[str, bytes]] = field(default_factory=list)
    names: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(NAMES))
    has_letter: bool = True

    def resolve(self, name: str) -> tuple[Address, ...]:
        """Answer from the table."""
        self.asked.append(name)
        if name not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return tuple(ip_address(text) for text in self.names[name])

    def network(self, **fields: object) -> GatedNetwork:
        """Open it; `fields` are those of the site."""
        letter = letter_for(Method.PLATFORM_ACCESS) if self.has_letter else None
        scope = Scope(services=LISTED, authorisation=letter, packets_per_second=2000)
        centre = Centre(id="test", name="Trung tâm")
        site = Site(schema="test", centre=centre, scope=scope, **fields)  # type: ignore[arg-type]  # fields of Site

        def remember(request: str, content: bytes) -> str:
            self.kept.append((request, content))
            return keep(request, content)

        gate = Gate(scope, site.timezone, Surroundings(resolve=self.resolve))
        return GatedNetwork(Context(site, self.folder, gate, remember))

    def visit(self, call: Call) -> Visit:
        """Visit as a probe would, with the guard watching."""
        network = self.network()
        with guard.probing(network._context.gate):  # noqa: SLF001 - the run's own gate
            return network.visit(call)


def free_ports(count: int, at: str) -> list[int]:
    """Return ports, no two alike, that nobody listens on there."""
    held = [socket.create_server((at, 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


class Issuer:
    """A test authority."""

    def __init__(self, folder: Path) -> None:
        """Make its key and its certificate, `root.pem`."""
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Lab CA")])
        now = datetime.now(UTC)
        root = (
            x509.CertificateBuilder()
            .subject_name(self._name)
            .issuer_name(self._name)
            .public_key(self._key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=400))
            .not_valid_after(now + timedelta(days=400))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))

    def certificate(self, name: str, host: str, begin_days: int, end: int | datetime) -> Path:
        """Issue a certificate for a host, valid between two days from now, or until a moment.

        Key and chain lie in one file.
        """
        now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])]))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=begin_days))
            .not_valid_after(
                end if isinstance(end, datetime) else now + timedelta(days=end, hours=1)
            )
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName(each) for each in host.split(",")]),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )
        path = self._folder / f"{name}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + made.public_bytes(serialization.Encoding.PEM)
        )
        return path


@contextmanager
def house(folder: Path, at: str = "127.0.0.1", six: str = "::1") -> Iterator[House]:
    """Start nginx with all of them, at an address of each version that this thread's network has.

    On the port of "six" only the second one is listened on.
    """
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if program is None:
        pytest.skip("needs the Debian package nginx-light")
    issuer = Issuer(folder)
    kinds = ("good", "short", "expired", "early", "name", "old", "plain", "six")
    ports = dict(zip(kinds, free_ports(len(kinds), at), strict=True))
    hosts = f"{GOOD},{OTHER},{SIX},localhost"
    certificates = {
        "good": issuer.certificate("good", hosts, -1, 90),
        "short": issuer.certificate("short", hosts, -80, 10),
        "expired": issuer.certificate("expired", hosts, -40, -10),
        "early": issuer.certificate("early", hosts, 10, 40),
        "name": issuer.certificate("name", "someone.else.example", -1, 90),
    }
    certificates |= {"old": certificates["good"], "six": certificates["good"]}
    pages = (
        _PAGES.replace("PLAIN", str(ports["plain"]))
        .replace("GOOD", str(ports["good"]))
        .replace("TOKEN", TOKEN)
        .replace("OPENAPI", _OPENAPI)
        .replace("ODATA", _ODATA)
        .replace("PERSON", PERSON)
    )
    servers = ""
    for kind, port in ports.items():
        place = f"[{six}]:{port}" if kind == "six" else f"{at}:{port}"
        tls = kind in certificates
        servers += f"  server {{\n    listen {place}{' ssl' if tls else ''};\n"
        if tls:
            file = certificates[kind]
            servers += f"    ssl_certificate {file}; ssl_certificate_key {file};\n"
            old = "TLSv1; ssl_ciphers ALL:@SECLEVEL=0"
            servers += f"    ssl_protocols {old if kind == 'old' else 'TLSv1.2 TLSv1.3'};\n"
        servers += f"{pages}  }}\n"
    folders = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n  ".join(f"{kind}_temp_path {folder}/{kind};" for kind in folders)
    text = _NGINX.format(folder=folder, temporary=temporary, servers=servers)
    (folder / "nginx.conf").write_text(text)
    command = (program, "-e", "stderr", "-c", str(folder / "nginx.conf"))
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stderr=log) as running:
        try:
            _wait_for((at, ports["good"]), (folder / "log").read_text)
            yield House(folder, ports)
        finally:
            running.terminate()


def _wait_for(place: tuple[str, int], why: Callable[[], str]) -> None:
    for _attempt in range(200):
        try:
            socket.create_connection(place, 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail(why())
