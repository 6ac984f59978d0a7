"""What there is to tell, and what became of it in each channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from auditor.model import Text
from auditor.model.alerts import AlertKind, DeliveryState, Severity

Identity = tuple[AlertKind, str, str]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that is worse than it was, or will be.

    `key` and `instance` are the tool's own and leave it never: the same thing has the same key, and
    another instance of it is told anew. A higher `rank` is worse. `subject` may be sent: an
    indicator, or a kind of thing. `text` is one sentence, as it is sent.
    """

    kind: AlertKind
    site: str
    key: str
    instance: str
    rank: int
    severity: Severity
    subject: str
    text: Text
    since: datetime
    run_id: str = ""

    @property
    def identity(self) -> Identity:
        """What is the same thing from one look to the next."""
        return (self.kind, self.key, self.instance)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so now. Of kinds that are not `complete`, what is not found may still be so."""

    found: tuple[Occasion, ...]
    complete: frozenset[AlertKind]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert in one channel. `at` is when it was tried last; `wait_until` when to try again."""

    state: DeliveryState = DeliveryState.HELD
    attempts: int = 0
    at: datetime | None = None
    wait_until: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """An occasion that was noted, with its deliveries by channel. `number` is the store's."""

    occasion: Occasion
    noted_at: datetime
    number: int = 0
    cured_at: datetime | None = None
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)
