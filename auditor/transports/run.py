"""`run:`: what the same run has measured before, for probes that derive from it."""

from auditor.model import Observation, Target
from auditor.transports import Context
from auditor.transports.from_site import FromSite


def access(_target: Target, context: Context) -> "SeenSoFar":
    """Open what was measured. Nothing is read from outside."""
    return SeenSoFar(context)


class SeenSoFar(FromSite):
    """The observations of the run as `RunSoFar`."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """All that the run measures."""
        return self._context.targets

    @property
    def seen(self) -> tuple[Observation, ...]:
        """What was measured, in the order of the journal."""
        return self._context.seen
