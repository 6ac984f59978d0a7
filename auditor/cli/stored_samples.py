"""What a run takes from the store of samples when it begins."""

from datetime import datetime, timedelta
from pathlib import Path

from auditor import catalogue, plan
from auditor.cli.page import echo
from auditor.errors import CannotPerform
from auditor.language import _
from auditor.model import Measurement
from auditor.profile import LoadedProfile
from auditor.runfolder import EVIDENCE
from auditor.sample_slice import Absence, window_days, written
from auditor.sampled import SampleLink
from auditor.site import LoadedSite
from auditor.taking import Handed
from auditor.targets import all_targets


def handed(
    chosen: LoadedProfile, centre: LoadedSite, store: str, now: datetime, *, is_wanted: bool
) -> Handed:
    """Return the samples of the window for each repeated measurement of a run that begins now.

    A store that does not work is told, in the report too, and costs no run.
    """
    acts = [
        act
        for act in plan.measurements(chosen.profile, centre.site, all_targets(centre.site))
        if catalogue.probes()[act.probe].repeats
    ]
    if not acts:
        return Handed()
    absence: Absence | None = None
    links: list[SampleLink] = []
    days = window_days(chosen.profile)
    if not is_wanted:
        absence = Absence.REFUSED
    elif days is None:
        absence = Absence.NO_WINDOW
    else:
        try:
            links = _links(store, days, now)
        except FileNotFoundError:
            absence = Absence.NO_STORE
        except CannotPerform as error:
            echo(_("No samples from the store: {error}", error=error), err=True)
            absence = Absence.UNUSABLE
    return _given(acts, links, centre.site.centre.id, absence)


def _links(store: str, days: float, now: datetime) -> list[SampleLink]:
    """Read the window, and a day more: the run's measurements begin later than now."""
    from auditor.store import opening, samples  # noqa: PLC0415 - half a second

    if opening.is_absent(store):
        raise FileNotFoundError
    since = now - timedelta(days=days)
    with opening.opened(store) as engine:
        return samples.samples(engine, since, now + timedelta(days=36500))


def _given(
    acts: list[Measurement], links: list[SampleLink], centre: str, absence: Absence | None
) -> Handed:
    told = absence.value if absence else ""
    return Handed(
        contents={act.key: written(links, centre, act.key, told).decode() for act in acts},
        folders=tuple(dict.fromkeys(str(Path(link.folder) / EVIDENCE) for link in links)),
    )
