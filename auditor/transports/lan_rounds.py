"""Asking many addresses over a few wires, again and again, while answers come in."""

import selectors
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import cycle, islice
from typing import NamedTuple, Protocol

from auditor.discovery.rounds import CHECKS, WITNESSES, is_enough
from auditor.discovery.sightings import Address
from auditor.errors import CannotMeasure
from auditor.model import Failure

_LEAST_GAP_S, _MOST_GAP_S, _FIRST_GAP_S = 0.1, 1.0, 0.3
_PATIENT = 4
_CHECK_AFTER = 2


class Wire(Protocol):
    """Something that asks one address at a time."""

    def ask(self, address: Address) -> None:
        """Send one question. Raises `CannotMeasure`, `OSError`."""

    def fileno(self) -> int:
        """Let a selector wait for answers."""


class Question(NamedTuple):
    """An address and where to ask for it."""

    wire: Wire
    address: Address


class Rounds:
    """Asks in rounds; `hear` reads what came in on a wire and returns the addresses that answered.

    Between two questions to one address lies a gap, four times the slowest answer so far.
    """

    def __init__(self, wires: Sequence[Wire], hear: Callable[[Wire], Iterable[Address]]) -> None:
        """Ask nothing yet."""
        self._selector = selectors.DefaultSelector()
        for wire in wires:
            self._selector.register(wire, selectors.EVENT_READ)
        self._hear = hear
        self._asked_at: dict[Address, float] = {}
        self._slowest_s: float | None = None
        self.answered: set[Address] = set()
        self.sent: Counter[str] = Counter()
        self._replies: Counter[Address] = Counter()

    @property
    def asked(self) -> frozenset[Address]:
        """All addresses asked so far."""
        return frozenset(self._asked_at)

    def ask(self, questions: Iterable[Question]) -> None:
        """Ask until nobody can reasonably be missing. Raises `CannotMeasure`."""
        silent = list(questions)
        witnesses: list[Question] = []
        new_by_round: list[int] = []
        while silent:
            before = silent
            began = time.monotonic()
            self._ask_all(silent)
            # answers to a long round have come in while it lasted; those of its end may come late
            self.listen(began + self._gap_s() - time.monotonic())
            silent = [q for q in before if q.address not in self.answered]
            witnesses += [q for q in before if q.address in self._replies]
            new_by_round.append(len(before) - len(silent))
            due: Counter[Address] = Counter()
            if self._is_worth_a_check(new_by_round, len(silent), len(witnesses)):
                due = self._ask_again(witnesses)
            elif not is_enough(new_by_round):
                continue
            self.listen(self._gap_s())
            late = [q for q in silent if q.address in self.answered]
            if not late and all(self._replies[a] >= count for a, count in due.items()):
                return
            silent = [q for q in silent if q.address not in self.answered]
            new_by_round[-1] += len(late)

    def _ask_all(self, questions: Sequence[Question]) -> None:
        lost = [error for question in questions if (error := self._ask(question)) is not None]
        if len(lost) == len(questions):
            raise CannotMeasure(Failure.UNREACHABLE, f"nothing could be sent: {lost[0]}")

    @staticmethod
    def _is_worth_a_check(new_by_round: list[int], silent: int, witnesses: int) -> bool:
        """Whether a proof that nothing is lost costs less than the third round that it saves."""
        nothing_new = len(new_by_round) == _CHECK_AFTER and not new_by_round[-1]
        return nothing_new and witnesses >= WITNESSES and silent > CHECKS

    def _ask_again(self, witnesses: Sequence[Question]) -> Counter[Address]:
        """Ask those who have answered; return how many answers each owes on a clean line."""
        chosen = list(islice(cycle(witnesses), CHECKS))
        due = Counter({q.address: self._replies[q.address] for q in chosen})
        due.update(q.address for q in chosen)
        self._ask_all(chosen)
        return due

    def _ask(self, question: Question) -> OSError | None:
        try:
            question.wire.ask(question.address)
        except CannotMeasure as refusal:
            if refusal.failure is not Failure.OUT_OF_SCOPE:
                raise
            self.answered.add(question.address)  # nobody to wait for
            return None
        except OSError as error:  # a full queue or no route: as good as lost on the way
            return error
        self.sent[type(question.wire).__name__] += 1
        self._asked_at[question.address] = time.monotonic()
        self._read(0)
        return None

    def listen(self, seconds: float) -> None:
        """Hear what comes in for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    def _read(self, seconds: float) -> None:
        for key, _events in self._selector.select(seconds):
            for address in self._hear(key.fileobj):  # type: ignore[arg-type]  # a wire was registered
                self._replies[address] += 1
                asked_at = self._asked_at.get(address)
                if asked_at is None or address in self.answered:
                    continue
                self.answered.add(address)
                took_s = time.monotonic() - asked_at
                self._slowest_s = max(self._slowest_s or 0.0, took_s)

    def _gap_s(self) -> float:
        if self._slowest_s is None:
            return _FIRST_GAP_S
        return min(_MOST_GAP_S, max(_LEAST_GAP_S, _PATIENT * self._slowest_s))

    def close(self) -> None:
        """Stop waiting; the wires are closed by who opened them."""
        self._selector.close()
