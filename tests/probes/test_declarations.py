"""Signed statements with their files."""

from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path

from auditor.model import Declaration, Measured, Statement
from auditor.probing import Papers, Probe


def statement(subject: str, file: str) -> Declaration:
    """Return a statement that an indicator does not apply."""
    return Declaration(
        subject=subject,
        statement=Statement.NOT_APPLICABLE,
        by="Lê Thị C",
        position="Giám đốc",
        on=date(2026, 11, 1),
        file=file,
    )


def test_a_statement_stands_on_its_file(
    probes: Mapping[str, Probe],
    papers: Callable[..., Papers],
    conforms: Callable[[Probe, Measured], bool],
    tmp_path: Path,
) -> None:
    """Present, missing and unreadable are three different things."""
    (tmp_path / "signed.pdf").write_bytes(b"x")
    declarations = tuple(
        statement(subject, file)
        for subject, file in (("2.9", "signed.pdf"), ("2.10", "none.pdf"), ("2.4", "."))
    )
    result = probes["declarations"].measure(papers(tmp_path, declarations=declarations))
    assert conforms(probes["declarations"], result)
    assert {row["subject"]: row["is_present"] for row in result.rows} == {
        "2.9": True,
        "2.10": False,
        "2.4": None,
    }
    assert {row["sha256"] for row in result.rows} == {sha256(b"x").hexdigest(), None}
    assert len(result.limitations) == 1
