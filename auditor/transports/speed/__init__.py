"""The backends of a speed test: who moves the bytes. What they mean is `auditor.internet`.

One module for each member of `SpeedBackend`, named like it with underscores, imported when it is
first needed. Each has a function `backend()` that returns a `Backend`.
"""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, cast

from auditor.internet.causes import Cause, NoSample
from auditor.internet.transfer import Order, Transfer
from auditor.internet.vocabulary import MetricClass
from auditor.model import SpeedBackend, SpeedServer, Text
from auditor.scope import Connection as Connection  # for the backends, which make no socket


@dataclass(frozen=True, slots=True)
class Datagrams:
    """A way for datagrams to one port. `send` must not be used faster than every `pace_s`."""

    connection: Connection
    send: Callable[[bytes], object]
    pace_s: float


@dataclass(frozen=True, slots=True)
class Terms:
    """What using a public service means; shown, with the data volume, before its first use."""

    text: Text
    url: str


class Dial(Protocol):
    """The way to a server. Everything passes the scope's gate, as a speed test."""

    def tcp(self, host: str, port: int, *, ip_version: int, timeout_s: float) -> Connection:
        """Connect; the socket blocks with that time limit.

        Raises `NoSample`: DNS_FAIL, NO_NETWORK, CONNECT_FAIL, OUT_OF_SCOPE or NOT_AUTHORISED.
        """

    def udp(self, host: str, port: int, *, ip_version: int) -> Datagrams:
        """Open a way for datagrams; nothing is sent. Raises `NoSample` as `tcp` does."""

    def tls(self, raw: Connection, host: str, ca_file: str) -> Connection:
        """Wrap a connection in TLS with verification; `ca_file` is as the site file names it.

        Closes `raw` and raises `NoSample` TLS_FAIL when the certificate or the handshake is bad.
        """


@dataclass(slots=True)
class Watch:
    """What goes on beside a transfer: `tick` is called ten times a second while payload flows.

    A backend that cannot call it leaves the instrument with before and after. `payload_bytes` is
    what has been moved by then.
    """

    payload_bytes: int = 0
    ticks: list[int] = field(default_factory=list)

    def tick(self, t_ms: int) -> None:
        """Note that payload is flowing, `t_ms` after its start."""
        self.ticks.append(t_ms)


class Backend(Protocol):
    """One way to measure."""

    @property
    def id(self) -> SpeedBackend:
        """Its name in site files and records."""

    @property
    def version(self) -> int:
        """Changes whenever the same line would give another number."""

    @property
    def terms(self) -> Terms | None:
        """The terms of its public service; None where every server is an operator's own."""

    def metric_class(self, server: SpeedServer, country: str) -> MetricClass:
        """Say what kind of quantity samples of this server are.

        `country` is where the server said it stands, or what the site file says; "" unknown.
        """

    def run(self, order: Order, dial: Dial, watch: Watch) -> Transfer:
        """Move payload in one direction and return the raw counts.

        One thread, no new threads (`auditor.guard`), sockets from `dial` only, every loop and read
        bounded, at most `order.duration_s` + 20 s in all. Raises `NoSample`; whatever a server
        answers is data and must never raise anything else.
        """


def backend_of(name: SpeedBackend) -> Backend:
    """Return the backend of that name. Raises `NoSample` while this version has none."""
    module = f"auditor.transports.speed.{name.replace('-', '_')}"
    if importlib.util.find_spec(module) is None:
        raise NoSample(Cause.TOOL_MISSING, f"{name} is not in this version of the tool")
    return cast("Backend", importlib.import_module(module).backend())
