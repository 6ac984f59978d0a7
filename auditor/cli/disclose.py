"""`audit disclose`: single fields that a public copy hides, for somebody who may know them."""

from pathlib import Path

import click

from auditor.canonical import dumps
from auditor.cli.options import FILE, content_of, language_option, out_option, put, put_json
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.pack import publishing, secret
from auditor.redaction.commitments import ABSENT, hidden

_LONGEST = 160


@click.command(
    "disclose",
    help=_("Disclose fields that a public copy hides."),
    epilog=_(
        "Example: audit disclose run.auditpack --secret run.dossier-secret.json --field"
        " /targets/0/name --out disclosure.json. Without --field, all hidden fields are listed."
        " Whoever has the public copy checks it with `audit verify DOSSIER --disclosure FILE`."
    ),
)
@click.argument("full", metavar=_("FULLPACK"), type=FILE)
@click.option("--secret", "secret_file", type=FILE, required=True, help=_("secret of the dossier"))
@click.option("--field", "fields", multiple=True, help=_("path of a hidden field; may be repeated"))
@out_option
@language_option
def command(full: Path, secret_file: Path, fields: tuple[str, ...], out: Path | None) -> None:
    """Disclose fields that a public copy hides."""
    files = publishing.opened(content_of(full), str(full))
    kept = secret.load(content_of(secret_file), str(secret_file))
    if not fields:
        made = publishing.copied(files, kept)
        listed = (
            f"{path}\t{_short(value)}\t{_short(shown)}\n"
            for path, value, shown in hidden(made.full, made.copy)
        )
        put("".join(listed).encode(), out)
        return
    found, missing = publishing.disclose(files, kept, fields)
    if missing:
        remedy = _("Choose from the list that `audit disclose` gives without --field.")
        raise BadInput(*(Problem(path, _("nothing is hidden there"), remedy) for path in missing))
    put_json(found, out)


def _short(value: object) -> str:
    text = "-" if value is ABSENT else dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
