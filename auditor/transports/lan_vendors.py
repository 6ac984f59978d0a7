"""Who made a network card: the IEEE's list as netaddr ships it (BSD licence)."""

from collections.abc import Iterable
from importlib.metadata import version

from netaddr import EUI, AddrFormatError, NotRegisteredError

from auditor.lan.talk import clean

_LOCAL = 0x02
_DATES = {"1.3.0": "2024-05"}
"""When a release of netaddr took the IEEE's list."""


def vendors(macs: Iterable[str]) -> dict[str, str]:
    """Return the registered maker for each MAC that has one; made-up addresses have none."""
    found = {}
    for mac in set(macs):
        try:
            if int(mac[:2], 16) & _LOCAL:
                continue
            found[mac] = clean(str(EUI(mac).oui.registration()["org"]))
        except (NotRegisteredError, AddrFormatError, ValueError):
            continue
    return found


def table() -> str:
    """Name the list and, where it is known, its date."""
    release = version("netaddr")
    date = _DATES.get(release)
    return f"netaddr {release}" + (f" ({date})" if date else "")
