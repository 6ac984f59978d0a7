"""A time-stamp authority for tests: `openssl ts -reply` behind a real HTTP server on loopback."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

_CONFIG = """
[ req ]
distinguished_name = name
[ name ]
[ root ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[ stamper ]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ person ]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
[ tsa ]
default_tsa = service
[ service ]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, words: str, given: bytes = b"") -> bytes:
    """Run openssl with these words in a folder and return what it printed. Raises if it failed."""
    done = subprocess.run(
        ["openssl", *words.split()], cwd=folder, input=given, capture_output=True, check=True
    )
    return done.stdout


class Office:
    """An authority in a folder: a root (`ca.pem`) that certifies keys, and a time-stamp service."""

    def __init__(self, folder: Path) -> None:
        """Make its keys."""
        folder.mkdir()
        self.folder = folder
        (folder / "conf").write_text(_CONFIG)
        (folder / "serial").write_text("01")
        new = "req -new -nodes -config conf -newkey ec -pkeyopt ec_paramgen_curve:P-256"
        openssl(
            folder,
            f"{new} -x509 -days 30 -extensions root -subj /CN=Goc -keyout ca.key -out ca.pem",
        )
        openssl(folder, f"{new} -subj /CN=TSA-thu -keyout tsa.key -out tsa.csr")
        self._certify("tsa.csr", "stamper", "tsa.pem")

    @property
    def root(self) -> Path:
        """The certificate to be trusted."""
        return self.folder / "ca.pem"

    def certify(self, key: Path, name: str) -> Path:
        """Certify an unencrypted private key and return the chain, leaf first."""
        openssl(self.folder, f"req -new -config conf -key {key} -subj /CN={name} -out {name}.csr")
        self._certify(f"{name}.csr", "person", f"{name}.pem")
        chain = self.folder / f"{name}.chain.pem"
        chain.write_bytes((self.folder / f"{name}.pem").read_bytes() + self.root.read_bytes())
        return chain

    def stamp(self, request: bytes) -> bytes:
        """Answer a request."""
        (self.folder / "request").write_bytes(request)
        openssl(
            self.folder, "ts -reply -config conf -section service -queryfile request -out reply"
        )
        return (self.folder / "reply").read_bytes()

    def _certify(self, request: str, kind: str, out: str) -> None:
        signs = "-CA ca.pem -CAkey ca.key -CAcreateserial -days 10"
        openssl(
            self.folder,
            f"x509 -req -in {request} {signs} -extfile conf -extensions {kind} -out {out}",
        )


@contextmanager
def serving(office: Office) -> Iterator[str]:
    """Serve an office on loopback; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Stamp whatever comes, as RFC 3161 has it; /broken answers a page."""
            request = self.rfile.read(int(self.headers["Content-Length"]))
            answer = b"<html>" if self.path == "/broken" else office.stamp(request)
            kind = "text/html" if self.path == "/broken" else "application/timestamp-reply"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_words: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/tsa"
        server.shutdown()
        thread.join()
