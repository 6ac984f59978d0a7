"""Where a login goes: the parts of `ssh://user@host:port` and `winrm://user@host:port`."""

from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from auditor.model import Target

PORTS = MappingProxyType({"ssh": 22, "winrm": 5985})
"""Schemes that log in to a machine, and their usual ports."""

SECRET_IN_ENVIRONMENT = "env"  # noqa: S105 - the name of a place, no secret
SECRET_IN_KEYRING = "keyring"  # noqa: S105 - the same
SECRET_IN_FILE = "file"  # noqa: S105 - the same
POSIX, WINDOWS = "posix", "windows"
PLATFORMS = (POSIX, WINDOWS)


@dataclass(frozen=True, slots=True)
class Login:
    """Who to be on which port of which machine. `host` is a name or an address, lower-case."""

    user: str
    host: str
    port: int

    @property
    def place(self) -> str:
        """The machine as failures name it: `host:port`, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def known_as(self) -> str:
        """The machine as a known_hosts file spells it: the usual port is left out."""
        return self.host if self.port == PORTS["ssh"] else f"[{self.host}]:{self.port}"


def login_of(url: str) -> Login:
    """Return the parts of a URL with a scheme of `PORTS`; `user` is empty where none is named.

    Raises `ValueError` for a URL with no host, an impossible port, or anything beyond the port.
    """
    parts = urlsplit(url)
    if not parts.hostname or parts.path not in {"", "/"} or parts.query or parts.fragment:
        message = f"{url}: expected {parts.scheme}://user@host:port"
        raise ValueError(message)
    return Login(parts.username or "", parts.hostname, parts.port or PORTS[parts.scheme])


def route(target: Target, targets: tuple[Target, ...]) -> tuple[Target, ...]:
    """Return the bastions on the way to a target, nearest first, and the target itself.

    Raises `ValueError` for a `via` that names nothing or leads in a circle.
    """
    by_name = {item.name: item for item in targets}
    way = [target]
    while way[0].via:
        step = by_name.get(way[0].via)
        if step is None or step.name in {item.name for item in way}:
            message = f"{target.name}: via {way[0].via}"
            raise ValueError(message)
        way.insert(0, step)
    return tuple(way)
