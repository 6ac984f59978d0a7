"""Many ports of many machines at once, in one thread, every packet through the gate.

A port that stays silent is tried again, longer each time: only so does a lost packet lose no
service. A machine that never answered on any port is not tried the last time. No machine has more
than a few connections open at once, and the ports of one machine are spread over the whole sweep.
"""

import contextlib
import errno
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from auditor.errors import CannotMeasure
from auditor.lan.conversations import DATAGRAMS, STREAMS
from auditor.lan.errands import Carrier, Errand, Outcome, State
from auditor.lan.keeping import concluded
from auditor.model import Failure, Method
from auditor.scope import Gate
from auditor.transports.lan_call import Call

PATIENCE_S = (0.8, 1.6, 3.2)
"""How long each attempt waits. The kernel repeats its SYN after 1 s and 3 s: packets that count."""

_REPEATED = (0, 1, 2)
_MOST_OPEN = 384
_MOST_OPEN_EACH = 6
_BURST = 16
_HANDSHAKE = 3
"""Packets of an opened connection beyond its first: the acknowledgement, and both of its end."""

_WINDOWS_GOING_ON = getattr(errno, "WSAEWOULDBLOCK", -1)
_GOING_ON = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK, _WINDOWS_GOING_ON})
_REFUSALS = frozenset(
    {errno.ECONNREFUSED, errno.ECONNRESET, errno.EPIPE, getattr(errno, "WSAECONNREFUSED", -1)}
)


@dataclass(slots=True)
class _Visit:
    """An errand under way: which attempt, and which conversations are still to be held."""

    errand: Errand
    attempt: int = 0
    is_open: bool = False
    ask: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    outcome: Outcome | None = None


class Sweep:
    """Carries out errands and yields an outcome for each, in the order in which they end."""

    def __init__(self, gate: Gate, method: Method, until: float) -> None:
        """Go through `gate` for `method`, until the monotonic time `until`."""
        self._gate = gate
        self._method = method
        self._until = until
        self._waiting: dict[str, deque[_Visit]] = {}
        self._ring: deque[str] = deque()
        self._open: dict[str, int] = {}
        self._calls: dict[Call, _Visit] = {}
        self._answered: set[str] = set()
        self._selector = selectors.DefaultSelector()
        self._done: deque[Outcome] = deque()

    def run(self, errands: Iterable[Errand]) -> Iterator[Outcome]:
        """Carry out all errands. Raises `CannotMeasure` when the letter does not allow it."""
        for errand in errands:
            self._enqueue(_Visit(errand, ask=errand.ask, also=errand.also))
        with self._selector, contextlib.ExitStack() as stack:
            stack.callback(self._close_all)
            while self._waiting or self._calls:
                if time.monotonic() > self._until:
                    yield from self._left()
                    return
                self._start_some()
                self._wait()
                self._expire()
                while self._done:
                    yield self._done.popleft()
            yield from self._done

    def _enqueue(self, visit: _Visit) -> None:
        address = visit.errand.address
        if address not in self._waiting:
            self._waiting[address] = deque()
            self._ring.append(address)
        self._waiting[address].append(visit)

    def _start_some(self) -> None:
        """Begin a few connections, machine by machine; the gate waits when the rate is used up."""
        begun = 0
        for _address in range(len(self._ring)):
            if begun >= _BURST or len(self._calls) >= _MOST_OPEN:
                return
            address = self._ring.popleft()
            queue = self._waiting[address]
            if self._open.get(address, 0) < _MOST_OPEN_EACH:
                self._start(queue.popleft())
                begun += 1
            if queue:
                self._ring.append(address)
            else:
                del self._waiting[address]

    def _start(self, visit: _Visit) -> None:
        errand, attempt = visit.errand, visit.attempt
        is_stream = errand.carrier is Carrier.TCP
        kind = socket.SOCK_STREAM if is_stream else socket.SOCK_DGRAM
        address = ip_address(errand.address)
        packets = 1 + (_REPEATED[attempt] if is_stream else 0)
        try:
            opened, said = self._gate.begin(
                address, errand.port, self._method, packets=packets, kind=kind
            )
        except CannotMeasure as refusal:
            if refusal.failure is not Failure.OUT_OF_SCOPE:
                raise
            self._done.append(Outcome(errand, State.NOT_ASKED))  # a zone's witness, say
            return
        if said not in _GOING_ON:
            opened.close()
            self._answered |= {errand.address} if said in _REFUSALS else set()
            self._missed(visit, closed=said in _REFUSALS)
            return
        call = Call(self._gate, opened, errand, PATIENCE_S[attempt])
        self._calls[call] = visit
        self._open[errand.address] = self._open.get(errand.address, 0) + 1
        self._selector.register(opened, selectors.EVENT_READ | selectors.EVENT_WRITE, call)

    def _wait(self) -> None:
        if not self._calls:
            return
        nearest = min(call.deadline for call in self._calls)
        idle_s = max(0.0, min(nearest - time.monotonic(), 0.2))
        can_start = self._ring and len(self._calls) < _MOST_OPEN
        for key, events in self._selector.select(0.001 if can_start else idle_s):
            call: Call = key.data
            if call.is_open:
                if events & selectors.EVENT_WRITE:
                    call.writable()
                if events & selectors.EVENT_READ:
                    call.readable()
            else:
                self._connected(call)
            self._look_at(call)

    def _connected(self, call: Call) -> None:
        visit = self._calls[call]
        failed = call.connected()
        if failed:
            self._drop(call)
            self._answered |= {call.errand.address} if failed in _REFUSALS else set()
            self._missed(visit, closed=failed in _REFUSALS)
            return
        if visit.errand.carrier is Carrier.TCP:
            visit.is_open = True
            self._gate.spent(_HANDSHAKE)
            self._answered.add(call.errand.address)
        if visit.ask or visit.also:
            conversations = STREAMS if visit.errand.carrier is Carrier.TCP else DATAGRAMS
            name = (visit.ask or visit.also)[0]
            call.begin(name, conversations[name])
        else:
            call.over = True

    def _look_at(self, call: Call) -> None:
        """Go on after something happened on a connection."""
        if call not in self._calls:
            return
        if call.over:
            visit = self._calls[call]
            self._drop(call)
            self._talked(visit, call)
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if call.wants_to_write else 0)
        if self._selector.get_key(call.socket).events != events:
            self._selector.modify(call.socket, events, call)

    def _expire(self) -> None:
        now = time.monotonic()
        for call in [call for call in self._calls if call.deadline <= now]:
            if call.is_open:
                call.late()
                self._look_at(call)
            else:
                visit = self._calls[call]
                self._drop(call)
                self._missed(visit, closed=False)

    def _missed(self, visit: _Visit, *, closed: bool) -> None:
        """Try again where silence may be loss; a port that was open once stays open."""
        if visit.is_open:
            self._settle(visit, State.OPEN)
        elif closed:
            self._settle(visit, State.CLOSED)
        elif visit.attempt + 1 < len(PATIENCE_S) - (visit.errand.address not in self._answered):
            visit.attempt += 1
            self._enqueue(visit)
        else:
            self._settle(visit, State.SILENT)

    def _talked(self, visit: _Visit, call: Call) -> None:
        before = visit.outcome or Outcome(visit.errand, State.OPEN)
        said, is_stream = call.said, visit.errand.carrier is Carrier.TCP
        if not is_stream and not said.protocol:
            self._missed(visit, closed=call.refused)
            return
        asked_last = len(visit.ask) <= 1
        visit.outcome = Outcome(
            visit.errand,
            State.OPEN,
            before.said.joined(said),
            before.tls or call.tls,
            (*before.spoken, *call.spoken),
        )
        if visit.ask:
            visit.ask = () if said.protocol else visit.ask[1:]
        else:
            visit.also = visit.also[1:]
        if (visit.ask and not asked_last) or visit.also:
            self._enqueue(visit)
        else:
            self._settle(visit, State.OPEN)

    def _settle(self, visit: _Visit, state: State) -> None:
        before = visit.outcome or Outcome(visit.errand, state)
        said = concluded(visit.errand, state, before.said, attempts=visit.attempt + 1)
        self._done.append(
            Outcome(visit.errand, state, said, before.tls, before.spoken, visit.attempt + 1)
        )

    def _drop(self, call: Call) -> None:
        self._selector.unregister(call.socket)
        call.close()
        del self._calls[call]
        self._open[call.errand.address] -= 1

    def _left(self) -> Iterator[Outcome]:
        """Say of what there was no time for that it was not asked; what was open stays open."""
        yield from self._done
        for visit in [*self._calls.values(), *(v for q in self._waiting.values() for v in q)]:
            state = State.OPEN if visit.is_open else State.NOT_ASKED
            yield visit.outcome or Outcome(visit.errand, state)

    def _close_all(self) -> None:
        for call in list(self._calls):
            self._drop(call)
