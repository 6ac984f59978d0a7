"""Signed statements."""

from auditor.errors import CannotMeasure
from auditor.model import Failure, Measured, Row, Subject, Text
from auditor.parsing import in_order
from auditor.probing import Column, Papers, probe


@probe(
    Column("subject", str, "Indicator or check that the statement is about"),
    Column("statement", str, "What is stated"),
    Column("by", str, "Who signed"),
    Column("position", str, "Position of who signed"),
    Column("on", str, "Day of the signature"),
    Column("file", str, "Signed file, relative to the site file"),
    Column("is_present", bool, "The file is there and could be hashed"),
    Column("sha256", str, "Digest of the file now"),
    subject=Subject.CENTRE,
)
def declarations(papers: Papers) -> Measured:
    """Statements such as "not applicable", each with the signed file behind it."""
    rows: list[Row] = []
    limitations: list[Text] = []
    for declaration in papers.site.declarations:
        is_present: bool | None = True
        sha256 = None
        try:
            sha256 = papers.digest(declaration.file).sha256
        except CannotMeasure as failure:
            is_present = False if failure.failure is Failure.TOOL_MISSING else None
            if is_present is None:
                limitations.append(
                    Text(
                        vi=f"Không đọc được tệp cam kết: {failure.detail}",
                        en=f"The file of a declaration could not be read: {failure.detail}",
                    )
                )
        rows.append(
            {
                "subject": declaration.subject,
                "statement": str(declaration.statement),
                "by": declaration.by,
                "position": declaration.position,
                "on": declaration.on.isoformat(),
                "file": declaration.file,
                "is_present": is_present,
                "sha256": sha256,
            }
        )
    return Measured(rows=in_order(rows, "subject"), limitations=tuple(dict.fromkeys(limitations)))
