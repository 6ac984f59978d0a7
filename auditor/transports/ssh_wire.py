"""What is read before anyone is trusted: the banner and the key exchange, both bounded.

paramiko reads a banner line and a packet however long they are, byte by byte if need be. Here the
banner is looked at on the raw socket first, and no packet is larger than OpenSSH's own limit.
"""

import logging
import re
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol, cast

from paramiko import Channel, Message, SSHException, Transport
from paramiko.common import MSG_KEXINIT
from paramiko.packet import Packetizer

from auditor import guard
from auditor.transports.ssh_stages import FAULTS, Progress, Stage

BANNER_WAIT_S = 10.0
KEX_WAIT_S = 15.0
_PEEKED = 4096
"""OpenSSH accepts lines before its version; all of them together may be this long."""
_LONGEST_LINE = 255
_LARGEST_PACKET = 256 * 1024
_COOKIE_BYTES = 16
_LOOK_AGAIN_S = 0.02
_VERSION = re.compile(rb"(?:[^\n]*\n)*?SSH-(2\.0|1\.99)-[ -~]{0,240}\r?\n")
_FOREIGN_VERSION = re.compile(rb"(?:[^\n]*\n)*?SSH-[ -~]*\r?\n")

_KEX = ("curve25519-sha256@libssh.org",)
_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
_DIGESTS = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com")
MODERN = frozenset({*_KEX, *_CIPHERS})
"""What is offered first. The exchange with a post-quantum part comes later: it triples the cost
on our side and on theirs (shared measurements in docs)."""

# the tool reports failures itself; without a handler paramiko's would go to standard error
logging.getLogger("paramiko").addHandler(logging.NullHandler())
_LAST_WORDS_S = 2.0


class Stream(Protocol):
    """What a session runs over: the gate's connection, or one that a bastion made for us."""

    def close(self) -> None:
        """Close it."""

    def shutdown(self, how: int, /) -> None:
        """End what is under way."""


class Connection(Stream, Protocol):
    """A connection of the gate's, as far as its banner is looked at."""

    def settimeout(self, value: float | None, /) -> None:
        """Bound each wait."""

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Read, or look."""


class Forwarded:
    """A bastion's channel as a stream. It closes quietly: the bastion may be gone already."""

    def __init__(self, channel: Channel) -> None:
        """Stand before `channel`."""
        self._channel = channel

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - everything else is the channel's
        """Be the channel in all other things."""
        return getattr(self._channel, name)

    def shutdown(self, how: int, /) -> None:
        """End what is under way."""
        self._channel.shutdown(how)

    def close(self) -> None:
        """Close; paramiko calls this from a thread whose exceptions nobody could catch."""
        with suppress(OSError, EOFError, SSHException):
            self._channel.close()


class NotSsh(SSHException):
    """What stands in place of a banner."""


def check_banner(stream: Connection, progress: Progress) -> None:
    """Look at the banner and leave it in the socket for paramiko.

    Raises `NotSsh`, `EOFError` (closed), `TimeoutError`, `OSError`.
    """
    progress.stage = Stage.BANNER
    end = time.monotonic() + progress.deadline.left(BANNER_WAIT_S)
    seen = b""
    while (left := end - time.monotonic()) > 0:
        stream.settimeout(left)
        peeked = stream.recv(_PEEKED, socket.MSG_PEEK)
        if not peeked:
            raise EOFError
        if _VERSION.match(peeked):
            return
        if _FOREIGN_VERSION.match(peeked) or len(peeked) >= _PEEKED or _is_binary(peeked):
            message = f"no SSH 2 banner: {peeked[:60]!r}"
            raise NotSsh(message)
        if peeked == seen:  # the rest is on its way, or the other side has closed half-way
            time.sleep(_LOOK_AGAIN_S)
        seen = peeked
    raise TimeoutError


def _is_binary(text: bytes) -> bool:
    return b"\0" in text or len(text.partition(b"\n")[0]) > _LONGEST_LINE


class _BoundedPacketizer(Packetizer):
    """Reads no line and no packet beyond its bound. The bastion's channels have no other check.

    Remembers which key exchanges the server offered: paramiko forgets the one in use.
    """

    offered: tuple[str, ...] = ()

    def read_message(self) -> tuple[int, Message]:
        kind, message = super().read_message()
        if kind == MSG_KEXINIT:
            lists = Message(message.asbytes())
            lists.get_bytes(_COOKIE_BYTES)
            self.offered = tuple(lists.get_list())
        return kind, message

    def readline(self, timeout: float) -> str:
        self.start_handshake(timeout)  # one clock for the banner and the exchange after it
        line = bytearray()
        while not line.endswith(b"\n"):
            if len(line) > _LONGEST_LINE:
                message = "no SSH 2 banner: line too long"
                raise NotSsh(message)
            try:
                line += self.read_all(1)
            except EOFError:
                message = "Timeout" if self.handshake_timed_out() else "EOF"
                raise SSHException(message) from None
        return line.strip(b"\r\n").decode("ascii", "replace")

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:  # noqa: FBT001, FBT002 - paramiko's signature
        if n > _LARGEST_PACKET:
            message = f"a packet of {n} bytes"
            raise SSHException(message)
        return super().read_all(n, check_rekey)


def negotiate(stream: Stream, kinds: tuple[str, ...], progress: Progress) -> Transport:
    """Exchange keys over a socket (or a channel) whose banner is still unread.

    `kinds` are types of host key that are known and therefore wanted. The transport is closed when
    the deadline passes. Raises one of `FAULTS`.
    """
    progress.stage = Stage.KEX
    transport = Transport(cast("Channel", stream), packetizer_class=_BoundedPacketizer)
    progress.deadline.closes(lambda: shut(transport, stream))
    transport.banner_timeout = transport.handshake_timeout = progress.deadline.left(KEX_WAIT_S)
    options = transport.get_security_options()
    options.kex = _first(_KEX, options.kex)
    options.ciphers = _first(_CIPHERS, options.ciphers)
    options.digests = _first(_DIGESTS, options.digests)
    options.key_types = _first(_signatures(kinds), options.key_types)
    try:
        with guard.on_machine():
            transport.start_client(timeout=progress.deadline.left(KEX_WAIT_S))
        if not transport.initial_kex_done:
            raise TimeoutError
    except FAULTS:
        shut(transport, stream)
        if not transport.remote_version:
            progress.stage = Stage.BANNER
        raise
    return transport


def shut(transport: Transport, stream: Stream) -> None:
    """Close a transport from outside, whoever waits on it."""
    with suppress(OSError, EOFError):  # closed already by the other side
        stream.shutdown(socket.SHUT_RDWR)
    with suppress(OSError, EOFError):  # its last words could not be sent
        transport.close()
    transport.packetizer.complete_handshake()  # its clock would tick on in a thread of its own
    transport.join(_LAST_WORDS_S)  # what lies under it may be closed next


def negotiated(transport: Transport) -> dict[str, object]:
    """Return the algorithms in use, for the record. Closed words of SSH, bounded."""
    offered = getattr(transport.packetizer, "offered", ())
    agreed = (name for name in transport.get_security_options().kex if name in offered)
    chosen = {
        "kex": next(agreed, ""),  # the client's first choice that the server offers (RFC 4253, 7.1)
        "cipher": transport.local_cipher,
        "mac": "" if "gcm" in transport.local_cipher else transport.local_mac,
        "host_key": transport.host_key_type,
        "server": transport.remote_version[:_LONGEST_LINE],
    }
    return {**chosen, "is_modern": {chosen["kex"], chosen["cipher"]} <= MODERN}


def _first(wanted: tuple[str, ...], offered: Sequence[str]) -> tuple[str, ...]:
    """Put what is wanted first and keep the rest: old servers choose from it."""
    possible = tuple(name for name in wanted if name in offered)
    return (*possible, *(name for name in offered if name not in possible))


def _signatures(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the signature algorithms of key types: RSA keys sign with either SHA-2."""
    rsa = ("rsa-sha2-512", "rsa-sha2-256")
    return tuple(name for kind in kinds for name in (rsa if kind == "ssh-rsa" else (kind,)))
