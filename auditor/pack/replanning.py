"""What had to be measured again, from the sealed site file and the sealed criteria.

Without this, a centre that holds the key could leave a machine out of record, plan and evidence
alike, and every verdict would still follow.
"""

from collections import Counter
from collections.abc import Iterator

from auditor import __version__, clock, plan
from auditor.language import _
from auditor.model import AuditRecord, Site, Target
from auditor.moments import moment
from auditor.pack.comparing import short
from auditor.pack.container import Fault
from auditor.runfolder import RECORD
from auditor.targets import THIS_MACHINE, all_targets


def faults(record: AuditRecord, centre: Site) -> Iterator[Fault]:
    """Hold targets, plan, observations and times of a record against what they come from.

    A machine that the site file names, and an observation for each act of the plan, are asked of
    every version of the tool. The plan itself only of the same version: another may plan otherwise
    (see `notes`).
    """
    if record.centre != centre.centre.name:
        yield _unequal("centre", record.centre, centre.centre.name)
    known = {target.name: _recorded(target) for target in record.targets}
    for target in centre.targets or (THIS_MACHINE,):
        if known.get(target.name) != _recorded(target):
            yield Fault(
                RECORD, _("the site file names the target {name}, not so the record",
                          name=target.name)
            )  # fmt: skip
    for name in _twice(target.name for target in record.targets):
        yield Fault(RECORD, _("the target {name} stands twice", name=name))
    planned = [act.key for act in record.plan]
    if record.tool_version == __version__:
        for problem in _differences(record, centre, planned):
            yield Fault(RECORD, problem)
    yield from _unobserved(planned, [item.measurement.key for item in record.observations])
    yield from _times(record)


def _unobserved(planned: list[str], measured: list[str]) -> Iterator[Fault]:
    """Hold what was planned against what was observed, each as often."""
    if sorted(planned) == sorted(measured):
        return
    asked, seen = Counter(planned), Counter(measured)
    for key in sorted(asked - seen):
        yield Fault(RECORD, _("{key} was planned, but no observation of it is there", key=key))
    for key in sorted(seen - asked):
        yield Fault(RECORD, _("{key} was observed, but not planned", key=key))


def notes(record: AuditRecord, centre: Site) -> Iterator[str]:
    """Tell where this version of the tool would have planned otherwise than the sealing one."""
    if record.tool_version == __version__:
        return
    if any(_differences(record, centre, [act.key for act in record.plan])):
        yield _(
            "Version {old} planned other measurements than {new} does; whether it left one out"
            " cannot be told.",
            old=record.tool_version,
            new=__version__,
        )


def _differences(record: AuditRecord, centre: Site, planned: list[str]) -> Iterator[str]:
    """Say which targets and acts do not follow from the site file and the criteria."""
    targets = all_targets(centre)
    for name in sorted({t.name for t in record.targets} - {t.name for t in targets}):
        yield _("the record names the target {name}, not so the site file", name=name)
    derived = {act.key for act in plan.measurements(record.profile, centre, targets)}
    sealed = set(planned)
    for key in sorted(derived - sealed):
        yield _("{key} had to be planned after the site file and the criteria, and was not",
                key=key)  # fmt: skip
    for key in sorted(sealed - derived):
        yield _("{key} was planned, but does not follow from the site file and the criteria",
                key=key)  # fmt: skip
    order = [_recorded(target) for target in targets]
    if [*map(_recorded, record.targets)] != order or (
        derived == sealed and len(sealed) != len(planned)
    ):
        yield _("its targets or its plan are not in the order that follows from the site file")


def _recorded(target: Target) -> tuple[object, ...]:
    """Return what a record holds of a target: how it is logged in to stays in the site file."""
    return target.name, target.url, target.roles, target.information_systems


def _times(record: AuditRecord) -> Iterator[Fault]:
    """Hold the run's times against those of its observations."""
    first = min((item.started_at for item in record.observations), default=record.started_at)
    if record.started_at > first:
        yield _unequal("started_at", moment(record.started_at), moment(first))
    last = clock.last_moment(record.started_at, record.observations)
    if moment(last) != moment(record.finished_at):
        yield _unequal("finished_at", moment(record.finished_at), moment(last))


def _unequal(field: str, sealed: object, derived: object) -> Fault:
    problem = _("{field} is sealed as {sealed}, but follows as {derived}", field=field,
                sealed=short(sealed), derived=short(derived))  # fmt: skip
    return Fault(RECORD, problem)


def _twice(names: Iterator[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)
