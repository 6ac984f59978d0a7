"""Catches what tries to pass around the gate: a Python audit hook for measuring threads.

Inside `probing(gate)` a thread can reach the network only through that gate, and can start
programs or threads only through a transport; it cannot even make a raw socket. Python 3.11 does not
announce new threads, so while anything is being measured, threads that neither measure nor are the
main one may not do so at all.
Whoever passes the gate says which host is meant, and the hook compares: a library that is led
elsewhere, by a redirect for example, is stopped as well.
The hook sees what Python code does; a C library that opens sockets itself is not seen, so a probe's
libraries are chosen with that in mind.
"""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from ipaddress import ip_address

from auditor.addresses import plain
from auditor.errors import CannotMeasure
from auditor.model import Failure

_NEW_THREAD = "_thread.start_new_thread"
_NEW_SOCKET, _BIND = "socket.__new__", "socket.bind"
_AF_PACKET = getattr(socket, "AF_PACKET", None)
_KIND = 0xF
"""The kind of a socket without the flags that Linux puts beside it."""

_NETWORK = frozenset(
    {
        _BIND,
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyaddr",
        "socket.gethostbyname",
        "socket.getnameinfo",
        "socket.sendmsg",
        "socket.sendto",
    }
)
_TO_ADDRESS = frozenset({"socket.connect", "socket.sendmsg", "socket.sendto"})
_MACHINE = frozenset(
    {
        _NEW_THREAD,
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.startfile/2",
        "os.system",
        "pty.spawn",
        "subprocess.Popen",
    }
)


class _Thread(threading.local):
    """What this thread may do. `gate` is None in threads that do not measure.

    `to_network` are the hosts that it may reach; None: it may not even open a raw socket.
    """

    gate: object | None = None
    to_network: tuple[str, ...] | None = None
    to_machine: bool = False
    refused: CannotMeasure | None = None


_thread = _Thread()
_measuring: set[int] = set()
"""Threads inside `probing`, by identity; set operations are atomic."""


def _is_raw(_opened: object, family: object, kind: object, _protocol: object) -> bool:
    """Whether a new socket could send frames or packets of its own making."""
    return family == _AF_PACKET or (isinstance(kind, int) and kind & _KIND == socket.SOCK_RAW)


def _may_reach(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether this thread is passing the gate, and to that very host."""
    if _thread.to_network is None:
        return False
    if event in {_NEW_SOCKET, _BIND}:
        return True
    meant = arguments[-1] if isinstance(arguments[0], socket.socket) else arguments[0]
    host = meant[0] if isinstance(meant, tuple) else meant
    if event in _TO_ADDRESS and not isinstance(meant, tuple):
        return True  # a name in this machine's file system, or a socket connected before
    return isinstance(host, str) and _bare(host) in map(_bare, _thread.to_network)


def _bare(host: str) -> str:
    try:
        return str(plain(ip_address(host.partition("%")[0])))
    except ValueError:
        return host.lower()


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if not _measuring or not (event in _NETWORK or event in _MACHINE or event == _NEW_SOCKET):
        return
    if event == _NEW_SOCKET and not _is_raw(*arguments):
        return
    measures = _thread.gate is not None
    if not measures and threading.current_thread() is threading.main_thread():
        return
    if event in _NETWORK or event == _NEW_SOCKET:
        allowed = _may_reach(event, arguments)
    else:
        allowed = _thread.to_machine or (event == _NEW_THREAD and not measures)
    if not allowed:
        _thread.refused = CannotMeasure(
            Failure.OUT_OF_SCOPE, f"the probe tried {event} without passing the gate"
        )
        raise _thread.refused


_watch.__cantrace__ = True  # type: ignore[attr-defined] # or coverage cannot see a hook


@cache
def install() -> None:
    """Watch this process from now on. Audit hooks cannot be removed; one is enough."""
    sys.addaudithook(_watch)


@contextmanager
def probing(gate: object) -> Iterator[None]:
    """Measure in this thread, through `gate` only.

    Raises `CannotMeasure` at the end if something was refused and the probe hid it.
    """
    install()
    _thread.gate, _thread.refused = gate, None
    _measuring.add(threading.get_ident())
    try:
        yield
    finally:
        _thread.gate = None
        _measuring.discard(threading.get_ident())
    if _thread.refused is not None:
        raise _thread.refused


@contextmanager
def through(gate: object, *hosts: str) -> Iterator[None]:
    """Let this thread reach some hosts for a moment; for the gate itself.

    With no hosts: sockets in the file system, and raw sockets that are opened, not yet used.
    """
    if _thread.gate is not None and _thread.gate is not gate:
        _thread.refused = CannotMeasure(Failure.OUT_OF_SCOPE, "the probe brought a gate of its own")
        raise _thread.refused
    before, _thread.to_network = _thread.to_network, hosts
    try:
        yield
    finally:
        _thread.to_network = before


@contextmanager
def on_machine() -> Iterator[None]:
    """Let this thread start programs and threads for a moment; for the transports."""
    before, _thread.to_machine = _thread.to_machine, True
    try:
        yield
    finally:
        _thread.to_machine = before
