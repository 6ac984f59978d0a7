"""The command line. Only this package prints, reads arguments or exits.

Kept light: the overview must appear at once, so nothing here imports click, rich or the model.
"""

import gc
import os
import sys

from auditor import __version__
from auditor.language import CODES, N_, _, activate, teach

COMMANDS = {
    "run": N_("measure, judge, record and show"),
    "init": N_("write a site file for a centre"),
    "measure": N_("measure one thing alone, such as the Internet line"),
    "sample": N_("measure once what `audit run` judges over many samples"),
    "serve-speed": N_("be a server for speed tests"),
    "doctor": N_("what this machine can measure, and how to mend what it cannot"),
    "attest": N_("record what a named person confirms or declares"),
    "waive": N_("enter an approved exception, with a last day"),
    "trust": N_("trust the SSH key of a machine after comparing it"),
    "collector": N_("write the script for machines that cannot be reached"),
    "import": N_("take in what that script printed"),
    "judge": N_("judge a finished run again, offline"),
    "report": N_("show a finished run in another format"),
    "remedy": N_("what to do first, by weight and effort"),
    "history": N_("the runs that were kept, and whether their chain is whole"),
    "diff": N_("which verdicts differ between two runs, and why"),
    "alert": N_("tell people what became worse or will lapse"),
    "metrics": N_("how things stand, for Prometheus"),
    "trend": N_("how the answers to one indicator went over the runs"),
    "schedule": N_("let the tool run by itself, and see what became of it"),
    "agent": N_("run the schedule in the foreground, in a container for example"),
    "dossier": N_("draft the documents of the dossier from a finished run"),
    "sign-pdf": N_("sign a PDF with a key of your own"),
    "keygen": N_("make a key that signs evidence packs"),
    "pack": N_("seal a finished run in one signed file"),
    "attach-signature": N_("put a signed document into such a file"),
    "timestamp": N_("attach a time-stamp to such a file"),
    "verify": N_("verify such a file, offline"),
    "disclose": N_("disclose fields that a public copy hides"),
    "forecast": N_("what will lapse in the next days"),
    "challenge": N_("make a challenge, so that a run is fresh"),
    "appraise": N_("look at a random sample of a pack again, and sign"),
    "documents": N_("what the documents of a folder are, say and lack"),
    "explain": N_("what an indicator asks, measures and needs"),
    "probes": N_("what can be measured"),
    "products": N_("security, monitoring, backup and other products that can be recognised"),
    "profile": N_("list, check and prove criteria"),
    "capture": N_("record real output of this machine for tests"),
    "schema": N_("JSON Schema of profiles, sites and records"),
    "completion": N_("shell completion"),
}
"""Command names with their English one-line help; each is a module of this package."""

NEW_OBJECTS = 100_000
"""After so many the interpreter looks for cycles; at its own 700 a large record takes longer."""


def main() -> None:
    """Run the program; the console scripts `audit` and `centre-audit` start here."""
    arguments = sys.argv[1:]
    activate(_wanted_language(arguments))
    if "_AUDIT_COMPLETE" not in os.environ and _only(arguments, {"--help", "-h"}):
        _show(overview())
        return
    if _only(arguments, {"--version"}):
        sys.stdout.write(f"audit {__version__}\n")
        return
    teach("click")  # first: it names files and folders as its modules and ours are loaded
    from auditor.cli.shell import run_command  # noqa: PLC0415 - see the module's docstring

    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # they cost, and none is ours
    gc.set_threshold(NEW_OBJECTS)
    code = run_command(arguments)
    gc.freeze()  # else Python looks once more through everything, for a tenth of a second
    sys.exit(code)


def overview() -> str:
    """Return what `audit --help` prints."""
    commands = "\n".join(f"  {name:<17} {_(text)}" for name, text in COMMANDS.items())
    return _(
        """\
audit measures the digital infrastructure of a provincial innovation centre
and proves it.

Usage: audit COMMAND [OPTIONS]

Commands:
{commands}

Options:
  --lang vi|en  language of everything shown (default vi, or AUDIT_LANG)
  --version     print the version
  --help        this page; `audit COMMAND --help` for a command's own

Examples:
  audit run                         measure this machine by the default profile
  audit init                        answer some questions, get centre.yaml
  audit run --site centre.yaml      audit the centre
  audit explain 2.14                what indicator 2.14 asks for

Exit codes: 0 all met, 1 not performed, 2 usage, 3 nothing to audit,
10 at least one not met, 11 none not met but some undetermined,
12 a pack failed verification.
""",
        commands=commands,
    )


def _show(text: str) -> None:
    if not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    from auditor.cli.page import put_lines  # noqa: PLC0415 - see the module's docstring

    put_lines(text.splitlines())


def _only(arguments: list[str], words: set[str]) -> bool:
    """Tell whether the arguments, apart from a language, are just one of these words."""
    rest = [word for word in arguments if not word.startswith("--lang") and word not in CODES]
    return (not rest and "--help" in words) or (len(rest) == 1 and rest[0] in words)


def _wanted_language(arguments: list[str]) -> str:
    """Find `--lang` before anything is parsed: help texts are translated while they are built."""
    for index, word in enumerate(arguments):
        value = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and index + 1 < len(arguments):
            value = arguments[index + 1]
        if value in CODES:
            return value
    wanted = os.environ.get("AUDIT_LANG", "vi")
    return wanted if wanted in CODES else "vi"
