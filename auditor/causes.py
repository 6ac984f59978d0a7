"""What the causes of a changed verdict read like, and why there may be no comparison."""

from types import MappingProxyType

from auditor.language import N_
from auditor.model import Cause, Hindrance

CAUSES = MappingProxyType(
    {
        Cause.CRITERIA: N_("the criteria or their thresholds changed"),
        Cause.PROBE: N_("a measurement is made in another way (version of the probe)"),
        Cause.COVERAGE: N_("something else was measured, or could not be measured"),
        Cause.STATEMENT: N_("a statement or confirmation came or went"),
        Cause.DOCUMENT: N_("a document changed"),
        Cause.TIME: N_("time passed; nothing else changed"),
        Cause.NOISE: N_("the samples scatter: both runs range over common values"),
        Cause.MACHINE: N_("what was measured changed"),
        Cause.EXCEPTION: N_("an exception came or ended; the verdict is the same"),
    }
)
"""To be translated, as the next."""

HINDRANCES = MappingProxyType(
    {
        Hindrance.STORE_UNAVAILABLE: N_("the history of runs could not be read"),
        Hindrance.RECORD_MISSING: N_("its record no longer lies where it was kept"),
        Hindrance.RECORD_ALTERED: N_("its record is no longer the one that was kept"),
        Hindrance.RECORD_UNREADABLE: N_("its record cannot be read by this version"),
    }
)
