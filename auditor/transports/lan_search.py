"""A search for machines: own segments by ARP and neighbour discovery, others by ICMP and TCP."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

from auditor.discovery import announcements, frames, targets, veils
from auditor.discovery.hosts import crowded, proxied
from auditor.discovery.sightings import Address, Discovered, How, Sighting
from auditor.links import Link, own_addresses
from auditor.model import Method
from auditor.scope import Gate
from auditor.transports import neighbours
from auditor.transports.lan_book import Book
from auditor.transports.lan_rounds import Question, Rounds, Wire
from auditor.transports.lan_tcp import TcpSearch
from auditor.wires import EchoWire, LinkWire, can_send_frames

_MOST_S = 480
"""Time to spend on asking; networks that would take longer at the authorised rate are named."""

_ARP_BY_THE_SYSTEM = 3
_MOST_CANDIDATES = 4096
_DERIVING_ROUNDS = 2


class Search:
    """One discovery. `run` does everything; what it learns on the way only adds questions."""

    def __init__(self, gate: Gate, networks: Sequence[str], links: Sequence[Link]) -> None:
        """Plan, and send nothing. `networks` are the scope's."""
        self._gate, self._links = gate, links
        self._own = own_addresses()  # the system answers for those of a link that is down as well
        self._book = Book(gate, Method.DISCOVERY)
        plugged = [i.network for link in links for i in link.interfaces]
        parts = targets.split(networks, plugged)
        self._parts, self._unswept = targets.affordable(parts, gate.packets_per_second * _MOST_S)
        self._candidates: dict[Address, LinkWire] = {}
        self._veiled: set[Address] = set()

    def run(self, listen_s: float) -> Discovered:
        """Search. Raises `CannotMeasure` where the scope allows no discovery now."""
        started = time.monotonic()
        self._note_self()
        with ExitStack() as stack:
            wires = self._link_wires(stack)
            rounds = Rounds(wires, self._hear)
            stack.callback(rounds.close)
            table = neighbours.table()
            for known in table or ():
                self._remember(known, wires)
            if wires:
                self._ask_link(wires, rounds)
            else:
                for network in self._parts.on_link:
                    self._ask_by_tcp(list(self._others(network)), extra=_ARP_BY_THE_SYSTEM)
            self._ask_routed(stack)
            rounds.listen(listen_s - (time.monotonic() - started))
            if wires:
                self._ask_derived(wires, rounds)
            self._confirm(stack)
            self._note_table()
        return Discovered(
            sightings=self._book.all(),
            has_raw=bool(wires),
            on_link=tuple(map(str, self._parts.on_link)),
            routed=tuple(map(str, self._parts.routed)),
            unswept=self._unswept,
            veiled=self._veils(),
            without_table=table is None,
            sent=dict(rounds.sent),
        )

    def _note_self(self) -> None:
        macs = {
            ip_address(i.ip.packed): frames.mac_text(link.mac)
            for link in self._links
            for i in link.interfaces
        }
        for address in self._own:
            if any(address in network for part in self._parts for network in part):
                self._book.add(Sighting(address, How.SELF, time.time(), macs.get(address)))

    def _link_wires(self, stack: ExitStack) -> list[LinkWire]:
        """Open a wire on each link that holds a part of the scope; none without the right."""
        wires: list[LinkWire] = []
        if not can_send_frames():
            return wires
        for link in self._links:
            if not any(self._is_on(link, network) for network in self._parts.on_link):
                continue
            try:
                wire = LinkWire(self._gate, link, Method.DISCOVERY)
            except PermissionError:
                return []
            wires.append(stack.enter_context(closing(wire)))
        return wires

    def _is_on(self, link: Link, network: targets.Network) -> bool:
        return any(
            i.network.version == network.version and i.network.overlaps(network)
            for i in link.interfaces
        )

    def _others(self, network: targets.Network) -> Iterator[Address]:
        """Yield the addresses to ask on an own segment: nobody's own, no broadcast of a link."""
        nobody = set(self._own)
        for link in self._links:
            for interface in link.interfaces:
                if interface.version == 4 and interface.network.prefixlen < 31:  # noqa: PLR2004
                    nobody |= {
                        interface.network.broadcast_address,
                        interface.network.network_address,
                    }
        for address in targets.addresses(network):
            if address not in nobody and self._gate.covers(address, Method.DISCOVERY):
                yield address

    def _ask_link(self, wires: Sequence[LinkWire], rounds: Rounds) -> None:
        for wire in wires:
            wire.ask_everybody()
        questions = [
            Question(wire, address)
            for network in self._parts.on_link
            for wire in wires
            if self._is_on(wire.link, network) and self._can_ask(wire, network)
            for address in self._others(network)
        ]
        rounds.ask(questions)
        self._ask_derived(wires, rounds)

    @staticmethod
    def _can_ask(wire: LinkWire, network: targets.Network) -> bool:
        return network.version == 4 or wire.link.link_local is not None  # noqa: PLR2004 - IPv4

    def _ask_derived(self, wires: Sequence[LinkWire], rounds: Rounds) -> None:
        """Ask what was announced, overheard, remembered, or follows from a MAC."""
        for _round in range(_DERIVING_ROUNDS):
            self._derive(wires)
            fresh = [
                Question(wire, address)
                for address, wire in list(self._candidates.items())
                if address not in rounds.asked and self._can_ask(wire, _alone(address))
            ]
            if not fresh:
                return
            rounds.ask(fresh)

    def _derive(self, wires: Sequence[LinkWire]) -> None:
        ends = [s.address for s in self._book.all() if isinstance(s.address, IPv6Address)]
        ends += [a for a in self._candidates if isinstance(a, IPv6Address)]
        macs = list(self._book.macs())
        wanted = [part for part in self._parts.on_link if isinstance(part, IPv6Network)]
        for wire in wires:
            for interface in wire.link.interfaces:
                network = interface.network
                if not isinstance(network, IPv6Network):
                    continue
                if not any(part.overlaps(network) for part in wanted):
                    continue
                made = [targets.from_mac(mac, network) for mac in macs]
                made += [targets.with_same_end(end, network) for end in ends]
                for address in made:
                    if address is not None:
                        self._suggest(address, wire)

    def _suggest(self, address: Address, wire: LinkWire) -> None:
        if (
            len(self._candidates) < _MOST_CANDIDATES
            and address not in self._own
            and self._gate.covers(address, Method.DISCOVERY)
        ):
            self._candidates.setdefault(address, wire)

    def _remember(self, known: Sighting, wires: Sequence[LinkWire]) -> None:
        """Take a neighbour of the system's table: a memory, and somebody to ask."""
        if self._book.add(known):
            for wire in wires:
                if known.address.is_link_local or any(
                    known.address in i.network for i in wire.link.interfaces
                ):
                    self._suggest(known.address, wire)

    def _hear(self, wire: Wire) -> Iterator[Address]:
        """Read frames; yield the addresses that answered us."""
        if not isinstance(wire, LinkWire):
            return
        for frame, at in wire.heard():
            heard = frames.neighbour(frame, wire.link.mac)
            if heard is not None:
                kind = How.ARP if heard.address.version == 4 else How.NEIGHBOUR_DISCOVERY  # noqa: PLR2004
                if not heard.is_answer:
                    self._suggest(heard.address, wire)
                elif self._book.add(Sighting(heard.address, kind, at, heard.mac)):
                    yield heard.address
                continue
            datagram = frames.datagram(frame)
            if datagram is not None:
                for sighting in announcements.read(datagram, at):
                    if sighting.mac is None or self._book.add(sighting):
                        self._suggest(sighting.address, wire)

    def _ask_routed(self, stack: ExitStack) -> None:
        self._ask_by_ip(
            stack,
            [
                address
                for network in self._parts.routed
                for address in targets.addresses(network)
                if address not in self._own and self._gate.covers(address, Method.DISCOVERY)
            ],
        )

    def _ask_by_ip(self, stack: ExitStack, addresses: Sequence[Address], extra: int = 0) -> None:
        """Ask by ICMP echo, and those who stay silent by TCP."""
        for version in (4, 6):
            mine = [address for address in addresses if address.version == version]
            if not mine:
                continue
            try:
                wire = EchoWire(self._gate, version, Method.DISCOVERY, extra=extra)
            except OSError:  # no right to it: TCP alone, as the limitation says
                self._ask_by_tcp(mine, extra)
                continue
            stack.callback(wire.close)
            echoed = self._echoes(wire, mine)
            hidden = veils.spoken_for(mine, echoed, veils.SPEAKING)
            self._veiled |= hidden
            for address in echoed.keys() - hidden:
                self._book.add(Sighting(address, How.ICMP, echoed[address]))
            self._ask_by_tcp([a for a in mine if a in hidden or a not in echoed], extra)

    def _echoes(self, wire: EchoWire, addresses: Sequence[Address]) -> dict[Address, float]:
        found: dict[Address, float] = {}

        def hear(_wire: Wire) -> Iterator[Address]:
            for echoed in wire.heard():
                if self._gate.covers(echoed.address, Method.DISCOVERY):
                    found[echoed.address] = echoed.at
                    yield echoed.address

        rounds = Rounds((wire,), hear)
        try:
            rounds.ask(Question(wire, address) for address in addresses)
        finally:
            rounds.close()
        return found

    def _ask_by_tcp(self, addresses: Sequence[Address], extra: int = 0) -> None:
        """Ask by TCP. Where all refuse alike, only an open port tells a machine from a firewall."""
        tcp = TcpSearch(self._gate, Method.DISCOVERY, extra=extra)
        answers = tcp.ask(addresses)
        quiet = [a for a in addresses if a not in answers or not answers[a].is_open]
        refusing = veils.spoken_for(quiet, answers, veils.REFUSING)
        opened = tcp.ask(refusing, refusals_count=False)
        answers.update(opened)
        accepting = {address for address, answer in answers.items() if answer.is_open}
        hidden = refusing - opened.keys()
        hidden |= veils.spoken_for(addresses, accepting, veils.SPEAKING)
        self._veiled |= hidden
        for address in answers.keys() - hidden:
            self._book.add(Sighting(address, How.TCP, answers[address].at))

    def _veils(self) -> tuple[str, ...]:
        """Name the segments where something answers for everybody."""
        alive = self._book.answered - proxied(self._book.all())
        return veils.named(self._veiled - alive, (*self._parts.on_link, *self._parts.routed))

    def _confirm(self, stack: ExitStack) -> None:
        """Let those for whom a suspiciously busy MAC spoke answer for themselves."""
        doubtful = {a for addresses in crowded(self._book.all()).values() for a in addresses}
        self._ask_by_ip(stack, sorted(doubtful, key=int), extra=1)  # its ARP before the first

    def _note_table(self) -> None:
        """Read what the system learned meanwhile; only machines that it confirmed count."""
        for known in neighbours.table() or ():
            self._book.add(known)


def _alone(address: Address) -> targets.Network:
    return ip_network(str(address))
