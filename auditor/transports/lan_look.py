"""One look at the network: machines, their ports, devices' own reports; for the shared survey."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from auditor import ports
from auditor.canonical import dumps
from auditor.discovery.hosts import rows as host_rows
from auditor.discovery.sightings import Discovered
from auditor.lan.errands import Carrier, Errand, Outcome, State
from auditor.lan.survey import Agent, Survey
from auditor.model import Failure, Method, PortList, Row, Site
from auditor.network_rules import witness
from auditor.scope import Gate
from auditor.transports.lan_surroundings import surroundings
from auditor.transports.lan_sweep import Sweep
from auditor.transports.lan_vendors import table, vendors
from auditor.transports.snmp import PORT, agent

LONGEST_S = 600.0
"""How long the ports are asked at most; what is left is said to be not asked."""

_SNMP_LONGEST_S = 240.0
_SNMP_PATIENCE_S = 2.0


def look(seen: Discovered, site: Site, gate: Gate, keep: Callable[[str, bytes], object]) -> Survey:
    """Ask the machines seen; `keep` takes evidence by its name. Raises `CannotMeasure`."""
    found, at = tuple(host_rows(seen, site.devices)), datetime.now(UTC)
    sweep = Sweep(gate, Method.SERVICE_PROBES, time.monotonic() + LONGEST_S)
    outcomes = tuple(sweep.run(errands(found, site, ports.load())))
    agents = tuple(_agents(found, site, gate))
    keep("services", dumps({"at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "ports": _kept(outcomes)}))
    if agents:
        keep("snmp", dumps([asdict(told) for told in agents]))
    around = surroundings()
    keep("surroundings", dumps(asdict(around)))
    macs = [str(row["mac"]) for row in found if row["mac"]]
    searched = (*seen.on_link, *seen.routed)
    return Survey(
        found, outcomes, agents, around, at, seen.has_raw, searched, vendors(macs), table()
    )


def _agents(found: Iterable[Row], site: Site, gate: Gate) -> Iterator[Agent]:
    """Ask by SNMP where the site file names an account, and nowhere else; not for ever."""
    until = time.monotonic() + _SNMP_LONGEST_S

    def send(address: str, payload: bytes) -> bytes:
        return gate.exchange(
            address, PORT, Method.SERVICE_PROBES, payload, timeout_s=_SNMP_PATIENCE_S
        ).answer

    for address in asked(found):
        for access in site.network.snmp:
            if any(_holds(network, address) for network in access.networks):
                is_late = time.monotonic() > until
                late = Agent(address, failure=f"{Failure.TIMEOUT}: not asked")
                yield late if is_late else agent(address, access, send, gate)
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
