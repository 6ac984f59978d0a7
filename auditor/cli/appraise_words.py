"""What results of a second look are called."""

from auditor.language import _
from auditor.pack.agreement import Result, Why


def results() -> dict[str, str]:
    """Return the word for each result."""
    return {
        Result.AGREES.value: _("agrees"),
        Result.CONTRADICTS.value: _("CONTRADICTS"),
        Result.NOT_COMPARABLE.value: _("not comparable"),
    }


def reasons() -> dict[str, str]:
    """Return each reason in words."""
    return {
        Why.SAME_ANSWERS.value: _("the same answers"),
        Why.WITHIN_FLUCTUATION.value: _("within what fluctuates by its nature"),
        Why.OTHER_VERDICT.value: _("another verdict"),
        Why.OTHER_VALUE.value: _("another value"),
        Why.NO_LONGER_ANSWERED.value: _("it answered then, and does not now"),
        Why.NOT_MEASURED_AGAIN.value: _("could not be measured now"),
        Why.NOT_MEASURED_BEFORE.value: _("the pack says that it was not measured"),
        Why.NO_SUCH_TARGET.value: _("the site file has no such target, or reaches it otherwise"),
        Why.CARRIED_BY_HAND.value: _("a stored output: reading it again proves nothing"),
        Why.DERIVED.value: _("derived from other measurements"),
        Why.OTHER_PROBE_VERSION.value: _("another version of the probe"),
        Why.ANSWERS_NOTHING.value: _("the pack concludes nothing from it"),
        Why.AT_THE_THRESHOLD.value: _("so near to the threshold that fluctuation decides"),
        "by_hand": _("by hand"),
    }
