"""`audit remedy`: what to do first, with what closes it and who is responsible."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from auditor import remedy, runfolder, system_names, yamlfile
from auditor.cli.options import FOLDER, format_option, language_option, out_option, put_json
from auditor.cli.page import put_lines
from auditor.language import Language, _, current
from auditor.model import Site, Verdict
from auditor.remedy import Option, Step


@click.command(
    "remedy",
    help=_("List what to do first, by weight and effort."),
    epilog=_(
        "Example: audit remedy audit-runs/20261121T080000Z-centre. What closes most for the least"
        " work stands first; efforts are the tool's own estimate. Nothing is measured, and the next"
        " run alone says whether something is met."
    ),
)
@click.argument("run", metavar=_("RUN"), type=FOLDER)
@format_option("text", "json")
@out_option
@language_option
def command(run: Path, form: str, out: Path | None) -> None:
    """List what to do first, by weight and effort."""
    record = runfolder.load(run).record
    site = yamlfile.build(yamlfile.read(run / runfolder.SITE), Site)
    found = remedy.steps(record, site)
    if form == "json":
        steps = [_as_json(step) for step in found]
        put_json({"schema": "urn:audit:remedy:v1", "run_id": record.run_id, "steps": steps}, out)
    else:
        put_lines(_page(found, system_names.of_record(record), current()), out)


def _page(steps: tuple[Step, ...], names: Mapping[str, str], language: Language) -> Iterator[str]:
    if not steps:
        yield _("Nothing is open.")
        return
    yield _("What to do, first things first; steps: {n}", n=len(steps))
    for number, step in enumerate(steps, start=1):
        yield ""
        yield from _step(number, step, names, language)
    yield ""
    yield _(
        "Efforts are the tool's own estimate. The next run alone says whether something is met."
    )


def _step(number: int, step: Step, names: Mapping[str, str], language: Language) -> Iterator[str]:
    first, *others = step.options
    yield f"{number}. {language.pick(first.do)}"
    yield from _about(first, language)
    for option in others:
        yield "   " + _("or: {what}", what=language.pick(option.do))
        yield from _about(option, language)
    yield "   " + _("Helps: {ids} ({word})", ids=", ".join(step.indicators), word=_word(step))
    if step.closes:
        yield "   " + _("Nothing else is open in: {ids}", ids=", ".join(step.closes))
    if step.systems:
        called = ", ".join(names.get(key, key) for key in step.systems)
        yield "   " + _("Information systems: {ids}", ids=called)
    yield "   " + _("Responsible: {who}", who=step.responsible or _("nobody is named"))


def _about(option: Option, language: Language) -> Iterator[str]:
    if option.takes.vi:
        yield "   " + _("Effort: {words}", words=language.pick(option.takes))
    if option.command:
        yield f"   $ {option.command}"


def _word(step: Step) -> str:
    if step.verdict is Verdict.NOT_MET:
        return _("not met")
    return _("insufficient basis to conclude")


def _as_json(step: Step) -> dict[str, object]:
    return {
        "options": [
            {
                "kind": option.kind.value,
                "id": option.id,
                "name": {"vi": option.name.vi, "en": option.name.en},
                "do": {"vi": option.do.vi, "en": option.do.en},
                "command": option.command or None,
                "effort": {"rank": option.rank, "vi": option.takes.vi, "en": option.takes.en},
            }
            for option in step.options
        ],
        "indicators": list(step.indicators),
        "closes": list(step.closes),
        "information_systems": list(step.systems),
        "verdict": step.verdict.value,
        "weight": round(float(step.weight), 3),
        "responsible": step.responsible or None,
    }
