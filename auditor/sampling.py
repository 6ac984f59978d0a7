"""One visit of the cheap, repeated measurements: scope, gate, journal and evidence as in a run.

What a visit measured stays in its own journal until a store has it, so that neither a kill nor a
database that is away loses a sample.
"""

import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from pathlib import Path

from auditor import atomic, catalogue, plan
from auditor.audit import measurer
from auditor.errors import NothingToAudit
from auditor.evidence import EvidenceFolder
from auditor.journal import Journal
from auditor.language import _
from auditor.measure import Limits, measure_all
from auditor.model import Measurement, Observation, Profile, Repeats, Site
from auditor.moments import moment
from auditor.progress import Progress
from auditor.runfolder import EVIDENCE
from auditor.site import LoadedSite
from auditor.store.waiting import VISITS
from auditor.targets import all_targets


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit left in its journal, and which site it was for."""

    folder: Path
    centre: str
    site_sha256: str
    seen: tuple[Observation, ...]


@contextmanager
def alone(folder: Path) -> Iterator[Path]:
    """Hold the folder of samples for this process. Raises `CannotPerform` if another has it."""
    for part in (EVIDENCE, VISITS):
        (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
    with Journal(folder):
        atomic.sweep(folder / EVIDENCE)
        yield folder


def repeated(probe: str) -> Repeats | None:
    """Return how a probe is repeated; None for one that is not."""
    found = catalogue.probes().get(probe)
    return found.repeats if found else None


def acts(profile: Profile, centre: Site) -> tuple[Measurement, ...]:
    """Return what a visit measures: what criteria and site ask for, and is cheap. Raises."""
    planned = plan.measurements(profile, centre, all_targets(centre))
    found = tuple(act for act in planned if repeated(act.probe))
    if not found:
        raise NothingToAudit(
            _("the site file names nothing to measure repeatedly (internet, online.platforms)")
        )
    return found


def lighter(centre: Site) -> Site:
    """Return the site as one visit has it: the fields that repeated probes set for a visit."""
    for probe in catalogue.probes().values():
        for name, value in (probe.repeats.visit if probe.repeats else {}).items():
            part, _dot, field = name.partition(".")
            given = attrgetter(part)(centre)
            if given is not None:
                centre = replace(centre, **{part: replace(given, **{field: value})})
    return centre


def visit(
    folder: Path,
    wanted: tuple[Measurement, ...],
    centre: LoadedSite,
    progress: Progress,
    now: Callable[[], datetime],
) -> None:
    """Measure each act once, into a journal of this visit; `folder` is held alone."""
    begun = now()
    mine = folder / VISITS / begun.strftime("%Y%m%dT%H%M%S%fZ")
    mine.mkdir(mode=0o700)
    progress.planned(len(wanted), 0)
    light = replace(centre, site=lighter(centre.site))
    with Journal(mine) as journal:
        journal.begin(
            {
                "centre": centre.site.centre.id,
                "site_sha256": centre.sha256,
                "started_at": moment(begun),
            }
        )
        evidence = EvidenceFolder(folder / EVIDENCE)
        measure_one = measurer(light, evidence, platform.node(), now)
        for observation in measure_all(wanted, measure_one, Limits(workers=1), progress.started):
            evidence.must_keep()
            journal.add(observation)
            progress.finished(observation)


def waiting(folder: Path) -> Iterator[Visit]:
    """Yield the visits that no store has taken yet, oldest first; `folder` is held alone."""
    for mine in sorted((folder / VISITS).iterdir()):
        with Journal(mine) as journal:
            header, seen = journal.header(), journal.observations()
        if header:
            yield Visit(mine, header["centre"], header["site_sha256"], seen)
        else:
            shutil.rmtree(mine)  # killed before it began


def taken(done: Visit) -> None:
    """Forget a visit that a store has."""
    shutil.rmtree(done.folder)
