"""What a run measures: the machines that a site file names, and what every centre has."""

from auditor.model import Site, Target

THIS_MACHINE = Target(name="this-machine", url="local:", roles=("vantage",))
PAPERS = Target(name="site", url="doc:")
NETWORK = Target(name="network", url="net:")
RUN = Target(name="run", url="run:")
RESERVED = (PAPERS, NETWORK, RUN)
"""What no site file may call a machine."""


def all_targets(site: Site) -> tuple[Target, ...]:
    """Return the site's machines (or this one), papers, network, and the run itself."""
    return (*(site.targets or (THIS_MACHINE,)), *RESERVED)
