"""What a rule answers: met, failed, or left to people. What was not read is raised instead."""

from dataclasses import dataclass
from typing import NoReturn

from auditor.errors import CannotMeasure
from auditor.model import Failure


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `reason` is a code of the catalogue; `observed` holds facts, no sentences."""

    is_met: bool | None
    observed: str
    reason: str = ""
    evidence: tuple[str, ...] = ()


def met(observed: str, *evidence: str, reason: str = "") -> Answer:
    """Say that the measure is proven to be carried out."""
    return Answer(True, observed, reason, evidence)  # noqa: FBT003 - the field's name is the word


def failed(observed: str, *evidence: str, reason: str = "") -> Answer:
    """Say that the measure is proven not to be carried out."""
    return Answer(False, observed, reason, evidence)  # noqa: FBT003 - the same


def ask(reason: str, observed: str, *evidence: str) -> Answer:
    """Leave it to people, although everything was read that the rule asks for."""
    return Answer(None, observed, reason, evidence)


def not_permitted(what: str) -> NoReturn:
    """Give up because the account may not look."""
    raise CannotMeasure(Failure.PERMISSION_DENIED, what)


def not_told(what: str) -> NoReturn:
    """Give up because the machine does not say."""
    raise CannotMeasure(Failure.UNPARSABLE, what)
