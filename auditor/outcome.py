"""Whatever goes wrong in one measurement, or in reading it again, becomes data."""

from collections.abc import Callable
from typing import TypeVar

from auditor.columns import printable
from auditor.errors import CannotMeasure
from auditor.model import Failure, NotMeasured

Result = TypeVar("Result")


def as_data(act: Callable[[], Result]) -> Result | NotMeasured:
    """Do something, and turn whatever goes wrong into a result."""
    try:
        return act()
    except CannotMeasure as error:
        return NotMeasured(failure=error.failure, detail=printable(error.detail))
    except Exception as error:  # noqa: BLE001 - the one place where a bug becomes data
        detail = printable(f"{type(error).__name__}: {error}")
        return NotMeasured(failure=Failure.INTERNAL_ERROR, detail=detail)
