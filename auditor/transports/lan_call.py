"""One conversation on one connection: bytes from a socket into a talk, and back."""

import socket
import struct
import time

from auditor.lan.errands import Errand, Spoken, Tls
from auditor.lan.keeping import MOST_TURNS, TALK
from auditor.lan.talk import NOTHING, Ask, Conversation, Peer, Said, Talk
from auditor.scope import Gate
from auditor.transports.lan_tls import Layer

_CHUNK = 16384
_GOODBYE = struct.pack("ii", 0, 0)
_SEGMENT = 1400
_ACKNOWLEDGED = 2
"""Packets that the system may send for what it received: counted afterwards, so rather too many."""

_WHOLE_S = 12.0
"""No conversation lasts longer, however slowly the other side drips."""


class Call:
    """A connection being made, then a talk on it. `over` once there is nothing left to do."""

    def __init__(self, gate: Gate, opened: socket.socket, errand: Errand, within_s: float) -> None:
        """Watch a connection that was begun."""
        self.socket = opened
        self.errand = errand
        self.is_open = False
        self.over = False
        self.refused = False
        self.said: Said = NOTHING
        self.tls: Tls | None = None
        self.spoken: list[Spoken] = []
        self.deadline = time.monotonic() + within_s
        self._end = self.deadline
        self._gate = gate
        self._talk: Talk | None = None
        self._ask = Ask()
        self._heard = bytearray()
        self._out = b""
        self._layer: Layer | None = None
        self._ended = False
        self._turns = 0

    @property
    def wants_to_write(self) -> bool:
        """Whether the selector should wait for room to write."""
        return not self.is_open or bool(self._out)

    def connected(self) -> int:
        """Return 0 once the connection stands, else the error number that it failed with."""
        failed = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failed == 0:
            self.is_open = True
            if self.socket.type == socket.SOCK_STREAM:  # say goodbye instead of hanging up
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _GOODBYE)
        return failed

    def begin(self, name: str, conversation: Conversation) -> None:
        """Start to talk; the record of what is spoken begins with the conversation's name."""
        self.spoken.append({TALK: name})
        self._end = time.monotonic() + _WHOLE_S
        self._talk = conversation(Peer(self.errand.address, self.errand.port))
        self._turn(None)

    def writable(self) -> None:
        """Send what is waiting."""
        self._flush()

    def readable(self) -> None:
        """Read what came and go on when it is enough."""
        try:
            received = self.socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            received = b""  # a reset says no more than an end
            self.refused = isinstance(error, ConnectionRefusedError)
        self._gate.spent(_ACKNOWLEDGED)
        if not received:
            self._ended = True
            self._conclude()
            return
        if self._layer is not None:
            received = self._layer.feed(received)
            self._out += self._layer.outgoing()
            self._flush()
        self._heard += received
        if self._ask.tls:
            self._shaken()
        elif self._heard and (
            len(self._heard) >= self._ask.at_most or self._ask.enough(bytes(self._heard))
        ):
            self._turn(bytes(self._heard))

    def late(self) -> None:
        """Make do with what came until the deadline."""
        self._conclude()

    def close(self) -> None:
        """End the connection."""
        if self._talk is not None:
            self._talk.close()
        self.socket.close()

    def _conclude(self) -> None:
        self._turn(b"" if self._ask.tls else bytes(self._heard))

    def _shaken(self) -> None:
        layer = self._layer
        if layer is None or layer.failed:
            self._turn(b"")
        elif layer.ready:
            self.tls = layer.shown(self._gate.now())
            self._turn(b"tls")

    def _turn(self, heard: bytes | None) -> None:
        """Give the talk its answer, and carry out what it asks next."""
        if self._talk is None or self.over:
            self.over = True
            return
        if heard is not None:
            self.spoken.append({"heard": bytes(heard[: self._ask.at_most]).hex()})
            heard = heard[: self._ask.at_most]
        self._heard.clear()
        self._turns += 1
        try:
            self._ask = next(self._talk) if heard is None else self._talk.send(heard)
        except StopIteration as ended:
            self.said = ended.value
            self.over = True
            return
        if self._turns > MOST_TURNS or (self._ended and heard == b"" and self._turns > 1):
            self._give_up()
            return
        self._carry_out()

    def _give_up(self) -> None:
        """Let the talk conclude from silence: every further question stays unanswered."""
        talk = self._talk
        self.over = True
        for _turn in range(MOST_TURNS):
            if talk is None:
                return
            try:
                talk.send(b"")
            except StopIteration as ended:
                self.said = ended.value
                return

    def _carry_out(self) -> None:
        self.deadline = min(time.monotonic() + self._ask.within_s, self._end)
        if self._ended:
            self._give_up()
        elif self._ask.tls:
            self._layer = Layer(self.errand.name or None)
            self._layer.shake()
            self._out += self._layer.outgoing()
            self._flush()
        elif self._ask.send:
            self.spoken.append({"sent": self._ask.send.hex()})
            if self._layer is None:
                self._out += self._ask.send
            else:
                self._layer.wrap(self._ask.send)
                self._out += self._layer.outgoing()
            self._flush()

    def _flush(self) -> None:
        if not self._out or self._ended:
            return
        self._gate.spent(1 + len(self._out) // _SEGMENT)
        try:
            sent = self.socket.send(self._out)
        except BlockingIOError:
            return
        except OSError:
            self._out = b""  # the end shows itself when reading
            return
        self._out = self._out[sent:]
