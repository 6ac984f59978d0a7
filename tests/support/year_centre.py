"""A centre whose year passes as fast as it can be measured: every time is given, none is read.

What `audit run`, `audit sample` and `audit alert due` do with the clock of the machine is done here
with a moment that the test says; nothing else differs, and nothing is replaced.
"""

import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from line_samples import a_sample
from sqlalchemy import Engine

from auditor import audit, profile, runfolder, site
from auditor.alerts import sending
from auditor.alerts.sending import Told
from auditor.canonical import dumps
from auditor.cli.alert_words import centre_of
from auditor.cli.exceptions import ledger_of
from auditor.cli.stored_samples import handed
from auditor.evidence import EvidenceFolder
from auditor.internet.rows import rows_of
from auditor.internet.series import FIRST, record_of
from auditor.journal import Journal
from auditor.measure import Limits
from auditor.model import AuditRecord, Capture, Measured, Measurement, Observation, Profile
from auditor.moments import moment
from auditor.progress import Silent
from auditor.rollup import Judgement
from auditor.site import LoadedSite
from auditor.speed_records import TAKEN
from auditor.store import keeping, opening, samples

LINE = Measurement(probe="internet_quality", target="network")


@dataclass(frozen=True)
class Known:
    """A measurement of an earlier run, whose raw evidence lies there."""

    seen: Observation
    run: Path

    def put(self, folder: Path) -> None:
        """Note it in a run that was begun, with its evidence."""
        for capture in self.seen.captures:
            name = Path(runfolder.EVIDENCE) / capture.sha256
            shutil.copyfile(self.run / name, folder / name)
        with Journal(folder) as journal:
            journal.add(self.seen)


def audited(
    site_file: Path, criteria: str, store: str, now: datetime, known: Known | None = None
) -> AuditRecord:
    """Measure, judge, record, show, keep and tell, all at a moment.

    What is known was measured before, as when a run is resumed.
    """
    chosen = profile.load(criteria)
    centre = site.load(site_file, chosen.profile)
    ledger = ledger_of(centre, chosen.profile, None)
    taken = handed(chosen, centre, store, now, is_wanted=True)
    folder = site_file.parent / "audit-runs" / f"{now:%Y%m%dT%H%M%SZ}"
    runfolder.create(folder, centre.site.centre.id, now)
    audit.prepare(folder, chosen, centre, now, audit.Given(ledger, None, taken))
    if known is not None:
        known.put(folder)
    record = audit.carry_on(folder, Limits(), Silent(), lambda: now)
    with opening.opened(store) as engine:
        keeping.keep_run(engine, record, folder, now)
        looked(engine, centre, chosen.profile, now)
    return record


def exit_code(record: AuditRecord) -> int:
    """Return the exit code of a run."""
    return Judgement(record.findings, record.groups).exit_code


def looked(engine: Engine, centre: LoadedSite, criteria: Profile, now: datetime) -> Told:
    """Send what is due at a moment."""
    return sending.send_due(engine, centre_of(centre, criteria), centre.folder, lambda: now)


def sampled(store: str, centre: str, now: datetime, rates: Sequence[float]) -> None:
    """Keep visits to the line at these rates, hour by hour until a moment, as `audit sample`."""
    folder = opening.beside(store)
    (folder / runfolder.EVIDENCE).mkdir(parents=True, exist_ok=True)
    evidence = EvidenceFolder(folder / runfolder.EVIDENCE)
    seen = []
    for hours, mbps in zip(range(len(rates), 0, -1), rates, strict=True):
        at = now - timedelta(hours=hours)
        sample = replace(
            a_sample(mbps, server="127.0.0.1"), started_at=moment(at), ended_at=moment(at)
        )
        content = dumps(record_of(sample, FIRST))
        request = f"{TAKEN}{sample.backend} {sample.started_at}"
        digest = evidence.keep(request, content)
        seen.append(
            Observation(
                measurement=LINE,
                probe_version=1,
                vantage=platform.node(),
                started_at=at,
                duration_s=10.0,
                result=Measured(rows=rows_of((sample,), "Asia/Ho_Chi_Minh")),
                captures=(Capture(request=request, sha256=digest, size_bytes=len(content)),),
            )
        )
    with opening.opened(store) as engine:
        origin = samples.Origin(centre, "0" * 64, folder)
        samples.keep_samples(engine, seen, origin, now - timedelta(minutes=1))
