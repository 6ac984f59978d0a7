"""The checks of an indicator: those written in the profile, and one for each document it needs."""

import json

from auditor.model import (
    Basis,
    Check,
    DocumentNeed,
    Empty,
    Indicator,
    Operator,
    Per,
    Profile,
    Read,
    Text,
)

DOCUMENT_PROBE = "documents"
DOCUMENT_PARAMETER = "documents_needed"


def checks_of(profile: Profile, indicator: Indicator) -> tuple[Check, ...]:
    """Return an indicator's checks in reading order: machine and declaration first, then papers."""
    papers = (document_check(profile, indicator, need) for need in indicator.documents)
    return (*indicator.checks, *papers)


def document_check(profile: Profile, indicator: Indicator, need: DocumentNeed) -> Check:
    """Ask for a confirmed, present and unexpired document of one kind.

    Only documents that a named person confirmed count, in either direction: an unconfirmed file
    proves nothing, and a missing one is no proof of absence.
    """
    name = profile.document_kinds[need.kind]
    per_system = indicator.per is Per.INFORMATION_SYSTEM
    where = f"row.kind == {json.dumps(need.kind)} && row.is_confirmed == true"
    if indicator.optional:
        # "If any": that there is none is for a signed declaration to say, and is no failure.
        where += " && row.exists == true"
    if per_system:
        where += " && system.id in row.information_systems"
    return Check(
        id=need.kind,
        title=Text(vi=f"Minh chứng: {name.vi}", en=f"Document: {name.en}"),
        basis=Basis.DOCUMENT,
        reads={
            "usable": Read(
                probe=DOCUMENT_PROBE,
                where=where + " && row.is_present == true && row.is_expired != true",
                empty=Empty.COUNTS,
            ),
            "known": Read(probe=DOCUMENT_PROBE, where=where),
        },
        value="usable.size()",
        expect={Operator.AT_LEAST: DOCUMENT_PARAMETER},
        unknown=Text(
            vi=f"chưa có “{name.vi}” được xác nhận",
            en=f"no confirmed “{name.en}”",
        ),
        optional=need.optional,
    )
