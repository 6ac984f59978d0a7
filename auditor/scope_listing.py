"""Whether a site's scope lists a host: said when the file is read, before anything is resolved.

The gate judges again, address by address; what is refused here would be refused there as well.
"""

from collections.abc import Iterable

from auditor.addresses import Address, address_of, network_of
from auditor.links import own_addresses
from auditor.model import Scope


def is_this_machine(host: str) -> bool:
    """Whether a host is the machine that reads the site file."""
    if host == "localhost":
        return True
    address = address_of(host)
    return address is not None and (address.is_loopback or address in own_addresses())


def is_listed(host: str, scope: Scope) -> bool:
    """Whether a name is listed, or an address lies in the networks and in no exclusion."""
    address = address_of(host)
    if address is None:
        return host in {name.lower() for name in scope.names}
    return _within(address, scope.networks) and not _within(address, scope.exclusions)


def is_service(host: str, listed: Iterable[str]) -> bool:
    """Whether a public service is listed, by itself or under a listed `.domain`."""
    name = host.lower()
    return any(
        name.endswith(one) if one.startswith(".") else name == one for one in map(str.lower, listed)
    )


def _within(address: Address, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of some networks; `scope_rules` reports unreadable ones."""
    return any(network and address in network for network in map(network_of, networks))
