"""Asking one database of the centre: one login, aggregates, and how it is kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from auditor.errors import CannotMeasure
from auditor.model import Store, StoreEngine, StorePurpose
from auditor.scope import Gate
from auditor.stores.answer import Counts, StoreAnswer, StoreFault, StoreTrouble
from auditor.stores.counting import counted
from auditor.stores.keeping import answer_name, answer_written
from auditor.stores.times import moment
from auditor.transports.deadline import Deadline
from auditor.transports.exports import table_of
from auditor.transports.secrets import Secret, looked_up
from auditor.transports.stores_faults import trouble_of

if TYPE_CHECKING:  # asking a file does not need SQLAlchemy
    from auditor.transports.stores_visit import Visiting

_LOCKED = frozenset({StoreTrouble.AUTH_FAILED, StoreTrouble.NOT_PERMITTED})
_NOT_TRIED = frozenset(
    {
        *(StoreTrouble.OUT_OF_SCOPE, StoreTrouble.NOT_AUTHORISED),
        *(StoreTrouble.DRIVER_MISSING, StoreTrouble.SECRET_MISSING),
    }
)
_FILES = frozenset({StoreEngine.FILE, StoreEngine.SQLITE})


@dataclass(frozen=True, slots=True)
class Asking:
    """What asking rests on. One database takes `seconds` at most, whatever it does."""

    gate: Gate
    folder: Path
    timezone: str
    keep: Callable[[str, bytes], None]
    seconds: float = 30.0

    def ask(self, store: Store) -> StoreAnswer:
        """Ask one database. Never raises for what a server, a driver or a file does."""
        answer, said = StoreAnswer(self.gate.now()), list[str]()
        zone = ZoneInfo(store.timezone or self.timezone)
        with Deadline(self.seconds) as deadline:
            if store.engine is StoreEngine.FILE:
                answer = self._of_file(store, answer, zone)
            else:
                answer = self._of_server(store, answer, zone, deadline, said)
        self.keep(answer_name(store), answer_written(store, answer, said))
        return answer

    def _of_file(self, store: Store, answer: StoreAnswer, zone: ZoneInfo) -> StoreAnswer:
        try:
            counts = counted(table_of(self.folder / store.file), store, zone)
        except (CannotMeasure, StoreFault) as error:
            return replace(answer, is_reachable=False, trouble=trouble_of(error, is_late=False))
        return replace(answer, is_reachable=True, counts=counts)

    def _of_server(
        self,
        store: Store,
        answer: StoreAnswer,
        zone: ZoneInfo,
        deadline: Deadline,
        said: list[str],
    ) -> StoreAnswer:
        try:
            from auditor.transports.stores_visit import Visiting  # noqa: PLC0415 - loads SQLAlchemy
        except ImportError:
            return replace(answer, trouble=StoreTrouble.DRIVER_MISSING)
        visiting = Visiting(store, self.gate, self.folder, deadline, zone, said)
        try:
            with visiting.logged_in(store.user, self.secret_of(store)) as visit:
                answer = replace(
                    answer,
                    is_reachable=True,
                    tls_version=visit.session.tls_version,
                    is_certificate_checked=visit.session.is_certificate_checked,
                )
                answer = replace(answer, counts=_read(visit.counts(), zone))
                answer = replace(answer, can_write=visit.can_write())
        except visiting.errors as error:
            return self._failed(answer, error, deadline)
        if store.purpose is StorePurpose.IP_AND_MODELS and store.engine not in _FILES:
            answer = replace(answer, is_locked=self._is_locked(store, visiting, deadline))
        return answer

    def secret_of(self, store: Store) -> Secret | None:
        """Look up the password, if this engine has one. Raises `CannotMeasure`."""
        is_needed = store.engine not in _FILES and store.password_from
        return looked_up(store.password_from, self.gate) if is_needed else None

    def _failed(self, answer: StoreAnswer, error: BaseException, deadline: Deadline) -> StoreAnswer:
        why = trouble_of(error, is_late=deadline.has_passed)
        if answer.is_reachable:
            return replace(answer, trouble=why)
        is_plain = why in {StoreTrouble.TLS_REFUSED, StoreTrouble.CLEAR_PASSWORD}
        return replace(
            answer,
            trouble=why,
            is_reachable=None if why in _NOT_TRIED else False,
            tls_version="" if is_plain else None,
        )

    def _is_locked(self, store: Store, visiting: "Visiting", deadline: Deadline) -> bool | None:
        """Whether the records are refused to somebody without a password: one attempt, no guess."""
        if not store.password_from:
            return False  # it was just read without one
        if store.engine is StoreEngine.SQLSERVER:
            return None  # has no login without a name and a password to try
        user = store.user if store.engine is StoreEngine.POSTGRESQL else ""
        try:
            with visiting.logged_in(user, None) as visit:
                visit.may_read()
        except visiting.errors as error:
            refused = trouble_of(error, is_late=deadline.has_passed) in _LOCKED
            return True if refused else None
        return False


def _read(counts: Counts, zone: ZoneInfo) -> Counts:
    return replace(counts, newest=moment(counts.newest, zone))
