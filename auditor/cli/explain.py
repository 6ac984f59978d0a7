"""`audit explain`: what an indicator asks, what is measured for it, and by which threshold."""

from collections.abc import Iterator
from pathlib import Path

import click

from auditor import profile
from auditor.checks import checks_of
from auditor.cli.documents import explain_document
from auditor.cli.measures import explain_measure
from auditor.cli.options import format_option, language_option, profile_option, put_json
from auditor.cli.page import echo
from auditor.cli.products import explain_product
from auditor.cli.sources import source_words
from auditor.errors import BadInput, Problem
from auditor.language import Language, _, current
from auditor.model import Check, Indicator, Profile, Text
from auditor.wording import demanded


@click.command(
    "explain",
    help=_("Say what an indicator asks, measures and needs, and by which threshold and source."),
    epilog=_(
        "Examples: `audit explain 2.14`; `audit explain product clamav`; "
        "`audit explain measure host_firewall`; `audit explain document plan.pdf`."
    ),
)
@click.argument("words", metavar=_("ID"), nargs=-1, required=True)
@profile_option
@format_option("text", "json")
@language_option
def command(words: tuple[str, ...], profile_name: str, form: str) -> None:
    """Say what an indicator asks, or how a product is recognised."""
    match words:
        case (indicator_id,):
            _explain_indicator(indicator_id, profile_name, form)
        case ("product", product_id):
            explain_product(product_id, form)
        case ("measure", measure_id):
            explain_measure(measure_id, form)
        case ("document", file):
            explain_document(Path(file), profile_name, form)
        case _:
            message = _(
                "give an indicator, `product` and its id, `measure` and its id, or `document` and"
                " a file"
            )
            raise click.UsageError(message)


def _explain_indicator(indicator_id: str, profile_name: str, form: str) -> None:
    chosen = profile.load(profile_name)
    for indicator in chosen.profile.indicators:
        if indicator.id == indicator_id:
            break
    else:
        ids = ", ".join(indicator.id for indicator in chosen.profile.indicators)
        raise BadInput(
            Problem(indicator_id, _("no such indicator"), _("Use one of: {words}.", words=ids))
        )
    if form == "json":
        put_json(_as_json(chosen.profile, indicator))
        return
    for line in _lines(chosen.profile, indicator, current()):
        echo(line)


def _lines(whole: Profile, indicator: Indicator, language: Language) -> Iterator[str]:
    pick = language.pick
    yield f"{indicator.id}  {indicator.name.vi}"
    if language.code == "en":
        yield f"{' ' * len(indicator.id)}  {indicator.name.en}"
    if indicator.footnote:
        yield f"  {pick(indicator.footnote)}"
    sections: tuple[tuple[str, Iterator[str]], ...] = (
        (_("Threshold"), iter([pick(indicator.threshold)] if indicator.threshold else [])),
        (_("What a machine measures"), map(pick, indicator.machine)),
        (_("Documents needed"), _documents(whole, indicator, language)),
        (_("What the centre declares"), _declared(whole, indicator, language)),
        (_("Checks"), _checks(whole, indicator, language)),
        (_("Decided by"), _formula(whole, indicator)),
        (_("References"), (f"{r.citation} [{r.confidence}]" for r in indicator.references)),
        (_("Caution"), iter([pick(indicator.caution)] if indicator.caution else [])),
        (_("Remedy"), iter([pick(indicator.remedy)] if indicator.remedy else [])),
    )
    for title, items in sections:
        for number, item in enumerate(items):
            if number == 0:
                yield ""
                yield f"{title}:"
            yield f"  - {item}"


def _documents(whole: Profile, indicator: Indicator, language: Language) -> Iterator[str]:
    for need in indicator.documents:
        yield f"{language.pick(whole.document_kinds[need.kind])} ({need.kind})"


def _declared(whole: Profile, indicator: Indicator, language: Language) -> Iterator[str]:
    for name in indicator.declared:
        value = whole.declared_values[name]
        unit = f", {language.pick(value.unit)}" if value.unit.vi else ""
        yield f"{language.pick(value.name)} ({name}{unit})"


def _checks(whole: Profile, indicator: Indicator, language: Language) -> Iterator[str]:
    for check in checks_of(whole, indicator):
        operator, name = next(iter(check.expect.items()))
        parameter = whole.parameters[name]
        expected = language.pick(demanded(operator, parameter.default, parameter.unit))
        probes = ", ".join(sorted({read.probe for read in check.reads.values()}))
        reads = _("reads {probes}", probes=probes)
        line = (
            f"{language.pick(check.title)} [{check.id}]: {expected}"
            f" — {source_words(parameter.source, parameter.citation)}; {reads}"
        )
        if check.due:
            until = whole.parameters[check.due]
            line += "; " + _(
                "not met only after {day} — {source}",
                day=until.default,
                source=source_words(until.source, until.citation),
            )
        yield line


def _formula(whole: Profile, indicator: Indicator) -> Iterator[str]:
    parts = [item.id for item in whole.indicators if item.part_of == indicator.id]
    if parts:
        yield _("all of its parts: {parts}", parts=", ".join(parts))
    word = _("or")
    for clause in indicator.requires:
        yield f" {word} ".join(clause)


def _as_json(whole: Profile, indicator: Indicator) -> dict[str, object]:
    def check_json(check: Check) -> dict[str, object]:
        operator, name = next(iter(check.expect.items()))
        parameter = whole.parameters[name]
        default = parameter.default
        return {
            "check": check.id,
            "title": {"vi": check.title.vi, "en": check.title.en},
            "basis": check.basis.value,
            "reads": sorted({read.probe for read in check.reads.values()}),
            "value": check.value,
            "operator": operator.value,
            "parameter": name,
            "expected": list(default) if isinstance(default, tuple) else default,
            "unit": both(parameter.unit),
            "source": parameter.source.value,
            "citation": parameter.citation,
            "due": whole.parameters[check.due].default if check.due else None,
        }

    def both(text: Text | None) -> dict[str, str] | None:
        return {"vi": text.vi, "en": text.en} if text else None

    return {
        "indicator": indicator.id,
        "name": both(indicator.name),
        "footnote": both(indicator.footnote),
        "optional": indicator.optional,
        "per": indicator.per.value,
        "threshold": both(indicator.threshold),
        "machine": [both(text) for text in indicator.machine],
        "documents": [need.kind for need in indicator.documents],
        "declared": list(indicator.declared),
        "checks": [check_json(check) for check in checks_of(whole, indicator)],
        "requires": [list(clause) for clause in indicator.requires],
        "references": [
            {
                "citation": item.citation,
                "kind": item.kind.value,
                "confidence": item.confidence.value,
            }
            for item in indicator.references
        ],
        "caution": both(indicator.caution),
        "remedy": both(indicator.remedy),
    }
