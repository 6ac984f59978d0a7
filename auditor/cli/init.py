"""`audit init`: a commented site file, asked for in words or given by flags."""

import re
import shlex
import sys
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from auditor import DEFAULT_PROFILE, profile, site, yamlfile
from auditor.cli.options import FILE, language_option, profile_option, put
from auditor.cli.page import echo
from auditor.cli.site_template import Answers, render
from auditor.errors import BadInput, Problem
from auditor.language import _, current
from auditor.model import LegalForm


@click.command(
    "init",
    help=_("Write a site file for a centre."),
    epilog=_(
        "Examples: `audit init` asks; `audit init --name 'Trung tâm ĐMST mẫu' --no-input` asks"
        " nothing. Then fill in the file and run `audit run --site centre.yaml`."
    ),
)
@click.option("--name", default="", help=_("the centre's full name"))
@click.option("--id", "centre_id", default="", help=_("short name for files (a-z, 0-9, hyphens)"))
@click.option(
    "--legal-form",
    type=click.Choice(["", *(form.value for form in LegalForm)]),
    default="",
    help=_("public unit or enterprise"),
)
@click.option("--owner", default="", help=_("the body that the centre belongs to"))
@click.option("--address", default="", help=_("address"))
@click.option("--contact", default="", help=_("who answers for the network: name, telephone"))
@click.option(
    "--system",
    "systems",
    multiple=True,
    metavar=_("ID=NAME"),
    help=_("an information system (repeatable)"),
)
@profile_option
@click.option(
    "--out", type=FILE, default=Path("centre.yaml"), show_default=True, help=_("file to write")
)
@click.option("--force", is_flag=True, help=_("overwrite the file"))
@click.option("--no-input", is_flag=True, help=_("ask nothing; use flags and defaults"))
@language_option
def command(  # noqa: PLR0913 - one argument per option
    *,
    name: str,
    centre_id: str,
    legal_form: str,
    owner: str,
    address: str,
    contact: str,
    systems: tuple[str, ...],
    profile_name: str,
    out: Path,
    force: bool,
    no_input: bool,
) -> None:
    """Write a site file for a centre."""
    if out.exists() and not force:
        raise BadInput(
            Problem(str(out), _("exists already"), _("Choose another --out, or add --force."))
        )
    chosen = profile.load(profile_name).profile
    ask = _asker(silent=no_input or not sys.stdin.isatty())
    name = ask(name, _("Full name of the centre"), _("Provincial innovation centre"))
    answers = Answers(
        name=name,
        id=ask(centre_id, _("Short name for files"), slug(name)),
        legal_form=ask(legal_form, _("public or enterprise"), LegalForm.PUBLIC.value),
        owner=ask(owner, _("Body that the centre belongs to"), ""),
        address=ask(address, _("Address"), ""),
        contact=ask(contact, _("Who answers for the network (name, telephone)"), ""),
        systems=_systems(
            systems or ask("", _("Information systems, as id=name, separated by ;"), "").split(";")
        ),
    )
    words = "" if profile_name == DEFAULT_PROFILE else f"--profile {shlex.quote(profile_name)} "
    content = render(answers, chosen, current(), words).encode()
    site.from_document(yamlfile.parse(content, str(out)), out.resolve().parent, chosen)
    put(content, out)
    echo(_("Written: {file}", file=out))
    echo(_("Next: fill it in, then `{command}`", command=f"audit run {words}--site {out}"))


def _asker(*, silent: bool) -> Callable[[str, str, str], str]:
    """Return a function that asks for what no flag gave, or takes the default in silence."""

    def ask(given: str, question: str, default: str) -> str:
        if given or silent:
            return given or default
        return str(click.prompt(question, default=default, show_default=bool(default)))

    return ask


def _systems(words: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Read `id=name` pairs; a bare name gets its id from itself."""
    pairs: list[tuple[str, str]] = []
    for word in (word.strip() for word in words):
        before, equals, after = word.partition("=")
        if word:
            pairs.append((before.strip(), after.strip()) if equals else (slug(word), word))
    return tuple(pairs)


def slug(name: str) -> str:
    """Return a name without marks, for files: `Trung tâm Đổi mới` gives `trung-tam-doi-moi`."""
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(c for c in plain.lower() if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:40].strip("-") or "centre"
