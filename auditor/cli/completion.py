"""`audit completion`: the script that teaches a shell our commands."""

import click
from click.shell_completion import get_completion_class

from auditor.cli.options import language_option
from auditor.language import _


@click.command(
    "completion",
    help=_("Print the completion script for a shell."),
    epilog=_('Example, in ~/.bashrc: eval "$(audit completion bash)"'),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.option(
    "--name",
    type=click.Choice(["audit", "centre-audit"]),
    default="audit",
    show_default=True,
    help=_("the program to complete"),
)
@language_option
def command(shell: str, name: str) -> None:
    """Print the completion script for a shell."""
    from auditor.cli.shell import audit  # noqa: PLC0415 - the shell imports the commands

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(_("no completion for {shell}", shell=shell))
    click.echo(kind(audit, {}, name, "_AUDIT_COMPLETE").source())
