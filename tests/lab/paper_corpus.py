"""The corpus of documents with their truth; built once and kept under the digest of its sources."""

import hashlib
import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import paper_makers as makers
import pypdfium2  # type: ignore[import-untyped]  # ships no types
import yaml
from paper_makers import Paper

from auditor.documents.text import ReadingFault

HERE = Path(__file__).parent
DATA = HERE / "paper_texts"
CAPTURES = HERE.parent / "captures"
PAGES_2000 = 2000
FLAGS = ("date_below", "motto_centred", "no_motto")


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One file and what is true of it. `None` means that the document does not say it.

    `part` is known, held out, real or hostile; a hostile file has a fault instead of a form.
    """

    path: Path
    part: str
    made_by: str
    type: str | None = None
    number: str | None = None
    date: str | None = None
    issuer: str | None = None
    kind: str | None = None
    fault: ReadingFault | None = None


def papers(*parts: str) -> dict[str, list[Paper]]:
    """Load the papers of these parts, by the way they are made."""
    by_maker: dict[str, list[Paper]] = {}
    for part in parts:
        for entry in yaml.load((DATA / f"{part}.yaml").read_text("utf-8"), yaml.BaseLoader):  # noqa: S506 - text only: no days, no numbers
            for maker in entry.pop("as"):
                flags = {name: entry.get(name) == "true" for name in FLAGS}
                by_maker.setdefault(maker, []).append(Paper(**{**entry, **flags}))
    return by_maker


def build(parent: Path) -> tuple[Sample, ...]:
    """Make all files below `parent`, or take those made from the same sources before."""
    sources = [*sorted(DATA.iterdir()), Path(makers.__file__), Path(__file__)]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in sources)).hexdigest()[:16]
    folder = parent / digest
    samples = list(_samples(folder))
    if not folder.exists():
        unfinished = parent / f"{digest}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        _make(papers("known", "held_out"), unfinished)
        _make_hostile(unfinished)
        unfinished.rename(folder)
    return tuple(samples)


def _name(paper: Paper, maker: str) -> str:
    return f"{paper.id}.{maker}.{'docx' if maker in {'word', 'decomposed'} else 'pdf'}"


def _make(by_maker: dict[str, list[Paper]], folder: Path) -> None:
    printed: dict[str, Path] = {}
    for maker in ("office", "scan", "rotated"):
        for paper in by_maker.get(maker, ()):
            printed[paper.id] = folder / f"{paper.id}.office.docx"
            makers.word(paper, printed[paper.id])
    makers.office(list(printed.values()), folder)
    for maker, turn in (("scan", 0), ("rotated", 90)):
        for paper in by_maker.get(maker, ()):
            makers.scan(printed[paper.id].with_suffix(".pdf"), folder / _name(paper, maker), turn)
    for paper in by_maker.get("word", ()):
        makers.word(paper, folder / _name(paper, "word"))
    for paper in by_maker.get("decomposed", ()):
        makers.word(paper, folder / _name(paper, "decomposed"), makers.decomposed)
    for paper in by_maker.get("typst", ()):
        makers.typeset(paper, folder / _name(paper, "typst"))
    for paper in by_maker.get("tcvn3", ()):
        makers.typeset(paper, folder / _name(paper, "tcvn3"), makers.tcvn3)
    for paper in by_maker.get("columns", ()):
        makers.typeset(paper, folder / _name(paper, "columns"), columns=2)


PROVINCE = "ỦY BAN NHÂN DÂN TỈNH LAI CHÂU"
REAL = {
    "decision/lai-chau-criteria-2026.txt": ("decision", PROVINCE),
    "papers/lai-chau-department-2025.txt": ("decision", PROVINCE),
    "papers/lai-chau-strategy-2030.txt": ("plan", None),
    "papers/lao-cai-startup-plan-2026-2030.txt": ("plan", None),
}
"""Type and issuer of each; in all of them number and day were left blank or cut away, and of the
last two the text begins below the issuer's name."""

HOSTILE = {
    "encrypted.pdf": ReadingFault.ENCRYPTED,
    "truncated.docx": ReadingFault.BROKEN,
    "bomb.docx": ReadingFault.BOMB,
    "2000-pages.pdf": ReadingFault.TOO_MANY_PAGES,
    "wrong-extension.pdf": ReadingFault.WRONG_EXTENSION,
}


def _make_hostile(folder: Path) -> None:
    plan = folder / "incident-plan.word.docx"
    printed = folder / "incident-plan.office.pdf"
    subprocess.run(
        ["qpdf", "--encrypt", "user", "owner", "256", "--", printed, folder / "encrypted.pdf"],
        check=True,
    )
    (folder / "truncated.docx").write_bytes(plan.read_bytes()[:9000])
    shutil.copy(plan, folder / "wrong-extension.pdf")
    packed = io.BytesIO(plan.read_bytes())
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"word/media/{number}.xml", bytes(100 * 2**20))
    (folder / "bomb.docx").write_bytes(packed.getvalue())
    with pypdfium2.PdfDocument(printed) as source, pypdfium2.PdfDocument.new() as book:
        for _ in range(PAGES_2000):
            book.import_pages(source, [0])
        book.save(folder / "2000-pages.pdf")


def _samples(folder: Path) -> Iterator[Sample]:
    for part in ("known", "held_out"):
        for maker, made in papers(part).items():
            for paper in made:
                yield Sample(
                    path=folder / _name(paper, maker),
                    part=part,
                    made_by=maker,
                    type=paper.type,
                    number=paper.number or None,
                    date=None if paper.date_text else paper.date or None,
                    issuer=" ".join(paper.issuer) or None,
                    kind=paper.kinds[0] if paper.kinds else None,
                )
    for name, (kind, issuer) in REAL.items():
        yield Sample(
            path=CAPTURES / name, part="real", made_by="public text", type=kind, issuer=issuer
        )
    for name, fault in HOSTILE.items():
        yield Sample(path=folder / name, part="hostile", made_by="damage", fault=fault)
