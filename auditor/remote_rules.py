"""What types cannot say about how people work from elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

from auditor.addresses import address_of, is_public, network_of, overlap
from auditor.language import _
from auditor.logins import WINDOWS
from auditor.model import Method, RemoteWork, Scope, Site, VpnKind, VpnProgram
from auditor.named_files import trouble
from auditor.scope_listing import is_listed, is_this_machine

Refusal = tuple[tuple[str | int, ...], str, str]

_LAST_PORT = 65535
_STATUS_FILE = re.compile(r"/[A-Za-z0-9_./@+-]+")


def refusals(site: Site, folder: Path) -> Iterator[Refusal]:
    """Yield what is wrong with `remote_work`; paths are from the site's root."""
    wanted = site.remote_work
    if wanted is None:
        return
    if not (wanted.endpoints or wanted.servers or wanted.public_addresses or wanted.outside_runs):
        yield (
            ("remote_work",),
            _("names nothing to ask"),
            _("Name endpoints, servers or public_addresses, or remove it."),
        )
    for path, problem, remedy in (
        *_endpoints(wanted, site.scope),
        *_servers(wanted, site),
        *_addresses(wanted, site.scope),
        *_outside(wanted, site),
        *_runs(wanted, folder),
    ):
        yield ("remote_work", *path), problem, remedy


def _endpoints(wanted: RemoteWork, scope: Scope) -> Iterator[Refusal]:
    names = [endpoint.name for endpoint in wanted.endpoints]
    for index, endpoint in enumerate(wanted.endpoints):
        path = ("endpoints", index)
        if endpoint.name in names[:index]:
            yield (
                (*path, "name"),
                _("{name} is there twice", name=endpoint.name),
                _("Give each endpoint a name of its own."),
            )
        if not 0 <= endpoint.port <= _LAST_PORT:
            yield (
                (*path, "port"),
                _("{value} is out of range", value=endpoint.port),
                _("Write a number from {least} to {most}.", least=1, most=_LAST_PORT),
            )
        if endpoint.kind is VpnKind.WIREGUARD or is_this_machine(endpoint.host):
            continue  # nothing is sent, or nothing leaves this machine
        if not is_listed(endpoint.host, scope):
            yield (
                (*path, "host"),
                _("{host} is not in the scope", host=endpoint.host),
                _("Add it to scope.networks or scope.names, if the letter allows it."),
            )
        elif scope.authorisation is None or (
            Method.SERVICE_PROBES not in scope.authorisation.methods
        ):
            yield (
                (*path, "host"),
                _("nothing allows asking services of {host}", host=endpoint.host),
                _("Add service_probes to scope.authorisation.methods, if the letter says so."),
            )


def _servers(wanted: RemoteWork, site: Site) -> Iterator[Refusal]:
    targets = {target.name: target for target in site.targets}
    names = [server.name for server in wanted.servers]
    asked = [(server.target, server.kind) for server in wanted.servers]
    for index, server in enumerate(wanted.servers):
        path, target = ("servers", index), targets.get(server.target)
        if server.name in names[:index]:
            yield (
                (*path, "name"),
                _("{name} is there twice", name=server.name),
                _("Name each once."),
            )
        if asked[index] in asked[:index]:
            yield (
                (*path, "target"),
                _("another entry asks the same of {name}", name=server.target),
                _("Keep one entry for each program and machine."),
            )
        if target is None:
            yield (
                (*path, "target"),
                _("unknown target {name}", name=server.target),
                _("Name the machine that serves the VPN in `targets`."),
            )
        elif target.scheme == "winrm" or target.platform == WINDOWS:
            yield (
                (*path, "target"),
                _("a VPN server is not asked on Windows"),
                _("Name a machine that runs Linux."),
            )
        if server.status_file and (
            server.kind is not VpnProgram.OPENVPN or not _STATUS_FILE.fullmatch(server.status_file)
        ):
            yield (
                (*path, "status_file"),
                _("no path of a status file of OpenVPN"),
                _("Write it like {example}.", example="/run/openvpn-server/status-vpn.log"),
            )


def _addresses(wanted: RemoteWork, scope: Scope) -> Iterator[Refusal]:
    owned = [network for proof in scope.ownership if (network := network_of(proof.network))]
    for index, text in enumerate(wanted.public_addresses):
        path = ("public_addresses", index)
        address = address_of(text)
        if address is None:
            yield (
                path,
                _("{value} is no IP address", value=text),
                _("Write one address; name each by itself."),
            )
        elif not is_public(address):
            yield (
                path,
                _("{value} is no address of the Internet", value=text),
                _("Write the public addresses that the provider gave the centre."),
            )
        elif not any(address in network for network in owned):
            yield (
                path,
                _("{value} is public, and nothing proves that the centre owns it", value=text),
                _("Name the proof under scope.ownership."),
            )
        elif not is_listed(text, scope):
            yield (
                path,
                _("{host} is not in the scope", host=text),
                _("Add it to scope.networks or scope.names, if the letter allows it."),
            )


def _outside(wanted: RemoteWork, site: Site) -> Iterator[Refusal]:
    inside = [
        network
        for text in (
            *site.scope.networks,
            *(proof.network for proof in site.scope.ownership),
            *(segment.network for segment in site.network.segments),
            *(text for zone in site.network.zones for text in zone.networks),
        )
        if (network := network_of(text))
    ]
    for index, place in enumerate(wanted.outside):
        path = ("outside", index, "network")
        network = network_of(place.network)
        if network is None:
            yield (
                path,
                _("{value} is no network in CIDR form", value=place.network),
                _("Write it like {example}.", example="203.0.113.7/32"),
            )
        elif any(overlap(network, own) for own in inside):
            yield (
                path,
                _("{value} belongs to the centre itself", value=place.network),
                _("Name a network that is not the centre's, such as that of a mobile line."),
            )


def _runs(wanted: RemoteWork, folder: Path) -> Iterator[Refusal]:
    for index, name in enumerate(wanted.outside_runs):
        remedy = _("Copy record.json of the run from outside there.")
        if bad := trouble(folder / name, remedy):
            yield ("outside_runs", index), *bad
