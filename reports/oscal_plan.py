"""The assessment plan: what was planned to be measured, on what, and what each indicator asks."""

from auditor.model import Indicator, Measurement

from .oscal_parts import Node, document, line, moment, prop, props, some
from .oscal_subject import Subject


def plan(subject: Subject) -> bytes:
    """Return ap.json. It stands for the run's plan as it was before anything was measured."""
    record, _ = subject.record, subject.language
    return document(
        "assessment-plan",
        {
            "uuid": subject.ids.of("plan", _.code),
            "metadata": subject.metadata(_("Plan of the review"), record.started_at),
            "import-ssp": {
                "href": f"#{subject.ids.of('resource', 'site')}",
                "remarks": _("No OSCAL security plan exists; the site file says what is audited."),
            },
            "local-definitions": {
                **subject.inventory(subject.targets),
                **some("objectives-and-methods", [_asked(subject, i) for i in _all(subject)]),
                **some("activities", [_activity(subject, name) for name in _probes(subject)]),
            },
            "reviewed-controls": subject.reviewed(),
            "assessment-subjects": [{"type": "inventory-item", "include-all": {}}],
            "assessment-assets": subject.assets(),
            **_tasks(subject),
            "back-matter": {"resources": [subject.site_file()]},
        },
    )


def _all(subject: Subject) -> tuple[Indicator, ...]:
    return subject.record.profile.indicators


def _probes(subject: Subject) -> tuple[str, ...]:
    return tuple(dict.fromkeys(act.probe for act in subject.record.plan))


def _asked(subject: Subject, indicator: Indicator) -> Node:
    """Return what an indicator asks, as the decision and the profile put it."""
    pick = subject.wording.pick
    told = [pick(text) for text in (indicator.threshold, indicator.caution) if text]
    return {
        "control-id": subject.control(indicator),
        "description": subject.title(indicator),
        **props(
            prop("indicator-id", indicator.id),
            prop("part-of", indicator.part_of),
            prop("optional", "yes" if indicator.optional else ""),
        ),
        "parts": [
            {
                "id": subject.objective(indicator),
                "name": "assessment-objective",
                "prose": line(" ".join(told), subject.title(indicator)),
            }
        ],
    }


def _activity(subject: Subject, probe: str) -> Node:
    return {
        "uuid": subject.ids.of("activity", probe),
        "title": line(probe, "-"),
        "description": line(f"centre-audit {subject.record.tool_version}: {probe}", probe),
        "props": [{"name": "method", "value": "TEST"}, prop("probe", probe)],
    }


def _tasks(subject: Subject) -> Node:
    """Return the run as one task: each probe on its targets; nothing planned is no task."""
    record, _ = subject.record, subject.language
    acts = [_associated(subject, probe) for probe in _probes(subject)]
    if not acts:
        return {}
    within = {"start": moment(record.started_at), "end": moment(record.finished_at)}
    task = {
        "uuid": subject.ids.of("task", record.run_id),
        "type": "action",
        "title": line(_("Run {id}", id=record.run_id), "-"),
        "timing": {"within-date-range": within},
        "associated-activities": acts,
    }
    return {"tasks": [task]}


def _associated(subject: Subject, probe: str) -> Node:
    acts: list[Measurement] = [act for act in subject.record.plan if act.probe == probe]
    targets = dict.fromkeys(act.target for act in acts)
    chosen = [{"subject-uuid": subject.target(name), "type": "inventory-item"} for name in targets]
    return {
        "activity-uuid": subject.ids.of("activity", probe),
        "subjects": [{"type": "inventory-item", "include-subjects": chosen}],
    }
