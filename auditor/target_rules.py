"""What types cannot say about a target: how it is reached, by whose leave, with which secret."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from auditor.addresses import address_of
from auditor.language import _
from auditor.logins import PLATFORMS, PORTS, login_of, route
from auditor.model import Method, Scope, Site, Target
from auditor.named_files import trouble
from auditor.scope_listing import is_listed, is_this_machine

Refusal = tuple[tuple[str | int, ...], str, str]

_PINNED = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_SECRET = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|keyring:[^/\s][^/]*/[^/\s]+|file:\S.*")


def refusals(site: Site, folder: Path) -> Iterator[Refusal]:
    """Yield what is wrong with each target; paths are from the site's root."""
    for index, target in enumerate(site.targets):
        for field, problem, remedy in (
            *_url(target),
            *_leave(target, site.scope),
            *_way(target, site),
            *_credentials(target, folder),
        ):
            yield ("targets", index, field), problem, remedy


def not_machines(site: Site) -> Iterator[Refusal]:
    """Yield what is wrong with the list of things that are no machines."""
    hosts = {urlsplit(target.url).hostname for target in site.targets if target.scheme in PORTS}
    for index, thing in enumerate(site.not_machines):
        path = ("not_machines", index)
        if not thing.reason.strip():
            yield (*path, "reason"), _("missing field"), _("Say what it is, such as a printer.")
        if not (thing.address or thing.mac):
            yield path, _("missing field"), _("Write its address, its mac or both.")
        if thing.mac and not _MAC.fullmatch(thing.mac.lower()):
            yield (
                (*path, "mac"),
                _("{value} is no hardware address", value=thing.mac),
                _("Write it like 00:16:3e:11:22:33."),
            )
        if thing.address and not address_of(thing.address):
            yield (
                (*path, "address"),
                _("{value} is no IP address", value=thing.address),
                _("Write one address; name each thing by itself."),
            )
        elif thing.address in hosts:
            yield (
                (*path, "address"),
                _("{value} is a target as well", value=thing.address),
                _("Remove it here, or remove the target: it is a machine or it is none."),
            )


def _url(target: Target) -> Iterator[tuple[str, str, str]]:
    if target.scheme not in PORTS:
        yield from (
            (
                field,
                _("has no meaning for {scheme}:", scheme=target.scheme),
                _("Remove it, or write a URL such as ssh://user@192.168.10.5."),
            )
            for field in ("host_key", "via", "key_file", "password_from", "sudo")
            if getattr(target, field)
        )
        return
    try:
        login = login_of(target.url)
    except ValueError:
        yield "url", *_unreadable(target)
        return
    if not login.user:
        yield (
            "url",
            _("names no user"),
            _(
                "Write it as {scheme}://USER@HOST: an account is never guessed.",
                scheme=target.scheme,
            ),
        )
    if target.platform not in PLATFORMS:
        yield (
            "platform",
            _("unknown platform {name}", name=target.platform),
            _("Use one of: {words}.", words=", ".join(PLATFORMS)),
        )


def _unreadable(target: Target) -> tuple[str, str]:
    return (
        _("no usable address of a machine"),
        _("Write it as {scheme}://USER@HOST or with :PORT.", scheme=target.scheme),
    )


def _leave(target: Target, scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Refuse before the run what the gate would refuse in it, hours and dates apart."""
    if target.scheme not in PORTS:
        return
    host = urlsplit(target.url).hostname or ""
    if not host or is_this_machine(host):
        return
    if not is_listed(host, scope):
        yield (
            "url",
            _("{host} is not in the scope", host=host),
            _("Add it to scope.networks (addresses) or scope.names, if the letter allows it."),
        )
    elif scope.authorisation is None or Method.HOST_LOGIN not in scope.authorisation.methods:
        yield (
            "url",
            _("nothing allows logging in to {host}", host=host),
            _("Add host_login to scope.authorisation.methods, if the signed letter says so."),
        )


def _way(target: Target, site: Site) -> Iterator[tuple[str, str, str]]:
    if not target.via or target.scheme not in PORTS:
        return
    bastions = {item.name: item for item in site.targets if item.scheme == "ssh"}
    if target.scheme != "ssh" or target.via not in bastions:
        yield (
            "via",
            _("{name} is no other ssh: target", name=target.via),
            _("Name the bastion as a target with an ssh:// URL; only ssh: goes through one."),
        )
        return
    try:
        route(target, site.targets)
    except ValueError:
        yield (
            "via",
            _("leads in a circle"),
            _("Leave `via` out at the bastion that this machine reaches directly."),
        )


def _credentials(target: Target, folder: Path) -> Iterator[tuple[str, str, str]]:
    if target.host_key and not _PINNED.fullmatch(target.host_key):
        yield (
            "host_key",
            _("no fingerprint"),
            _("Write it as SHA256:… with 43 characters, as `audit trust` shows it."),
        )
    remedy = _("Write the path of a private key, or leave it out to use the SSH agent.")
    if target.key_file and (bad := trouble(folder / Path(target.key_file).expanduser(), remedy)):
        yield "key_file", *bad
    if bad := misplaced_secret(target.password_from):
        yield "password_from", *bad
    if target.scheme == "winrm" and not target.password_from:
        yield (
            "password_from",
            _("missing field"),
            _("WinRM needs one: write env:NAME or keyring:SERVICE/USER."),
        )


def misplaced_secret(reference: str) -> tuple[str, str] | None:
    """Return problem and remedy of a text that names no place of a secret; none for no text.

    The text is not repeated: it may be the secret itself.
    """
    if not reference or _SECRET.fullmatch(reference):
        return None
    return (
        _("names no place of a password"),
        _("Write env:NAME, keyring:SERVICE/USER or file:PATH; never the password itself."),
    )
