"""One audit from its inputs to its run folder: the four verbs in their order.

Starting and resuming share one path: `prepare` writes the inputs down, `carry_on` reads them back,
measures what the journal lacks, judges, records and shows.
"""

import json
import platform
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from auditor import (
    __version__,
    catalogue,
    clock,
    plan,
    products,
    profile,
    rollup,
    runfolder,
    site,
    waivers,
    yamlfile,
)
from auditor.atomic import write
from auditor.canonical import sha256
from auditor.errors import CannotPerform
from auditor.evidence import EvidenceFolder
from auditor.journal import Journal
from auditor.judge import Case
from auditor.language import _, current
from auditor.measure import Limits, Measurer, measure_all
from auditor.model import (
    AuditRecord,
    Challenge,
    FileDigest,
    Measurement,
    Previous,
    Profile,
    Target,
)
from auditor.moments import moment
from auditor.profile import LoadedProfile
from auditor.progress import Progress
from auditor.sample_slice import Slice, window_days
from auditor.scope import Gate, Surroundings
from auditor.site import LoadedSite
from auditor.taking import Handed, from_journal
from auditor.targets import all_targets
from auditor.transports import Context
from auditor.waivers import LoadedLedger

REPORTS = ("html", "pdf")
CHALLENGE = "challenge"
SAMPLES = "samples"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run folder says it is about."""

    folder: Path
    profile: LoadedProfile
    site: LoadedSite
    header: dict[str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """What a run may be given beside its criteria and its site."""

    ledger: LoadedLedger | None = None
    challenge: Challenge | None = None
    samples: Handed = field(default_factory=Handed)


NOTHING_MORE = Given()


def prepare(
    folder: Path,
    chosen: LoadedProfile,
    centre: LoadedSite,
    now: datetime,
    given: Given = NOTHING_MORE,
) -> None:
    """Write the inputs into an empty run folder, so that `carry_on` needs nothing else."""
    runfolder.write_yaml(folder / runfolder.PROFILE, chosen.document.data)
    runfolder.write_yaml(folder / runfolder.SITE, centre.data)
    if given.ledger is not None:
        write(folder / waivers.NAME, given.ledger.content)
    letter = centre.site.scope.authorisation
    files = [{"name": file.name, "sha256": file.sha256} for file in chosen.files]
    with Journal(folder) as journal:
        journal.begin(
            {
                "run_id": str(uuid.uuid4()),
                "tool_version": __version__,
                "started_at": moment(now),
                "vantage": platform.node(),
                "site_folder": str(centre.folder),
                "profile_files": json.dumps(files),
                "authorisation_sha256": (
                    sha256((centre.folder / letter.file).read_bytes()) if letter else ""
                ),
                SAMPLES: given.samples.noted(),
                **_noted(given.challenge),
            }
        )


def accept(folder: Path, challenge: Challenge) -> None:
    """Let a begun run go on under a challenge; what was measured before does not carry it.

    Raises `CannotPerform` if the run carries another one.
    """
    with Journal(folder) as journal:
        known, told = journal.header().get(CHALLENGE), _noted(challenge)
        if known is None:
            journal.begin(told)
        elif known != told[CHALLENGE]:
            raise CannotPerform(
                _("{folder} was begun under another challenge. Start a new run", folder=folder)
            )


def _noted(challenge: Challenge | None) -> dict[str, str]:
    """Write a challenge as the journal keeps it; nothing for none."""
    if challenge is None:
        return {}
    issued_at = moment(challenge.issued_at)
    return {CHALLENGE: json.dumps([challenge.nonce_sha256, challenge.issuer, issued_at])}


def _challenge(header: dict[str, str]) -> Challenge | None:
    if CHALLENGE not in header:
        return None
    digest, issuer, issued_at = json.loads(header[CHALLENGE])
    return Challenge(
        nonce_sha256=digest, issuer=issuer, issued_at=datetime.fromisoformat(issued_at)
    )


def carry_on(
    folder: Path,
    limits: Limits,
    progress: Progress,
    now: Callable[[], datetime],
    compared: Callable[[AuditRecord], Previous | None] = lambda _record: None,
) -> AuditRecord:
    """Measure what is missing, then judge, record and show. Raises `AuditorError`.

    `compared` says what changed since the run before; it is asked once all else is known.
    """
    with Journal(folder) as journal:
        inputs = _inputs(folder, journal.header())
        runfolder.sweep(folder)
        targets = all_targets(inputs.site.site)
        acts = plan.measurements(inputs.profile.profile, inputs.site.site, targets)
        done = {item.measurement.key for item in journal.observations()}
        progress.planned(len(acts), len(done))
        left = tuple(act for act in acts if act.key not in done)
        evidence = EvidenceFolder(folder / runfolder.EVIDENCE)
        challenge = _challenge(inputs.header)
        measure_one = replace(
            measurer(inputs.site, evidence, inputs.header["vantage"], now),
            challenge=challenge.nonce_sha256 if challenge else "",
            stored=_stored(inputs),
        )
        for part in plan.in_turn(left, measure_one.targets):
            measure_part = measure_one.knowing(journal.observations())
            for observation in measure_all(part, measure_part, limits, progress.started):
                evidence.must_keep()
                journal.add(observation)
                progress.finished(observation)
        observations = journal.observations()
    record = _record(inputs, targets, Case(inputs.profile.profile, targets, acts, observations))
    if (folder / waivers.NAME).exists():
        ledger = waivers.read(folder / waivers.NAME)
        record = replace(record, waivers=ledger.layer(record))
    record = replace(record, previous=compared(record))
    digest = runfolder.write_record(folder, record)
    for name in REPORTS:
        shown = catalogue.render(name, record, current(), evidence.read, record_sha256=digest)
        write(folder / f"report.{name}", shown)
    runfolder.write_sums(folder)
    return record


def _stored(inputs: Inputs) -> Callable[[Measurement], Slice | None]:
    """Return what a store has for a measurement, as it was when the run began."""
    given = from_journal(inputs.header.get(SAMPLES))
    centre, days = inputs.site.site.centre.id, window_days(inputs.profile.profile)
    return lambda act: given.of(act.key, centre, catalogue.probes()[act.probe], days)


def begun_with(folder: Path) -> tuple[LoadedSite, Profile]:
    """Return the site and the criteria that a run was begun with. Raises `AuditorError`."""
    with Journal(folder) as journal:
        inputs = _inputs(folder, journal.header())
    return inputs.site, inputs.profile.profile


def _inputs(folder: Path, header: dict[str, str]) -> Inputs:
    if not header:
        raise CannotPerform(_("{folder} holds no begun run. Start a new one", folder=folder))
    if header["tool_version"] != __version__:
        raise CannotPerform(
            _(
                "{folder} was begun with version {old}, this is {new}. Resume with that version",
                folder=folder,
                old=header["tool_version"],
                new=__version__,
            )
        )
    files = tuple(FileDigest(**file) for file in json.loads(header["profile_files"]))
    chosen = profile.from_document(yamlfile.read(folder / runfolder.PROFILE), files)
    document = yamlfile.read(folder / runfolder.SITE)
    centre = site.from_document(document, Path(header["site_folder"]), chosen.profile)
    return Inputs(folder, chosen, centre, header)


def measurer(
    centre: LoadedSite, evidence: EvidenceFolder, vantage: str, now: Callable[[], datetime]
) -> Measurer:
    """Return what measures the targets of a site, inside its scope."""
    gate = Gate(centre.site.scope, centre.site.timezone, Surroundings(now=now))
    targets = all_targets(centre.site)
    return Measurer(
        targets={target.name: target for target in targets},
        probes=catalogue.probes(),
        catalogue=products.of_site(centre.site.products),
        context=Context(centre.site, centre.folder, gate, evidence.keep, targets),
        vantage=vantage,
        now=now,
    )


def _record(inputs: Inputs, targets: tuple[Target, ...], case: Case) -> AuditRecord:
    judgement = rollup.judge(case)
    started_at = datetime.fromisoformat(inputs.header["started_at"])
    return AuditRecord(
        tool_version=inputs.header["tool_version"],
        run_id=inputs.header["run_id"],
        started_at=started_at,
        finished_at=clock.last_moment(started_at, case.observations),
        vantage=inputs.header["vantage"],
        centre=inputs.site.site.centre.name,
        profile=inputs.profile.profile,
        profile_sha256=sha256((inputs.folder / runfolder.PROFILE).read_bytes()),
        profile_files=inputs.profile.files,
        site_sha256=sha256((inputs.folder / runfolder.SITE).read_bytes()),
        authorisation_sha256=inputs.header["authorisation_sha256"],
        clock_offset_s=clock.offset(case.observations),
        targets=targets,
        plan=case.plan,
        observations=case.observations,
        findings=judgement.findings,
        groups=judgement.groups,
        challenge=_challenge(inputs.header),
    )
