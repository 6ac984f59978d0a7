"""`audit trust`: a person compares a machine's key before the tool ever logs in to it."""

import sys
from pathlib import Path

import click

from auditor import profile, saying, site
from auditor.cli.options import FILE, language_option, profile_option
from auditor.cli.page import echo
from auditor.errors import BadInput, CannotMeasure, CannotPerform, Problem
from auditor.language import _, current
from auditor.logins import login_of
from auditor.model import Target
from auditor.phrases import FAILURES
from auditor.scope import Gate
from auditor.site import LoadedSite
from auditor.transports import Context, known_hosts
from auditor.transports.deadline import Deadline
from auditor.transports.known_hosts import HostKey, Standing
from auditor.transports.ssh_session import key_of
from auditor.transports.ssh_stages import Progress

_LONGEST_S = 60.0


@click.command(
    "trust",
    help=_("Show the SSH key of a machine, and trust it when you say so."),
    epilog=_(
        "Example: audit trust may-chu-1 --site centre.yaml. Compare the fingerprint with what"
        " `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints on the machine itself."
    ),
)
@click.argument("machine", metavar=_("HOST|TARGET"))
@click.option("--site", "site_file", type=FILE, help=_("the centre's site file"))
@click.option("--yes", is_flag=True, help=_("do not ask; a changed key is refused all the same"))
@profile_option
@language_option
def command(*, machine: str, site_file: Path | None, yes: bool, profile_name: str) -> None:
    """Show the SSH key of a machine, and trust it when you say so."""
    centre = (
        site.load(site_file, profile.load(profile_name).profile) if site_file else site.default()
    )
    target = _target(machine, centre)
    name = login_of(target.url).known_as
    key = _shown_by(target, centre)
    known = known_hosts.load()
    standing = known.standing(name, key)
    if target.host_key and target.host_key != key.fingerprint:
        raise CannotPerform(
            _(
                "{name} shows {key}, but the site file pins {pinned}. Find out why before you"
                " change the site file",
                name=name,
                key=key,
                pinned=target.host_key,
            )
        )
    if standing is Standing.KNOWN:
        echo(_("{name} is trusted already: {key}", name=name, key=key))
        return
    echo(_("{name} shows {key}", name=name, key=key))
    if standing is Standing.REVOKED:
        raise CannotPerform(
            _("This key is revoked in a known_hosts file. Ask who manages {name}", name=name)
        )
    if standing is Standing.CHANGED:
        usual = ", ".join(map(str, known.keys(name)))
        echo(_("Known until now: {keys}", keys=usual))
        echo(_("A changed key can mean that somebody stands between you and the machine."))
    _must_be_wanted(name, standing, yes=yes)
    _trust(name, key)


def _target(machine: str, centre: LoadedSite) -> Target:
    """Return the site's target of that name, or one made of a host name or address."""
    for target in centre.site.targets:
        if target.name == machine and target.scheme == "ssh":
            return target
    url = machine if machine.startswith("ssh://") else f"ssh://{machine}"
    bare = machine.count(":") > 1 and "[" not in machine
    target = Target(name=machine, url=f"ssh://[{machine}]" if bare else url)
    try:
        login_of(target.url)
    except ValueError:
        raise BadInput(
            Problem(
                machine,
                _("no machine"),
                _("Give an ssh: target of the site file, HOST, HOST:PORT or an address."),
            )
        ) from None
    return target


def _shown_by(target: Target, centre: LoadedSite) -> HostKey:
    gate = Gate(centre.site.scope, centre.site.timezone)
    context = Context(centre.site, centre.folder, gate, lambda _request, _content: "")
    try:
        with Deadline(_LONGEST_S) as deadline:
            return key_of(target, context, Progress(deadline))
    except CannotMeasure as error:
        raise CannotPerform(
            _(
                "{place}: {error}",
                place=current().pick(FAILURES[error.failure]),
                error=error.detail,
            )
        ) from error


def _must_be_wanted(name: str, standing: Standing, *, yes: bool) -> None:
    """Ask, or take `--yes` for an answer where it may be one."""
    if yes and standing is Standing.UNKNOWN:
        return
    if yes or not sys.stdin.isatty():
        raise CannotPerform(
            _("Not trusted. Run `audit trust {name}` in a terminal and answer", name=name)
        )
    if not click.confirm(_("Is this the fingerprint that the machine itself shows?")):
        raise CannotPerform(_("Not trusted"))


def _trust(name: str, key: HostKey) -> None:
    try:
        path = known_hosts.trust(name, key)
    except OSError as error:
        raise CannotPerform(
            _("{place}: {error}", place=known_hosts.own_file(), error=saying.system(error))
        ) from error
    echo(_("Written to {path}", path=path))
    echo(_("To pin it in the site file: host_key: {value}", value=f'"{key.fingerprint}"'))
