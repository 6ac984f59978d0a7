"""The machines of the lab, as hosts.yaml lists them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

HOSTS = Path(__file__).resolve().parent / "hosts.yaml"


@dataclass(frozen=True)
class Host:
    """One line of hosts.yaml."""

    name: str
    number: int
    layer: str = ""
    container: str = ""
    """Layer of a container that runs inside this machine."""
    host_key: str = "host"
    proc_options: str = "rw"
    fails_at: str = ""
    """Stage at which this machine misbehaves on purpose; empty: it behaves."""

    @property
    def is_bad(self) -> bool:
        """Misbehaves on purpose."""
        return bool(self.fails_at)

    @property
    def address(self) -> str:
        """The IPv4 address."""
        return f"10.99.0.{self.number}"

    @property
    def address6(self) -> str:
        """The IPv6 address."""
        return f"fd99::{self.number}"


def all_hosts() -> tuple[Host, ...]:
    """Give every machine of hosts.yaml."""
    listed = yaml.safe_load(HOSTS.read_text(encoding="utf-8"))
    return tuple(Host(**each) for each in listed)
