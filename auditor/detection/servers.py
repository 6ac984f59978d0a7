"""Addresses that agents report to: reading them, and telling this machine from others."""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache

_URL = re.compile(r"^(?:(\w+)://)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?")


@dataclass(frozen=True, slots=True)
class Server:
    """Where reports go. `scheme` is tcp, short, udp or pull; empty when the product decides."""

    scheme: str
    host: str
    port: int | None


@lru_cache(maxsize=4096)
def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself; names other than localhost are taken as others."""
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return host.lower().rstrip(".") in {"localhost", "localhost.localdomain", ""}
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback or (mapped or address).is_unspecified


def parse_server(value: str) -> Server | None:
    """Read `scheme://host:port`; a bare IPv6 address is a host."""
    if value.count(":") > 1 and "://" not in value and not value.startswith("["):
        return Server("", value, None)
    scheme, rest = value.split("://", 1) if "://" in value else ("", value)
    if rest.count(":") > 1 and not rest.startswith("["):
        host, _, port = rest.rpartition(":")
        return Server(scheme, host, int(port)) if port.isdigit() else Server(scheme, rest, None)
    match = _URL.match(rest)
    if not match:
        return None
    return Server(scheme, match.group(2).strip("[]"), int(match.group(3) or 0) or None)


def same_address(one: str, other: str) -> bool:
    """Whether two spellings are one address, IPv4 inside IPv6 or not."""
    return one.removeprefix("::ffff:") == other.removeprefix("::ffff:")
