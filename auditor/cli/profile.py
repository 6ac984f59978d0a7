"""`audit profile`: criteria listed, checked, and proved able to fail."""

from pathlib import Path

import click

from auditor import profile, proof
from auditor.cli.options import FILE, format_option, language_option, put_json
from auditor.cli.page import echo
from auditor.errors import BadInput, Problem
from auditor.language import _, current
from auditor.proof import Proof


@click.group("profile", help=_("List, check and prove criteria."))
@language_option
def command() -> None:
    """List, check and prove criteria."""


@command.command("list", help=_("List the criteria that come with the tool."))
@format_option("text", "json")
@language_option
def list_profiles(form: str) -> None:
    """List the criteria that come with the tool."""
    rows = [(name, profile.load(name).profile) for name in profile.names()]
    if form == "json":
        put_json(
            [
                {
                    "name": name,
                    "version": item.version,
                    "title": current().pick(item.title),
                    "indicators": len(item.indicators),
                }
                for name, item in rows
            ]
        )
        return
    for name, item in rows:
        echo(f"{name}  {item.version}  {current().pick(item.title)}")


@command.command(
    "lint",
    short_help=_("Refuse a profile that misleads."),
    help=_(
        "Refuse a profile that misleads: unknown names, unread sources, checks that cannot fail."
    ),
    epilog=_("Example: audit profile lint my-province.yaml"),
)
@click.argument("name", metavar=_("NAME"))
@language_option
def lint(name: str) -> None:
    """Refuse a profile that misleads: unknown names, unread sources, checks that cannot fail."""
    chosen = profile.load(name).profile
    proofs = proof.prove(chosen, proof.shipped(chosen))
    problems = [_problem(name, item) for item in proofs if not item.is_proved]
    if problems:
        raise BadInput(*problems)
    echo(
        _("{name}: checks proved able to be met and not met: {count}", name=name, count=len(proofs))
    )


@command.command("test", help=_("Show what every check comes to on each recording."))
@click.argument("name", metavar=_("NAME"))
@click.option(
    "--record",
    "records",
    type=FILE,
    multiple=True,
    help=_("record.json of a run to judge as well (repeatable)"),
)
@format_option("text", "json")
@language_option
def test(name: str, records: tuple[Path, ...], form: str) -> None:
    """Show what every check comes to on each recording."""
    chosen = profile.load(name).profile
    own = tuple(proof.recording(path.read_bytes(), str(path), chosen) for path in records)
    proofs = proof.prove(chosen, (*proof.shipped(chosen), *own))
    if form == "json":
        put_json([_as_json(item) for item in proofs])
    else:
        for item in proofs:
            echo(_as_line(item))
    problems = [_problem(name, item) for item in proofs if not item.is_proved]
    if problems:
        raise BadInput(*problems)


def _problem(name: str, item: Proof) -> Problem:
    place = f"{item.indicator}/{item.check}"
    if item.improved_by:
        return Problem(
            name,
            _("gets better when evidence is lost ({what})", what=", ".join(item.improved_by)),
            _("Leave `partial` at refuse, or correct the expression."),
            field=place,
        )
    seen = sorted({verdict.value for group in item.verdicts.values() for verdict in group})
    return Problem(
        name,
        _("never seen both met and not met on the recordings (seen: {seen})", seen=", ".join(seen)),
        _("Correct the check, or add a recording with `--record`."),
        field=place,
    )


def _as_json(item: Proof) -> dict[str, object]:
    return {
        "indicator": item.indicator,
        "check": item.check,
        "verdicts": {
            name: [verdict.value for verdict in verdicts]
            for name, verdicts in item.verdicts.items()
        },
        "improved_by": list(item.improved_by),
        "proved": item.is_proved,
    }


def _as_line(item: Proof) -> str:
    mark = "+" if item.is_proved else "!"
    seen = "  ".join(
        f"{name}={','.join(sorted({verdict.value for verdict in verdicts})) or '-'}"
        for name, verdicts in item.verdicts.items()
    )
    return f"{mark} {item.indicator:<5} {item.check:<32} {seen}"
