"""Real VPN servers, and servers that answer wrongly, for the centre of `remote_lab`."""

import subprocess
import time

from service_house import House, run

from auditor.model import VpnKind

CERTIFICATES = """
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=ca \
  -keyout ca.key -out ca.crt
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=vpn \\
  -keyout s.key -out s.csr
openssl x509 -req -in s.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out s.crt
openvpn --genkey secret crypt.key
"""
WALLED = 1195
"""UDP port of the OpenVPN server with tls-crypt."""

CHARON = """charon-systemd {{
  load = random nonce openssl gmp aes sha1 sha2 hmac kdf pem pkcs1 x509 pubkey vici \
kernel-netlink socket-default
  plugins {{
    vici {{
      socket = unix://{folder}/vici
    }}
  }}
}}
"""
CONNECTION = """connections {
  vpn {
    version = 2
    proposals = aes256-sha256-modp2048
    local {
      auth = psk
      id = vpn
    }
    remote {
      auth = psk
    }
  }
}
"""
HOSTILE = {2001: "reflected", 2002: "truncated", 2003: "another session", 2004: "words"}
HOSTILE_SERVER = """
import socket, threading
ANSWER = {
    2001: lambda q: q,
    2002: lambda q: b"\\x40" + bytes(range(1, 9)) + b"\\x01",
    2003: lambda q: b"\\x40" + bytes(range(1, 9)) + b"\\x01" + bytes(4) + b"notyours" + bytes(4),
    2004: lambda q: b"HTTP/1.1 400 Bad Request\\r\\n\\r\\n",
}
def datagrams(port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("198.51.100.10", port))
    while True:
        q, who = s.recvfrom(4096)
        s.sendto(ANSWER[port](q), who)
def stream(port):
    listener = socket.create_server(("0.0.0.0", port))
    while True:
        c, _ = listener.accept()
        try:
            q = c.recv(4096)[2:]
            a = ANSWER[port](q)
            c.sendall(a if port == 2004 else len(a).to_bytes(2, "big") + a)
        except OSError:
            pass
        c.close()
for port in ANSWER:
    threading.Thread(target=datagrams, args=(port,), daemon=True).start()
    threading.Thread(target=stream, args=(port,), daemon=True).start()
threading.Event().wait(600)
"""
SSTP_PORT = 2443
SSTP_STAND_IN = """
import socket, ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("s.crt", "s.key")
listener = socket.create_server(("0.0.0.0", 2443))
while True:
    c, _ = listener.accept()
    try:
        c = context.wrap_socket(c, server_side=True)
        if c.recv(4096).startswith(
            b"SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1"
        ):
            c.sendall(b"HTTP/1.1 200\\r\\nContent-Length: 18446744073709551615\\r\\n"
                      b"Server: Microsoft-HTTPAPI/2.0\\r\\n\\r\\n")
            c.recv(1)
    except OSError:
        pass
    c.close()
"""


ENDPOINTS: tuple[tuple[str, VpnKind, int], ...] = (
    ("ovpn-udp", VpnKind.OPENVPN_UDP, 0),
    ("ovpn-tcp", VpnKind.OPENVPN_TCP, 0),
    ("ovpn-crypt", VpnKind.OPENVPN_UDP, WALLED),
    ("ike", VpnKind.IKE, 0),
    ("ike-nat", VpnKind.IKE, 4500),
    ("sstp", VpnKind.SSTP, SSTP_PORT),
    ("tls", VpnKind.TLS, 443),
    ("wireguard", VpnKind.WIREGUARD, 0),
    ("web-as-sstp", VpnKind.SSTP, 443),
    ("web-as-openvpn", VpnKind.OPENVPN_TCP, 80),
    ("web-as-tls", VpnKind.TLS, 80),
    ("dead-udp", VpnKind.OPENVPN_UDP, 2099),
    ("dead-tcp", VpnKind.TLS, 2099),
    *((f"udp-{word}", VpnKind.OPENVPN_UDP, port) for port, word in HOSTILE.items()),
    *((f"tcp-{word}", VpnKind.OPENVPN_TCP, port) for port, word in HOSTILE.items()),
    *((f"ike-{word}", VpnKind.IKE, port) for port, word in HOSTILE.items()),
)
"""Names, kinds and ports at `remote_lab.SHUT`; 0 is the usual port."""


def certificates(house: House) -> None:
    """Make an authority, a server's certificate and a key of tls-crypt."""
    subprocess.run(["sh", "-ec", CERTIFICATES], cwd=house.folder, check=True, capture_output=True)


def openvpn(house: House) -> None:
    """Start OpenVPN at 1194 over UDP and TCP, and at 1195 with tls-crypt."""
    own = ("--ca", "ca.crt", "--cert", "s.crt", "--key", "s.key", "--dh", "none")
    for name, network, more in (
        ("openvpn-udp", "10.9.0.0", ("--proto", "udp", "--multihome", "--port", "1194")),
        ("openvpn-tcp", "10.9.1.0", ("--proto", "tcp-server", "--port", "1194")),
        (
            "openvpn-crypt",
            "10.9.2.0",
            ("--proto", "udp", "--multihome", "--port", str(WALLED), "--tls-crypt", "crypt.key"),
        ),
    ):
        pool = ("--dev", "tun", "--topology", "subnet", "--server", network, "255.255.255.0")
        house.start(name, "openvpn", *pool, *own, *more)
    for name in ("openvpn-udp", "openvpn-tcp", "openvpn-crypt"):
        _until(house, name, "Initialization Sequence Completed")


def charon(house: House) -> None:
    """Start strongSwan at 500 and 4500, with a connection of IKEv2."""
    configuration = house.file("strongswan.conf", CHARON.format(folder=house.folder))
    connections = house.file("swanctl.conf", CONNECTION)
    settings = {"STRONGSWAN_CONF": str(configuration)}
    house.start("charon", "charon-systemd", env=settings)
    socket = house.folder / "vici"
    until = time.monotonic() + 10
    while not socket.exists() and time.monotonic() < until:
        time.sleep(0.05)
    load = ("swanctl", "--load-conns", "--file", str(connections), "--uri", f"unix://{socket}")
    run("env", f"STRONGSWAN_CONF={configuration}", *load)


def wrong_ones(house: House) -> None:
    """Start servers that reflect, cut short, answer another session, or speak of other things."""
    house.script("hostile", HOSTILE_SERVER)
    for port in HOSTILE:
        house.wait(port)


def sstp(house: House) -> None:
    """Start a stand-in that answers as [MS-SSTP] says; no real server of SSTP is in Debian's."""
    house.script("sstp", SSTP_STAND_IN)
    house.wait(SSTP_PORT)


def _until(house: House, name: str, words: str) -> None:
    until = time.monotonic() + 15
    while words not in house.logs[name].read_text(errors="replace"):
        if time.monotonic() > until:
            raise TimeoutError(house.logs[name].read_text(errors="replace")[-800:])
        time.sleep(0.05)
