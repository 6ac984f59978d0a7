"""The centre's own figures."""

from auditor.model import Hides, Measured, Row, Subject
from auditor.parsing import in_order
from auditor.probing import Column, Papers, probe


@probe(
    Column("id", str, "Name of the value, as the profile asks for it", hides=Hides.NOTHING),
    Column("number", float, "The value, if it is a number"),
    Column("text", str, "The value, if it is text", hides=Hides.TEXT),
    Column("yes_no", bool, "The value, if it is yes or no"),
    Column("declared_by", str, "Who answers for it", hides=Hides.PERSON),
    Column("declared_on", str, "Day of the declaration", hides=Hides.NOTHING),
    subject=Subject.CENTRE,
)
def declared_values(papers: Papers) -> Measured:
    """Values that only the centre can state, under the name of who states them."""
    declarant = papers.site.declared_by
    rows: list[Row] = [
        {
            "id": name,
            "number": None if isinstance(value, bool | str) else float(value),
            "text": value if isinstance(value, str) else None,
            "yes_no": value if isinstance(value, bool) else None,
            "declared_by": declarant.by if declarant else None,
            "declared_on": declarant.on.isoformat() if declarant else None,
        }
        for name, value in papers.site.declared.items()
    ]
    return Measured(rows=in_order(rows, "id"))
