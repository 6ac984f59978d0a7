"""The centre's information systems."""

from auditor.model import Hides, Measured, Subject
from auditor.parsing import in_order
from auditor.probing import Column, Papers, probe


@probe(
    Column("id", str, "Short name used throughout the site file", hides=Hides.NOTHING),
    Column("name", str, "Name of the system", hides=Hides.NOTHING),
    Column("level", int, "Declared security level, 1 to 5"),
    Column("operating_unit", str, "Unit that operates it", hides=Hides.NOTHING),
    subject=Subject.CENTRE,
)
def information_systems(papers: Papers) -> Measured:
    """Information systems that the site file lists; declared, not discovered."""
    return Measured(
        rows=in_order(
            (
                {
                    "id": system.id,
                    "name": system.name,
                    "level": system.level,
                    "operating_unit": system.operating_unit or None,
                }
                for system in papers.site.information_systems
            ),
            "id",
        )
    )
