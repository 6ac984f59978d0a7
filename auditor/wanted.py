"""What of a profile's words its indicators use: a profile may inherit more from its base."""

import re

from auditor.checks import checks_of
from auditor.model import Profile

_PARAMETER = re.compile(r"\bparams\.(\w+)")


def document_kinds(profile: Profile) -> tuple[str, ...]:
    """Return the kinds of document that an indicator names, in the profile's order."""
    used = {need.kind for item in profile.indicators for need in item.documents}
    return tuple(kind for kind in profile.document_kinds if kind in used)


def declared_values(profile: Profile) -> tuple[str, ...]:
    """Return the declared values that an indicator names, in the profile's order."""
    used = {name for item in profile.indicators for name in item.declared}
    return tuple(name for name in profile.declared_values if name in used)


def parameters(profile: Profile) -> tuple[str, ...]:
    """Return the parameters that a check compares with, names in an expression, or is due by."""
    used: set[str] = set()
    for item in profile.indicators:
        for check in checks_of(profile, item):
            used.update(check.expect.values(), filter(None, (check.due,)))
            for words in (check.value, *(read.where for read in check.reads.values())):
                used.update(_PARAMETER.findall(words))
    return tuple(name for name in profile.parameters if name in used)


def readers(profile: Profile, *probes: str) -> tuple[str, ...]:
    """Return the indicators of which a check reads one of these probes."""
    return tuple(
        item.id
        for item in profile.indicators
        if any(read.probe in probes for check in item.checks for read in check.reads.values())
    )
