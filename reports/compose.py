"""Turns a record into the view that all formats lay out."""

from collections import Counter
from dataclasses import replace

from auditor.language import Language
from auditor.model import AuditRecord, Group, GroupFinding, NotMeasured, Profile, Verdict

from . import values, words
from .changes import changes
from .clean import clipped, visible
from .exceptions import Exceptions
from .indicators import indicator_row
from .machines import machines
from .observed import Observed
from .papers import Papers
from .pictures import pictures
from .steps import step_rows
from .systems import names_of
from .view import Facts, GroupRow, IndicatorRow, ObservationRow, ProbeRow, Report
from .wording import Wording


def compose(record: AuditRecord, language: Language) -> Report:
    """Return the whole report of a record. Raises `KeyError` if an indicator has no finding."""
    wording = Wording.of(language, names_of(record))
    observed, papers = Observed(record, wording), Papers(record, wording)
    exceptions = Exceptions(record, wording)
    findings = {finding.indicator: finding for finding in record.findings}
    of_group = {finding.group: finding for finding in record.groups}
    groups = tuple(
        _group(
            group,
            of_group[group.id],
            tuple(
                replace(
                    indicator_row(line, findings[line.id], observed, papers, wording),
                    exceptions=exceptions.on(line),
                    effective=exceptions.effective(line),
                )
                for line in group.indicators
            ),
            wording,
        )
        for group in record.profile.groups
    )
    totals = tuple(sum(group.counts[place] for group in groups) for place in range(len(Verdict)))
    unmeasured = tuple(row for row in observed.rows if row.failure)
    return Report(
        language=language.code,
        centre=clipped(record.centre),
        title=f"{wording.labels['report']} – {clipped(record.centre)}",
        labels=_labels(record.profile, wording),
        essentials=words.essentials(language),
        explanations=words.explanations(language),
        cover=_cover(record, wording),
        verdicts=tuple(wording.badges[verdict] for verdict in Verdict),
        groups=groups,
        totals=totals,
        total=sum(totals),
        pictures=pictures(record, wording),
        limitations=(*exceptions.reopened, *_limitations(record, unmeasured, wording)),
        unmeasured=unmeasured,
        machines=machines(record, wording),
        evidence=observed.evidence,
        methods=_methods(record, wording),
        digests=_digests(record, wording),
        probes=_probes(record),
        run=visible(record.run_id),
        steps=step_rows(record, wording),
        exceptions=exceptions.summary,
        waived=exceptions.rows,
        changes=changes(record, observed, wording),
    )


def _labels(profile: Profile, wording: Wording) -> dict[str, str]:
    """Return the fixed words, with those that depend on the criteria."""
    _ = wording.language
    parts = [item.id for item in profile.indicators if item.part_of]
    note = ""
    if parts:
        note = _(
            "Parts such as {part} are judged on their own and count within their whole.",
            part=visible(parts[0]),
        )
    subtitle = wording.pick(profile.purpose) if profile.purpose else wording.labels["subtitle"]
    return {**wording.labels, "subtitle": subtitle, "parts_note": note}


def _group(
    group: Group, finding: GroupFinding, indicators: tuple[IndicatorRow, ...], wording: Wording
) -> GroupRow:
    counts = tuple(finding.counts.get(verdict, 0) for verdict in Verdict)
    return GroupRow(
        id=visible(group.id),
        name=clipped(group.name.vi),
        english=wording.english(group.name),
        badge=wording.badges[finding.verdict],
        counts=counts,
        total=sum(counts),
        indicators=indicators,
    )


def _cover(record: AuditRecord, wording: Wording) -> Facts:
    labels, profile = wording.labels, record.profile
    return (
        (labels["centre"], clipped(record.centre)),
        (labels["profile"], wording.pick(profile.title)),
        (labels["decision"], wording.pick(profile.decision)),
        (labels["issuer"], wording.pick(profile.issuer)),
        (labels["period"], values.period(record.started_at, record.finished_at)),
        (labels["run"], visible(record.run_id)),
        *_public_copy(record, wording),
    )


def _public_copy(record: AuditRecord, wording: Wording) -> Facts:
    """Say on the cover that this is not everything, and of which pack it is a copy."""
    copy, _ = record.public_copy, wording.language
    if copy is None:
        return ()
    what = _(
        "fields hidden: {count}; {mask} stands for what is left out, names such as {name} for what"
        " is not named; raw outputs are in the full pack only",
        count=copy.hidden, mask="[ẩn]", name="may-0123456789ab",
    )  # fmt: skip
    return (
        (wording.labels["public_copy"], what),
        (wording.labels["full_pack"], visible(copy.of_index_sha256)),
    )


def _limitations(
    record: AuditRecord, unmeasured: tuple[ObservationRow, ...], wording: Wording
) -> tuple[str, ...]:
    _ = wording.language
    found: dict[str, None] = {}
    if unmeasured:
        causes = "; ".join(
            f"{cause}: {count}" for cause, count in Counter(r.failure for r in unmeasured).items()
        )
        found[_("Not measured: {count} ({causes}).", count=len(unmeasured), causes=causes)] = None
    if not record.authorisation_sha256:
        found[_sentence(wording.labels["no_authorisation"])] = None
    found[_sentence(values.clock(_, record.clock_offset_s))] = None
    for observation in record.observations:
        if not isinstance(observation.result, NotMeasured):
            found.update(dict.fromkeys(map(wording.pick, observation.result.limitations)))
    found.update(dict.fromkeys(map(wording.pick, record.profile.notes)))
    return tuple(found)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _methods(record: AuditRecord, wording: Wording) -> Facts:
    labels, _ = wording.labels, wording.language
    facts = [
        (labels["tool"], f"centre-audit {visible(record.tool_version)}"),
        (labels["profile"], f"{visible(record.profile.id)} {visible(record.profile.version)}"),
        (labels["vantage"], visible(record.vantage)),
        (labels["targets"], values.value(_, tuple(f"{t.name} ({t.url})" for t in record.targets))),
        (labels["observations"], str(len(record.observations))),
        (labels["clock"], values.clock(_, record.clock_offset_s)),
    ]
    if not record.authorisation_sha256:
        facts.append((labels["authorisation"], labels["no_authorisation"]))
    return tuple(facts)


def _digests(record: AuditRecord, wording: Wording) -> Facts:
    labels = wording.labels
    facts = [
        *(
            (f"{labels['profile_digest']}: {visible(f.name)}", f.sha256)
            for f in record.profile_files
        ),
        (labels["site_digest"], record.site_sha256),
        (labels["authorisation_digest"], record.authorisation_sha256),
        (labels["ledger_digest"], record.waivers.ledger_sha256 if record.waivers else ""),
    ]
    return tuple((label, visible(digest)) for label, digest in facts if digest)


def _probes(record: AuditRecord) -> tuple[ProbeRow, ...]:
    used = Counter((o.measurement.probe, o.probe_version) for o in record.observations)
    failed = Counter(
        (o.measurement.probe, o.probe_version)
        for o in record.observations
        if isinstance(o.result, NotMeasured)
    )
    return tuple(
        ProbeRow(
            id=visible(probe),
            version=version,
            uses=used[probe, version],
            failed=failed[probe, version],
        )
        for probe, version in sorted(used)
    )
