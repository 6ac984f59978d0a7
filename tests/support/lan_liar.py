"""A machine that lies to everybody: announcements that point outside, at tenants and at nobody.

`python lan_liar.py INTERFACE ADDRESS`; ends when it is killed.
"""

import socket
import struct
import sys
import time

import dns.message
import dns.rrset

OUTSIDE = ("203.0.113.10", "10.52.0.10", "10.50.0.200", "8.8.8.8")
NOBODY = "10.50.0.98"
NAME = "<script>alert(1)</script>.local."


def mdns() -> bytes:
    """Claim addresses of others, under a name full of markup."""
    answer = dns.message.make_response(dns.message.make_query(NAME, "A", id=0))
    answer.answer = [
        dns.rrset.from_text(NAME, 120, "IN", "A", *OUTSIDE, NOBODY, sys.argv[2]),
        dns.rrset.from_text("a.local.", 120, "IN", "AAAA", "2001:db8::1", "ff02::1", "::1"),
    ]
    return answer.to_wire()


def ssdp() -> bytes:
    """Offer a description outside."""
    lines = ("NOTIFY * HTTP/1.1", "NT: upnp:rootdevice", f"LOCATION: http://{OUTSIDE[0]}/x", "", "")
    return "\r\n".join(lines).encode()


def dhcp(address: str) -> bytes:
    """Ask for an address outside; name a server outside."""
    head = struct.pack("!BBBB4s24s6s202s", 1, 1, 6, 0, b"abcd", b"", b"\x02\0\0\0\0\x09", b"")
    wanted = socket.inet_aton(address)
    return head + bytes.fromhex("63825363") + b"\x35\x01\x03\x32\x04" + wanted + b"\xff"


def main() -> None:
    """Send all of it, five times a second."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        opened.setsockopt(socket.SOL_SOCKET, 25, sys.argv[1].encode())  # SO_BINDTODEVICE
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(sys.argv[2]))
        opened.bind((sys.argv[2], 5353))
        while True:
            for group, port, content in (
                ("224.0.0.251", 5353, mdns()),
                ("239.255.255.250", 1900, ssdp()),
                *(("255.255.255.255", 67, dhcp(address)) for address in OUTSIDE),
                ("224.0.0.251", 5353, b"\xff" * 60),
            ):
                opened.sendto(content, (group, port))
            time.sleep(0.2)


if __name__ == "__main__":
    main()
