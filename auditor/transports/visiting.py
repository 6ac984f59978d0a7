"""Visits to web addresses by `platform_access`, each step of the way through the scope's gate."""

import errno
import socket
import ssl
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from auditor.addresses import Address, is_public
from auditor.errors import CannotMeasure
from auditor.lan.talk import clean
from auditor.model import Failure, Method
from auditor.moments import moment
from auditor.scope import Connection, Gate
from auditor.transports import secrets
from auditor.transports.visiting_http import Answer, get
from auditor.transports.visiting_kept import without
from auditor.transports.visiting_wire import (
    Cut,
    TlsWire,
    Wire,
    looked_at,
    trouble_of,
    trusting,
)
from auditor.web.page import signs
from auditor.web.place import Place, place_of
from auditor.web.visit import Call, Hop, TlsSeen, Trouble, Visit

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SERVER_ERROR = 500
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
_UNKNOWN = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_LEAST_S = 0.5


class _Stopped(Exception):
    """A visit went no further, for a reason."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.detail = detail


class _Reached(NamedTuple):
    """An open connection, and how long the steps to it took."""

    raw: Connection
    address: Address
    hop: Hop


class Visitor:
    """Makes visits. Names of files start at `folder`."""

    def __init__(self, gate: Gate, folder: Path) -> None:
        """Send nothing yet."""
        self._gate = gate
        self._folder = folder

    def visit(self, call: Call) -> Visit:
        """Read one address as `Web.visit` says. The secret is in nothing that is returned."""
        begun = moment(self._gate.now())
        made = _Made(self._gate, call)
        visit = Visit(call, begun, ())
        try:
            made.begin(self._folder)
            answer = made.follow()
        except _Stopped as stopped:
            visit = replace(visit, trouble=stopped.trouble, detail=stopped.detail)
        else:
            body = bytes(answer.body)
            visit = replace(
                visit,
                body=body,
                trouble=answer.trouble,
                detail=answer.detail,
                signs=signs(body),
            )
        visit = replace(visit, hops=tuple(made.hops))
        return visit if made.secret is None else without(visit, made.secret.reveal())


class _Made:
    """One visit while it is made."""

    def __init__(self, gate: Gate, call: Call) -> None:
        self._gate = gate
        self._call = call
        self._end = time.monotonic() + call.timeout_s
        self.secret: secrets.Secret | None = None
        self._context: ssl.SSLContext | None = None
        self.hops: list[Hop] = []

    def begin(self, folder: Path) -> None:
        """Prepare what may be missing on this side. Raises `_Stopped`."""
        if self._call.token_from:
            try:
                self.secret = secrets.looked_up(self._call.token_from, self._gate)
            except CannotMeasure as error:
                raise _Stopped(Trouble.SECRET_MISSING, error.detail) from error
            token = self.secret.reveal()
            if not (token.isascii() and token.isprintable() and token.strip() == token):
                detail = f"{self._call.token_from} holds what no HTTP header may"
                raise _Stopped(Trouble.SECRET_MISSING, detail)
        if not self._call.ca_file:
            return  # the system's authorities take long to read: only once a handshake needs them
        try:
            self._context = trusting(folder / self._call.ca_file)
        except OSError as error:  # ssl.SSLError is one
            why = error.strerror or type(error).__name__
            raise _Stopped(Trouble.TLS_FAILED, f"ca_file {self._call.ca_file}: {why}") from error

    def follow(self) -> Answer:
        """Go from place to place. Raises `_Stopped`; the hops until then are kept."""
        place = self._read(self._call.url)
        sends_secret = self.secret is not None
        seen = {place}
        before: Address | None = None
        while True:
            if sends_secret and not place.tls:
                raise _Stopped(Trouble.SECRET_UNPROTECTED, place.origin)
            answer, before = self._step(place, before, sends_secret=sends_secret)
            if answer.trouble or answer.status not in _REDIRECTS or not answer.location:
                return answer
            if self._call.follow == 0:
                return answer
            following = self._read(answer.location, place.url)
            if following in seen or len(seen) > self._call.follow:
                raise _Stopped(Trouble.REDIRECT_LOOP, following.shown)
            seen.add(following)
            if sends_secret and place.tls and not following.tls:
                raise _Stopped(Trouble.SECRET_UNPROTECTED, following.origin)
            sends_secret = sends_secret and following.origin == place.origin
            place = following

    def _read(self, url: str, base: str = "") -> Place:
        try:
            return place_of(urljoin(base, url))
        except ValueError as error:
            trouble = Trouble.REDIRECT_OUTSIDE if self.hops else Trouble.NOT_HTTP
            raise _Stopped(trouble, clean(str(error), 200)) from error

    def _step(
        self, place: Place, before: Address | None, *, sends_secret: bool
    ) -> tuple[Answer, Address]:
        reached = self._reach(place, before)
        with reached.raw:
            wire, hop = Wire(reached.raw, self._end), reached.hop
            if place.tls:
                wire, hop = self._shaken(reached, place)
            headers = {"Host": place.authority, **self._call.headers}
            if sends_secret and self.secret is not None:
                headers["Authorization"] = f"Bearer {self.secret.reveal()}"
            asked_at = time.monotonic()
            answer = get(wire, place.target, headers, self._call.most_bytes)
        first = answer.first_byte_at
        self.hops.append(
            replace(
                hop,
                first_byte_ms=None if first is None else _ms(asked_at, first),
                status=answer.status,
                headers=answer.headers,
            )
        )
        if answer.status is not None and answer.status >= _SERVER_ERROR:
            answer.trouble, answer.detail = Trouble.SERVER_ERROR, f"HTTP {answer.status}"
        return answer, reached.address

    def _reach(self, place: Place, before: Address | None) -> _Reached:
        started = time.monotonic()
        hop = Hop(place.shown)
        try:
            found = self._gate.allow(place.host, Method.PLATFORM_ACCESS)
        except CannotMeasure as error:
            if not self._is_scope(error):
                self.hops.append(hop)
            raise _Stopped(self._not_found(error), error.detail) from error
        hop = replace(hop, dns_ms=_ms(started, time.monotonic()))
        if before is not None and is_public(before) and not all(map(is_public, found)):
            # somebody outside may not send us to our own machines, whatever the scope allows us
            raise _Stopped(Trouble.REDIRECT_OUTSIDE, f"{place.origin}: leads inward")
        wanted = self._call.ip_version
        chosen = tuple(each for each in found if wanted in {None, each.version})
        if not chosen:
            self.hops.append(hop)
            raise _Stopped(Trouble.NO_ADDRESS, f"{place.host}: no IPv{wanted} address")
        return self._connected(place, chosen, hop)

    def _connected(self, place: Place, chosen: tuple[Address, ...], hop: Hop) -> _Reached:
        """Try the addresses one after the other, each with its share of the time that is left."""
        error = CannotMeasure(Failure.TIMEOUT, f"{place.origin}: no time left")
        for number, address in enumerate(chosen):
            left = self._end - time.monotonic()
            if left <= 0:
                break
            share = max(_LEAST_S, left / (len(chosen) - number))
            hop = replace(hop, address=str(address), ip_version=address.version)
            began = time.monotonic()
            try:
                raw = self._gate.connect(
                    place.host, place.port, Method.PLATFORM_ACCESS, share, (address,)
                )
            except CannotMeasure as failed:
                error = failed
                continue
            hop = replace(hop, tcp_ms=_ms(began, time.monotonic()))
            return _Reached(raw, address, hop)
        self.hops.append(hop)
        raise _Stopped(self._not_connected(error), error.detail)

    def _shaken(self, reached: _Reached, place: Place) -> tuple[Wire, Hop]:
        began = time.monotonic()
        context = self._context or trusting(None)
        try:
            wire = TlsWire(reached.raw, self._end, context, place.host)
        except (OSError, Cut) as error:
            trouble, detail = _tls_trouble(error)
            seen = None
            if isinstance(error, ssl.SSLError):
                reached.raw.close()
                seen = self._second_look(reached.address, place, trouble)
            if seen is not None and seen.problem is Trouble.TLS_OLD:
                trouble = Trouble.TLS_OLD
            self.hops.append(replace(reached.hop, tls=seen))
            raise _Stopped(trouble, detail) from error
        shaken = replace(reached.hop, tls_ms=_ms(began, time.monotonic()))
        return wire, replace(shaken, tls=wire.seen(self._gate.now()))

    def _second_look(self, address: Address, place: Place, problem: Trouble) -> TlsSeen | None:
        left = self._end - time.monotonic()
        if left <= 0:
            return None
        try:
            raw = self._gate.connect(
                place.host, place.port, Method.PLATFORM_ACCESS, left, (address,)
            )
            with raw:
                wire = Wire(raw, self._end)
                return looked_at(wire, place.host, problem, self._gate.now())
        except (OSError, CannotMeasure):
            return None  # the first look's trouble stands

    def _is_scope(self, error: CannotMeasure) -> bool:
        return error.failure in {Failure.NOT_AUTHORISED, Failure.OUT_OF_SCOPE}

    def _not_found(self, error: CannotMeasure) -> Trouble:
        if self._is_scope(error):
            if self.hops:
                return Trouble.REDIRECT_OUTSIDE
            return Trouble(error.failure.value)
        why = error.__cause__
        if isinstance(why, UnicodeError) or (
            isinstance(why, socket.gaierror) and why.errno in _UNKNOWN
        ):
            return Trouble.DNS_UNKNOWN
        return Trouble.DNS_FAILED

    def _not_connected(self, error: CannotMeasure) -> Trouble:
        if self._is_scope(error):
            return Trouble(error.failure.value)
        why = error.__cause__
        if isinstance(why, ConnectionResetError):
            return Trouble.RESET
        if isinstance(why, OSError) and why.errno in _NO_WAY:
            return Trouble.NO_ROUTE
        by_failure = {
            Failure.REFUSED: Trouble.REFUSED,
            Failure.TIMEOUT: Trouble.CONNECT_TIMEOUT,
        }
        return by_failure.get(error.failure, Trouble.NO_ROUTE)


def _tls_trouble(error: Exception) -> tuple[Trouble, str]:
    if isinstance(error, ssl.SSLError):
        detail = getattr(error, "verify_message", "") or error.reason or ""
        return trouble_of(error), clean(detail, 200)
    if isinstance(error, TimeoutError):
        return Trouble.SLOW, "no whole TLS handshake"
    return Trouble.RESET, "cut off inside the TLS handshake"


def _ms(begin: float, end: float) -> float:
    return round((end - begin) * 1000, 1)
