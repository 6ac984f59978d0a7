"""A login, hop by hop: connection, banner, key exchange, host key, authentication."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from paramiko import Transport

from auditor.errors import CannotMeasure
from auditor.logins import Login, login_of, route
from auditor.model import Failure, Method, Target
from auditor.scope import Gate
from auditor.transports import Context
from auditor.transports.known_hosts import HostKey, KnownHosts, Standing, load
from auditor.transports.slots import SLOTS
from auditor.transports.ssh_auth import authenticate
from auditor.transports.ssh_stages import FAULTS, Progress, Stage
from auditor.transports.ssh_wire import Forwarded, Stream, check_banner, negotiate, negotiated, shut

_CONNECT_WAIT_S = 10.0
_FORWARD_WAIT_S = 15.0


@dataclass(frozen=True, slots=True)
class Session:
    """An authenticated connection and what was agreed on every hop to it, as JSON."""

    transport: Transport
    agreed: bytes


@contextmanager
def session(target: Target, context: Context, progress: Progress) -> Iterator[Session]:
    """Log in to a target, through its bastions. Raises `CannotMeasure`; nothing stays open."""
    known = load()
    agreed: list[dict[str, object]] = []
    with ExitStack() as held:
        transport: Transport | None = None
        for hop in _way(target, context):
            login = login_of(hop.url)
            progress.place = login.place
            failure: CannotMeasure | None = None
            try:
                with _slot(login, progress):
                    transport, stream = _connected(login, hop, transport, context, progress, known)
                    held.callback(shut, transport, stream)
                    facts = negotiated(transport)
                    by = authenticate(transport, login.user, hop, context, progress)
                key = presented(transport)
                facts |= {"place": login.place, "key": str(key), "user": login.user, "by": by}
                agreed.append(facts)
            except (CannotMeasure, *FAULTS) as error:
                failure = progress.ended(error)
            if failure is not None:  # raised here: no frame of the library travels with it
                raise failure
        if transport is None:
            message = "a way has at least the target itself"
            raise RuntimeError(message)
        yield Session(transport, json.dumps(agreed, sort_keys=True, indent=1).encode())


def _way(target: Target, context: Context) -> tuple[Target, ...]:
    try:
        return route(target, context.site.targets)
    except ValueError as error:
        raise CannotMeasure(Failure.UNREACHABLE, f"tcp: {error}") from error


@contextmanager
def _slot(login: Login, progress: Progress) -> Iterator[None]:
    progress.stage = Stage.SLOT
    with SLOTS.held(login.place, progress.deadline.left()):
        yield


def _connected(  # noqa: PLR0913, PLR0917 - the parts of one hop
    login: Login,
    hop: Target,
    behind: Transport | None,
    context: Context,
    progress: Progress,
    known: KnownHosts,
) -> tuple[Transport, Stream]:
    """Reach one machine and make sure that it is the right one."""
    stream = stream_to(login, behind, context.gate, progress)
    try:
        kinds = tuple(key.kind for key in known.keys(login.known_as))
        transport = negotiate(stream, kinds, progress)
    except FAULTS:
        stream.close()
        raise
    try:
        _verify(presented(transport), login, hop, known, progress)
    except CannotMeasure:
        shut(transport, stream)
        raise
    return transport, stream


def stream_to(login: Login, behind: Transport | None, gate: Gate, progress: Progress) -> Stream:
    """Open a stream through the gate, or through a bastion to an address that the gate allows.

    Raises `CannotMeasure` or one of `FAULTS`.
    """
    if behind is not None:
        progress.stage = Stage.FORWARD
        address = str(gate.allow(login.host, Method.HOST_LOGIN)[0])
        channel = behind.open_channel(
            "direct-tcpip",
            (address, login.port),
            ("127.0.0.1", 0),
            timeout=progress.deadline.left(_FORWARD_WAIT_S),
        )
        return Forwarded(channel)
    progress.stage = Stage.TCP
    try:
        stream = gate.connect(
            login.host, login.port, Method.HOST_LOGIN, progress.deadline.left(_CONNECT_WAIT_S)
        )
    except CannotMeasure as error:
        raise CannotMeasure(error.failure, f"{Stage.TCP}: {error.detail}") from error
    try:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        check_banner(stream, progress)
    except FAULTS:
        stream.close()
        raise
    return stream


def presented(transport: Transport) -> HostKey:
    """Return the key that a machine proved to hold."""
    key = transport.get_remote_server_key()
    return HostKey(key.get_name(), key.asbytes())


def _verify(key: HostKey, login: Login, hop: Target, known: KnownHosts, progress: Progress) -> None:
    progress.stage = Stage.HOST_KEY
    if hop.host_key:
        if key.fingerprint != hop.host_key:
            raise progress.failure(
                Failure.HOST_KEY_CHANGED, f"shows {key}, the site file pins {hop.host_key}"
            )
        return
    standing = known.standing(login.known_as, key)
    if standing is Standing.UNKNOWN:
        raise progress.failure(
            Failure.AUTH_FAILED, f"unknown {key}; compare it, then `audit trust {hop.name}`"
        )
    if standing is not Standing.KNOWN:
        usual = ", ".join(map(str, known.keys(login.known_as)))
        raise progress.failure(
            Failure.HOST_KEY_CHANGED, f"shows {key} ({standing}), known: {usual}"
        )


def key_of(target: Target, context: Context, progress: Progress) -> HostKey:
    """Return the key that a machine shows, without logging in to it. Raises `CannotMeasure`.

    Bastions on the way are logged in to, and must be trusted already.
    """
    login = login_of(target.url)
    way = _way(target, context)
    with ExitStack() as held:
        behind = None
        if len(way) > 1:
            behind = held.enter_context(session(way[-2], context, progress)).transport
        progress.place = login.place
        failure = None
        try:
            stream = stream_to(login, behind, context.gate, progress)
            held.callback(stream.close)
            kinds = tuple(key.kind for key in load().keys(login.known_as))
            transport = negotiate(stream, kinds, progress)
            held.callback(shut, transport, stream)
            return presented(transport)
        except FAULTS as error:
            failure = progress.ended(error)
        raise failure
