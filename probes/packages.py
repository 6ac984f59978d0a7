"""Installed software."""

from auditor.model import Hides, Measured
from auditor.parsing import in_order
from auditor.probing import Column, HostFacts, probe
from auditor.sections.software import packages as listed


@probe(
    Column(
        "name",
        str,
        "Name of the package; dpkg adds the architecture where it is ambiguous",
        hides=Hides.WEAKNESS,
    ),
    Column(
        "version",
        str,
        "Version; null for a package of which nothing is left but its name",
        hides=Hides.WEAKNESS,
    ),
    Column(
        "state",
        str,
        "installed; or, with dpkg, config-files, half-configured, …",
        hides=Hides.WEAKNESS,
    ),
    Column("manager", str, "dpkg, rpm, pkgutil or the Windows registry", hides=Hides.WEAKNESS),
)
def packages(host: HostFacts) -> Measured:
    """Software packages as package managers list them; nothing that was installed by hand.

    A removed package may leave its configuration behind: its state is then not `installed`.
    Tested on Linux; macOS and Windows are read after documentation, not tested on a real system.
    """
    return Measured(rows=in_order(listed(host.collection), "name", "version"))
