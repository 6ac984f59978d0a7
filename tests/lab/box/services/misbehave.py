"""Servers on port 22 that do not behave: silent, reset, banner (a flood), drip-banner."""

import socket
import socketserver
import struct
import sys
import time

PORT = 22
LINGER_ZERO = struct.pack("ii", 1, 0)  # close() sends RST


class Silent(socketserver.BaseRequestHandler):
    """Accept and never speak."""

    def handle(self) -> None:
        """Take what comes until the other side gives up."""
        while self.request.recv(4096):
            pass


class Reset(socketserver.BaseRequestHandler):
    """Answer the first bytes with a reset."""

    def handle(self) -> None:
        """Close without the usual farewell."""
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        self.request.close()


class Banner(socketserver.BaseRequestHandler):
    """Send lines before the SSH version for ever (RFC 4253 allows some)."""

    def handle(self) -> None:
        """Flood."""
        flood = b"Chao mung den voi may chu nay\r\n" * 1000
        while True:
            self.request.sendall(flood)


class DripBanner(socketserver.BaseRequestHandler):
    """Send one byte of the version each second and never end the line."""

    def handle(self) -> None:
        """Drip."""
        for byte in b"SSH-2.0-OpenSSH_9.2p1" + b"x" * 3600:
            self.request.sendall(bytes([byte]))
            time.sleep(1)


class Server(socketserver.ThreadingTCPServer):
    """Several callers at once; a caller who goes away is expected."""

    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say in one line that a caller went away."""
        del request
        sys.stderr.write(f"{client_address}: {sys.exception()!r}\n")


HANDLERS: dict[str, type[socketserver.BaseRequestHandler]] = {
    "silent": Silent,
    "reset": Reset,
    "banner": Banner,
    "drip-banner": DripBanner,
}

if __name__ == "__main__":
    Server(("0.0.0.0", PORT), HANDLERS[sys.argv[1]]).serve_forever()  # noqa: S104 the lab's own network
