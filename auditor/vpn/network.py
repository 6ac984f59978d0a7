"""What the probe of remote work is given."""

from collections.abc import Iterable
from typing import Protocol

from auditor.lan.errands import Errand, Outcome
from auditor.model import Method, Row, Site
from auditor.probing import Exchange


class RemoteNetwork(Protocol):
    """VPN endpoints and public addresses of the centre, each asked through the scope."""

    @property
    def site(self) -> Site:
        """Where they are declared."""

    def address_of(self, host: str) -> str:
        """Return the address that stands for a host, if service probes may reach it. Raises."""

    def source_towards(self, address: str) -> str:
        """Return the address from which this machine would reach another. Raises."""

    def exchange_datagram(
        self, host: str, port: int, method: Method, payload: bytes, *, timeout_s: float
    ) -> Exchange:
        """Send one UDP datagram as `Network.exchange_datagram` does. Raises."""

    def ask_ports(self, errands: Iterable[Errand]) -> tuple[Outcome, ...]:
        """Hold the conversations of some errands; return an outcome for each, in order. Raises."""

    def seen_outside(self) -> tuple[Row, ...]:
        """Return this probe's rows in the centre's runs from outside. Raises `CannotMeasure`."""
