"""One survey of the network in a run, shared by every probe that reads it."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from auditor import ports
from auditor.canonical import dumps
from auditor.discovery.hosts import rows as host_rows
from auditor.discovery.sightings import Discovered
from auditor.lan.errands import Carrier, Errand, Outcome, State
from auditor.lan.survey import Agent, Survey
from auditor.model import Method, PortList, Row, Site
from auditor.network_rules import witness
from auditor.transports.files import opened
from auditor.transports.from_site import FromSite
from auditor.transports.lan_other_runs import LARGEST_RECORD, rows_of_run
from auditor.transports.lan_surroundings import surroundings
from auditor.transports.lan_sweep import Sweep
from auditor.transports.lan_vendors import table, vendors
from auditor.transports.memo import Kept
from auditor.transports.snmp import PORT, agent

LISTEN_S = 8.0
LONGEST_S = 600.0
"""How long the ports are asked at most; what is left is said to be not asked."""

_SNMP_PATIENCE_S = 2.0


class Surveying(FromSite):
    """What an access to the network needs to give the shared survey."""

    def discover(self, *, listen_s: float) -> Discovered:
        """Look for machines; the network access says how. Raises `CannotMeasure`."""
        raise NotImplementedError

    def survey(self) -> Survey:
        """Return machines, services and devices' reports: measured once, then the same for all.

        Needs an authorisation for discovery and for service probes. Raises `CannotMeasure`.
        """
        kept = self._context.shared.once("survey", self._look)
        self._captures.join(kept.captures)
        return kept.result

    def seen_elsewhere(self, probe: str) -> tuple[Row, ...]:
        """Return the rows that a probe gave in the centre's runs from other places. Raises."""
        rows: list[Row] = []
        for name in self.site.network.other_runs:
            path = self._context.site_folder / name
            with opened(path) as file:
                content = file.read(LARGEST_RECORD + 1)
            rows += rows_of_run(content, name, self.site.centre.name, probe)
            self._captures.content(f"other run {name}", content)
        return tuple(rows)

    def _look(self) -> Kept[Survey]:
        seen = self.discover(listen_s=LISTEN_S)
        found = tuple(host_rows(seen, self.site.devices))
        gate, at = self._context.gate, datetime.now(UTC)
        sweep = Sweep(gate, Method.SERVICE_PROBES, time.monotonic() + LONGEST_S)
        outcomes = tuple(sweep.run(errands(found, self.site, ports.load())))
        agents = tuple(self._agents(found))
        taken = {"at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "ports": _kept(outcomes)}
        self._captures.content("services", dumps(taken))
        if agents:
            self._captures.content("snmp", dumps([asdict(told) for told in agents]))
        around = surroundings()
        self._captures.content("surroundings", dumps(asdict(around)))
        macs = [str(row["mac"]) for row in found if row["mac"]]
        survey = Survey(found, outcomes, agents, around, at, seen.has_raw, vendors(macs), table())
        return Kept(survey, self._captures.taken)

    def _agents(self, found: Iterable[Row]) -> Iterator[Agent]:
        """Ask by SNMP where the site file names an account, and nowhere else."""

        def send(address: str, payload: bytes) -> bytes:
            return self._context.gate.exchange(
                address, PORT, Method.SERVICE_PROBES, payload, timeout_s=_SNMP_PATIENCE_S
            ).answer

        for address in asked(found):
            for access in self.site.network.snmp:
                if any(_holds(network, address) for network in access.networks):
                    yield agent(address, access, send, self._context.gate)
                    break


def errands(found: Iterable[Row], site: Site, chosen: PortList) -> list[Errand]:
    """Return every port of every machine, port by port, and the witnesses of the zones."""
    addresses = asked(found)
    wanted = [
        Errand(address, port.port, carrier, port.ask, port.also)
        for carrier, entries in ((Carrier.TCP, chosen.tcp), (Carrier.UDP, chosen.udp))
        for port in entries
        for address in addresses
    ]
    known = {(item.address, item.port) for item in wanted if item.carrier is Carrier.TCP}
    talks = {port.port: port for port in chosen.tcp}
    for zone in site.network.zones:
        for text in zone.witnesses:
            place = witness(text)
            if place is not None and place not in known:
                ask = talks[place[1]].ask if place[1] in talks else ()
                wanted.append(Errand(*place, ask=ask))
                known.add(place)
    return wanted


def asked(found: Iterable[Row]) -> list[str]:
    """Return the live addresses whose ports are asked.

    A link-local address is asked only where a machine has no other.
    """
    live = [row for row in found if row["is_alive"] is True]
    reachable = {row["mac"] for row in live if not _is_link_local(str(row["address"]))}
    return [
        str(row["address"])
        for row in live
        if not _is_link_local(str(row["address"])) or row["mac"] not in reachable
    ]


def _is_link_local(address: str) -> bool:
    return ip_address(address).is_link_local


def _holds(network: str, address: str) -> bool:
    return ip_address(address.partition("%")[0]) in ip_network(network)


def _kept(outcomes: Iterable[Outcome]) -> list[dict[str, object]]:
    """Write outcomes down in a stable order; ports that stayed closed by their number only."""
    return [
        {
            "address": outcome.errand.address,
            "port": outcome.errand.port,
            "transport": outcome.errand.carrier.value,
            "state": outcome.state.value,
            "attempts": outcome.attempts,
            **({"spoken": list(outcome.spoken)} if outcome.spoken else {}),
            **({"tls": asdict(outcome.tls)} if outcome.tls else {}),
        }
        for outcome in sorted(
            outcomes, key=lambda o: (o.errand.address, o.errand.carrier, o.errand.port)
        )
        if outcome.state is not State.NOT_ASKED
    ]
