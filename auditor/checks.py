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
CONTENT_PROBE = "document_content"
REMARKS_PARAMETER = "entries_expected"


def checks_of(profile: Profile, indicator: Indicator) -> tuple[Check, ...]:
    """Return an indicator's checks in reading order: machine and declaration first, then papers."""
    papers = [document_check(profile, indicator, need) for need in indicator.documents]
    if papers and REMARKS_PARAMETER in profile.parameters:
        papers.append(remarks_check(indicator))
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
        due=need.due,
    )


def remarks_check(indicator: Indicator) -> Check:
    """List what the documents themselves say against what is claimed of them; never decides."""
    kinds = json.dumps([need.kind for need in indicator.documents])
    where = f"row.kind in {kinds} && row.is_declared == true"
    if indicator.per is Per.INFORMATION_SYSTEM:
        where += " && system.id in row.information_systems"
    return Check(
        id="document_remarks",
        title=Text(
            vi="Điều cần xem lại trong nội dung văn bản (tồn tại)",
            en="What to look at again in the documents' own words (remark)",
        ),
        basis=Basis.DOCUMENT,
        reads={"texts": Read(probe=CONTENT_PROBE, where=where)},
        value=(
            "texts.filter(t, t.remarks_vi.size() > 0)"
            ".map(t, t.file + ': ' + t.remarks_vi.join('; '))"
        ),
        expect={Operator.EXISTS: REMARKS_PARAMETER},
        unknown=Text(
            vi="chưa đọc được văn bản nào thuộc các loại này",
            en="no document of these kinds was read",
        ),
    )
