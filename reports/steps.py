"""The plan of what to do, as rows: first things first, as `audit remedy` lists them."""

from auditor import remedy
from auditor.model import AuditRecord, Site
from auditor.remedy import Option, Step

from .clean import clipped, visible
from .view import StepRow
from .wording import Wording


def step_rows(
    record: AuditRecord, wording: Wording, site: Site | None = None
) -> tuple[StepRow, ...]:
    """Return the steps; who is responsible is known from a site file only."""
    found = remedy.steps(record, site)
    return tuple(_row(number, step, wording) for number, step in enumerate(found, start=1))


def _row(number: int, step: Step, wording: Wording) -> StepRow:
    first, *others = step.options
    do = wording.pick(first.do)
    return StepRow(
        number=str(number),
        do=do,
        effort=wording.pick(first.takes),
        command="" if first.command in do else visible(first.command),
        others=tuple(_other(option, wording) for option in others),
        indicators=tuple(map(visible, step.indicators)),
        closes=", ".join(map(visible, step.closes)),
        systems=tuple(map(wording.system, step.systems)),
        badge=wording.badges[step.verdict],
        responsible=clipped(step.responsible),
        ways=tuple((option.kind, wording.pick(option.name)) for option in step.options),
    )


def _other(option: Option, wording: Wording) -> str:
    told = wording.pick(option.do)
    return f"{told} ({wording.pick(option.takes)})" if option.takes.vi else told
