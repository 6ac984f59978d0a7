"""What will be measured: from what the profile reads and what the site has, and nothing more."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter

from auditor.catalogue import SCHEMES, probes
from auditor.checks import checks_of
from auditor.model import Measurement, Profile, Read, Site, Subject, Target


@dataclass(frozen=True, slots=True)
class Job:
    """What is done in one visit to a target. A machine is collected once for all its acts."""

    target: Target
    acts: tuple[Measurement, ...]
    is_host: bool


def measurements(
    profile: Profile, site: Site, targets: tuple[Target, ...]
) -> tuple[Measurement, ...]:
    """Return every planned act once, in a stable order."""
    reads = [
        *(Read(probe=name) for name in profile.inventory),
        *(
            read
            for indicator in profile.indicators
            for check in checks_of(profile, indicator)
            for read in check.reads.values()
        ),
    ]
    distinct: list[Read] = []
    for read in reads:
        bare = Read(probe=read.probe, params=read.params, roles=read.roles)
        if _asked_for(read.probe, site) and bare not in distinct:
            distinct.append(bare)
    standing = defaultdict[Subject | None, list[Target]](list)
    for target in targets:
        standing[SCHEMES.get(target.scheme)].append(target)
    acts = {
        act.key: act
        for read in distinct
        for act in _acts_of(read, standing[probes()[read.probe].subject])
    }
    return tuple(acts[key] for key in sorted(acts))


def _acts_of(read: Read, targets: Iterable[Target]) -> Iterator[Measurement]:
    """Yield the acts that one read of a check rests on, of targets that its probe is for."""
    roles = set(read.roles)
    for target in targets:
        if not roles or roles.intersection(target.roles):
            yield Measurement(probe=read.probe, target=target.name, params=read.params)


def _asked_for(probe: str, site: Site) -> bool:
    """Leave out what the site names nothing for: silence is no failed measurement."""
    field = probes()[probe].asked_by
    return not field or bool(attrgetter(field)(site))


def in_turn(
    acts: tuple[Measurement, ...], targets: Mapping[str, Target]
) -> tuple[tuple[Measurement, ...], ...]:
    """Part acts into those that measure and, after them, those that derive from these."""
    derived = tuple(act for act in acts if SCHEMES.get(targets[act.target].scheme) is Subject.RUN)
    return tuple(act for act in acts if act not in derived), derived


def jobs(acts: tuple[Measurement, ...], targets: Mapping[str, Target]) -> tuple[Job, ...]:
    """Group acts: all of one machine are one job, so that it is asked once; others stand alone."""
    grouped: dict[str, list[Measurement]] = {}
    for act in acts:
        is_host = SCHEMES.get(targets[act.target].scheme) is Subject.HOST
        grouped.setdefault(f"@{act.target}" if is_host else act.key, []).append(act)
    return tuple(
        Job(target=targets[group[0].target], acts=tuple(group), is_host=key.startswith("@"))
        for key, group in grouped.items()
    )
