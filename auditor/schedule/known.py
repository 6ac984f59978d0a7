"""The plans that a store knows of, read from its history of jobs alone."""

import json
from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from auditor.errors import CannotPerform
from auditor.language import _
from auditor.model import Schedule, ScheduledJob
from auditor.model.schedule import Entry, Plan
from auditor.schedule.due import watched

_JOB = TypeAdapter(ScheduledJob)


def plans(history: Sequence[Entry], now: datetime) -> tuple[Plan, ...]:
    """Return what is watched, centre by centre, without windows and letters.

    Raises `CannotPerform` for a line that this version did not write.
    """
    found = []
    for centre in sorted({line.centre for line in history}):
        lines = watched([line for line in history if line.centre == centre], now).values()
        if not lines:
            continue
        try:
            told = [json.loads(line.reason) for line in lines]
            jobs = tuple(_JOB.validate_json(json.dumps(item["job"])) for item in told)
            site, timezone = str(told[-1]["site"]), str(told[-1]["timezone"])
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise CannotPerform(
                _("the history of jobs of {centre} cannot be read: {error}", centre=centre,
                  error=str(error).splitlines()[0])
            ) from error  # fmt: skip
        found.append(
            Plan(centre=centre, site=site, timezone=timezone, schedule=Schedule(jobs=jobs))
        )
    return tuple(found)
