"""Signed statements."""

from auditor.documents.attested import Standing, listing, standing
from auditor.errors import CannotMeasure
from auditor.model import (
    Attestation,
    Declaration,
    Failure,
    Hides,
    Measured,
    Row,
    Subject,
    Text,
    Value,
)
from auditor.parsing import in_order
from auditor.probing import Column, Papers, probe


@probe(
    Column("subject", str, "Indicator or check that the statement is about", hides=Hides.NOTHING),
    Column("statement", str, "What is stated", hides=Hides.TEXT),
    Column("by", str, "Who signed", hides=Hides.PERSON),
    Column("position", str, "Position of who signed", hides=Hides.TEXT),
    Column("on", str, "Day of the signature", hides=Hides.NOTHING),
    Column("file", str, "Signed file, relative to the site file", hides=Hides.FILE),
    Column("is_present", bool, "The file is there and could be hashed"),
    Column("sha256", str, "Digest of the file now", hides=Hides.NOTHING),
    Column("until", str, "Last day of a declaration made with `audit attest`", hides=Hides.NOTHING),
    Column("holds", bool, "It counts: the file is there and, where bound, unchanged and in time"),
    subject=Subject.CENTRE,
)
def declarations(papers: Papers) -> Measured:
    """Statements such as "not applicable", each with the signed file behind it.

    Those of the site file and those made with `audit attest`, which are bound to bytes and days.
    """
    today = papers.today
    words: list[tuple[Attestation, Standing]] = []
    rows: list[Row] = []
    limitations: list[Text] = []
    for declaration in papers.site.declarations:
        is_present, digest = _looked_up(papers, declaration.file, limitations)
        holds = is_present is True
        rows.append(
            _row(declaration, str(declaration.statement), digest, is_present=is_present)
            | {"holds": holds}
        )
    for word in papers.site.attestations:
        if word.states is None:
            continue
        is_present, digest = _looked_up(papers, word.file, limitations)
        state = standing(word, digest, today)
        words.append((word, state))
        rows.append(
            _row(word, str(word.states), digest, is_present=is_present)
            | {"until": word.until.isoformat(), "holds": state is Standing.HOLDS}
        )
    limitations += listing(words)
    return Measured(rows=in_order(rows, "subject"), limitations=tuple(dict.fromkeys(limitations)))


def _looked_up(
    papers: Papers, file: str, limitations: list[Text]
) -> tuple[bool | None, str | None]:
    """Return whether a signed file is there, and its digest; say so where nobody can know."""
    try:
        return True, papers.digest(file).sha256
    except CannotMeasure as failure:
        if failure.failure is Failure.TOOL_MISSING:
            return False, None
        limitations.append(
            Text(
                vi=f"Không đọc được tệp cam kết: {failure.detail}",
                en=f"The file of a declaration could not be read: {failure.detail}",
            )
        )
        return None, None


def _row(
    said: Declaration | Attestation, statement: str, digest: str | None, *, is_present: bool | None
) -> dict[str, Value]:
    return {
        "subject": said.subject,
        "statement": statement,
        "by": said.by,
        "position": said.position,
        "on": said.on.isoformat(),
        "file": said.file,
        "is_present": is_present,
        "sha256": digest,
        "until": None,
        "holds": None,
    }
