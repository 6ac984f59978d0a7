"""Several visits spread over time: what may be concluded from them, and what not.

That something does not answer is concluded only from `ENOUGH` failed tries in each of which this
machine's own line was seen to work: by that very visit, or by another one in the same round.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

from auditor.addresses import is_public
from auditor.web.visit import Call, Trouble, Visit

ENOUGH = 3
OURS = frozenset(
    {
        *(Trouble.OUT_OF_SCOPE, Trouble.NOT_AUTHORISED, Trouble.NO_ADDRESS),
        *(Trouble.REDIRECT_OUTSIDE, Trouble.REDIRECT_LOOP),
        *(Trouble.SECRET_MISSING, Trouble.SECRET_UNPROTECTED),
    }
)
"""What another try would not change, and what says nothing about the other side."""

_OPEN = OURS | {Trouble.TLS_UNTRUSTED, Trouble.TLS_NOT_YET_VALID, Trouble.DNS_FAILED}
"""A browser, another authority file, a right clock or another resolver here might get through."""


@dataclass(slots=True)
class Tries:
    """The visits of one call in order; `proven` counts the failed ones beside a working line."""

    call: Call
    visits: list[Visit] = field(default_factory=list)
    proven: int = 0

    @property
    def last(self) -> Visit:
        """The visit that counts: the first that got through, or the last one."""
        return self.visits[-1]

    @property
    def is_reachable(self) -> bool | None:
        """Whether it answers; None where that was not seen and not disproved either."""
        if self.last.is_reachable:
            return True
        return False if self.proven >= ENOUGH and self.last.trouble not in _OPEN else None

    @property
    def attempts(self) -> int:
        """Visits that sent something or asked the resolver."""
        return sum(bool(visit.hops) for visit in self.visits)


def tried(
    visit: Callable[[Call], Visit],
    calls: Iterable[Call],
    *,
    rounds: int,
    pause_s: float,
    rest: Callable[[float], None],
) -> tuple[Tries, ...]:
    """Visit each call once, and what failed again in later rounds, with a rest between rounds.

    A later round begins with one that answered before, to see whether the line still works.
    """
    found = tuple(Tries(call) for call in calls)
    waiting: Sequence[Tries] = found
    for number in range(rounds):
        if number:
            waiting = [
                each
                for each in waiting
                if not each.last.is_reachable and each.last.trouble not in OURS
            ]
            if not waiting:
                break
            if pause_s:
                rest(pause_s)
        seen = [visit(call) for call in _controls(found, waiting)] if number else []
        for each in waiting:
            each.visits.append(visit(each.call))
            seen.append(each.last)
        _prove(waiting, seen)
    return found


def _controls(found: Sequence[Tries], waiting: Sequence[Tries]) -> list[Call]:
    """Choose one call for each side, Internet or own network, that answered before."""
    sides = {_is_outside(each.last) for each in waiting}
    chosen: dict[bool, Call] = {}
    for each in found:
        if each.visits and each.last.is_reachable:
            chosen.setdefault(_is_outside(each.last), each.call)
    return [call for side, call in chosen.items() if side in sides]


def _prove(waiting: Sequence[Tries], seen: Sequence[Visit]) -> None:
    working = {_is_outside(visit) for visit in seen if _has_connected(visit)}
    for each in waiting:
        if not each.last.is_reachable and (
            _has_connected(each.last) or _is_outside(each.last) in working
        ):
            each.proven += 1


def _has_connected(visit: Visit) -> bool:
    return any(hop.tcp_ms is not None for hop in visit.hops)


def _is_outside(visit: Visit) -> bool:
    """Whether the visit went, or would have gone, to the Internet."""
    last = visit.last
    return last is None or last.address is None or is_public(ip_address(last.address))
