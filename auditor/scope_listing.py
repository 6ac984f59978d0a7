"""Whether a site's scope lists a host: said when the file is read, before anything is resolved.

The gate judges again, address by address; what is refused here would be refused there as well.
"""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from auditor.links import own_addresses
from auditor.model import Scope


def is_this_machine(host: str) -> bool:
    """Whether a host is the machine that reads the site file."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address in own_addresses()


def is_listed(host: str, scope: Scope) -> bool:
    """Whether a name is listed, or an address lies in the networks and in no exclusion."""
    try:
        address = ip_address(host)
    except ValueError:
        return host in {name.lower() for name in scope.names}
    return _within(address, scope.networks) and not _within(address, scope.exclusions)


def is_service(host: str, listed: Iterable[str]) -> bool:
    """Whether a public service is listed, by itself or under a listed `.domain`."""
    name = host.lower()
    return any(
        name.endswith(one) if one.startswith(".") else name == one for one in map(str.lower, listed)
    )


def _within(address: object, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of some networks; `scope_rules` reports unreadable ones."""
    for text in networks:
        try:
            network = ip_network(text)
        except ValueError:
            continue  # refused under its own field
        if address in network:
            return True
    return False
