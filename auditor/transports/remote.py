"""Asking VPN endpoints and public addresses: one host at a time, every packet through the gate."""

import socket
import time
from collections.abc import Iterable
from dataclasses import asdict
from ipaddress import ip_address

from auditor.canonical import dumps
from auditor.lan.errands import Errand, Outcome
from auditor.model import Method, Row
from auditor.transports.files import opened
from auditor.transports.from_site import FromSite

_LONGEST_S = 120.0
_METHOD = Method.SERVICE_PROBES


class Reaching(FromSite):
    """What an access to the network needs to look at remote work."""

    def address_of(self, host: str) -> str:
        """Return the first address of a host, allowed for service probes. Raises."""
        return str(self._context.gate.allow(host, _METHOD)[0])

    def source_towards(self, address: str) -> str:
        """Return the address from which this machine reaches another; nothing is sent. Raises."""
        way, _said = self._context.gate.begin(
            ip_address(address), 443, _METHOD, packets=0, kind=socket.SOCK_DGRAM
        )
        with way:
            return str(way.getsockname()[0])

    def ask_ports(self, errands: Iterable[Errand]) -> tuple[Outcome, ...]:
        """Hold conversations as the survey of the network does; keep all of them. Raises."""
        from auditor.transports.lan_sweep import Sweep  # noqa: PLC0415 - loads TLS

        wanted = tuple(errands)
        sweep = Sweep(self._context.gate, _METHOD, time.monotonic() + _LONGEST_S)
        outcomes = {outcome.errand: outcome for outcome in sweep.run(wanted)}
        kept = [
            {
                "address": errand.address,
                "port": errand.port,
                "state": outcomes[errand].state.value,
                "attempts": outcomes[errand].attempts,
                "spoken": list(outcomes[errand].spoken),
                "tls": asdict(told) if (told := outcomes[errand].tls) else None,
            }
            for errand in wanted
        ]
        for host in sorted({errand.address for errand in wanted}):
            mine = [item for item in kept if item["address"] == host]
            ports = "+".join(str(item["port"]) for item in mine)
            self._captures.content(f"ports {host} {ports}", dumps(mine))
        return tuple(outcomes[errand] for errand in wanted)

    def seen_outside(self) -> tuple[Row, ...]:
        """Return the rows of the centre's runs from outside its network. Raises."""
        from auditor.other_runs import (  # noqa: PLC0415 - loads the record's reader
            LARGEST_RECORD,
            rows_of_run,
        )

        wanted = self.site.remote_work
        rows: list[Row] = []
        for name in wanted.outside_runs if wanted else ():
            with opened(self._context.site_folder / name) as file:
                content = file.read(LARGEST_RECORD + 1)
            rows += rows_of_run(content, name, self.site.centre.name, "remote_work")
            self._captures.content(f"other run {name}", content)
        return tuple(rows)
