"""Documents of the site file, on real files."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from auditor.model import Confirmation, Document, Measured, Site
from auditor.probing import Papers, Probe

Opened = Callable[..., Papers]
TODAY = datetime.now(UTC).date()


def word(sha: str = "") -> Confirmation:
    """Return a confirmation of these bytes."""
    return Confirmation(
        by="Lê Thị C", position="Phó Giám đốc", on=date(2026, 11, 1), statement="Đúng", sha256=sha
    )


@pytest.fixture
def run(
    probes: Mapping[str, Probe], papers: Opened, conforms: Callable[[Probe, Measured], bool]
) -> Callable[..., Measured]:
    """Measure documents of a site in a folder."""

    def measured(folder: Path, *documents: Document) -> Measured:
        result = probes["documents"].measure(papers(folder, documents=documents))
        assert conforms(probes["documents"], result)
        return result

    return measured


def test_confirmation_is_bound_to_the_bytes(run: Callable[..., Measured], tmp_path: Path) -> None:
    """A confirmed file is confirmed until one byte changes."""
    file = tmp_path / "phương án.pdf"
    file.write_bytes(b"%PDF-1.7 a")
    document = Document(
        kind="incident_plan", file=file.name, confirmation=word(sha256(b"%PDF-1.7 a").hexdigest())
    )
    (row,) = run(tmp_path, document).rows
    assert (row["is_present"], row["is_confirmed"], row["size_bytes"]) == (True, True, 10)
    assert row["sha256"] == sha256(b"%PDF-1.7 a").hexdigest()
    file.write_bytes(b"%PDF-1.7 b")
    (row,) = run(tmp_path, document).rows
    assert (row["is_present"], row["is_confirmed"]) == (True, False)


def test_a_missing_file_is_absent(run: Callable[..., Measured], tmp_path: Path) -> None:
    """Naming a file does not make it exist, nor does confirming it."""
    result = run(tmp_path, Document(kind="a", file="none.pdf", confirmation=word("0" * 64)))
    (row,) = result.rows
    assert (row["exists"], row["is_present"], row["is_confirmed"]) == (True, False, False)
    assert (row["sha256"], row["size_bytes"], row["modified_at"]) == (None, None, None)
    assert not result.limitations


def test_a_stated_absence_is_a_row(run: Callable[..., Measured], tmp_path: Path) -> None:
    """`exists: false` is a statement; under a name it is confirmed."""
    rows = run(
        tmp_path,
        Document(kind="a", exists=False, confirmation=word()),
        Document(kind="b", exists=False),
    ).rows
    assert [(row["exists"], row["is_present"], row["is_confirmed"]) for row in rows] == [
        (False, None, True),
        (False, None, False),
    ]


@pytest.mark.parametrize(("days", "expired"), [(-2, True), (2, False)])
def test_expiry(run: Callable[..., Measured], tmp_path: Path, days: int, *, expired: bool) -> None:
    """The last day of validity is still valid; two days keep clear of every time zone."""
    until = TODAY + timedelta(days=days)
    (row,) = run(tmp_path, Document(kind="a", exists=False, valid_until=until)).rows
    assert row["is_expired"] is expired


def test_without_dates_nothing_is_known(run: Callable[..., Measured], tmp_path: Path) -> None:
    """No date of validity means that expiry is unknown, not that it never expires."""
    (row,) = run(tmp_path, Document(kind="a", exists=False)).rows
    assert (row["is_expired"], row["age_days"], row["issued_on"]) == (None, None, None)


@pytest.mark.parametrize("file", ["", ".", "pipe"])
def test_no_regular_file_is_unknown_and_said(
    run: Callable[..., Measured], tmp_path: Path, file: str
) -> None:
    """A folder or a pipe is neither present nor absent, and never hangs the run."""
    os.mkfifo(tmp_path / "pipe")
    result = run(tmp_path, Document(kind="a", file=file))
    assert result.rows[0]["is_present"] is None
    assert "no regular file" in result.limitations[0].en


def test_keeps_facts_not_content(
    papers: Opened, probes: Mapping[str, Probe], tmp_path: Path
) -> None:
    """The evidence holds the digest; the document stays where it is."""
    kept: list[bytes] = []
    (tmp_path / "a.pdf").write_bytes(b"secret words")
    opened = papers(tmp_path, documents=(Document(kind="a", file="a.pdf"),), kept=kept)
    probes["documents"].measure(opened)
    assert len(kept) == 1
    assert b"secret words" not in kept[0]
    assert sha256(b"secret words").hexdigest().encode() in kept[0]


def test_rows_do_not_follow_the_order_of_the_file(
    run: Callable[..., Measured], tmp_path: Path
) -> None:
    """Equal content gives equal bytes."""
    one, two = (Document(kind=kind, exists=False) for kind in "ab")
    assert run(tmp_path, one, two) == run(tmp_path, two, one)


def test_no_documents_is_an_empty_list(papers: Opened, probes: Mapping[str, Probe]) -> None:
    """A site without documents was measured, and has none."""
    site: Site = papers(Path()).site
    assert site.documents == ()
    assert probes["documents"].measure(papers(Path())).rows == ()
