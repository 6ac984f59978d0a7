"""Why a read of a check has nothing to look at, in words."""

from auditor import phrases
from auditor.model import Failure, Measured, Measurement, NotMeasured, Observation, Read, Text


def why_missing(act: Measurement, observation: Observation | None) -> Text:
    """Say why a planned act gave no rows."""
    if observation is None or isinstance(observation.result, Measured):
        return phrases.fill(phrases.LOST, probe=act.probe, target=act.target)
    return phrases.fill(
        phrases.NOT_MEASURED,
        probe=act.probe,
        target=act.target,
        failure=cause(observation.result),
    )


def cause(result: NotMeasured) -> Text:
    """Say a failure in words; of authorisation, what the letter lacks where the gate said it."""
    if result.failure is Failure.NOT_AUTHORISED:
        for said, words in phrases.LETTERS.items():
            if said in result.detail:
                return words
    return phrases.FAILURES[result.failure]


def nothing_planned(read: Read) -> Text:
    """Say that no act of the plan is what a read asks for."""
    roles = (
        phrases.fill(phrases.WITH_ROLE, roles=", ".join(read.roles))
        if read.roles
        else Text(vi="", en=" this site")
    )
    return phrases.fill(phrases.NOTHING_PLANNED, probe=read.probe, roles=roles)
