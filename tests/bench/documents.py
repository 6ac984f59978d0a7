"""How well the form of official documents is recognised: tables of what was true and what was said.

Exit 1 if type, number, date or issuer is right on less than 95 % of the papers, over all of them
or of those held out. Number, date and issuer are shown as right, left open or wrong: they have no
classes to confuse. A wrong number or date misses the goal at any share.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "lab"))

import paper_corpus
from paper_scores import ELEMENTS, LEFT_OPEN, RIGHT, WRONG, Score, score, share_right

GOAL = 0.95
KEPT = Path(tempfile.gettempdir()) / "centre-audit-papers"
SERIOUS = ("number", "date")


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


def outcomes(title: str, scores: list[Score]) -> None:
    """Print how often each element was right, left open and wrong."""
    papers = len({score.sample.path for score in scores})
    say(f"\n{title}: {papers} files\n{'':10}{RIGHT:>8}{LEFT_OPEN:>12}{WRONG:>8}{'share':>9}")
    for element in ELEMENTS:
        counts = Counter(s.outcome for s in scores if s.element == element)
        share = share_right(scores, element)
        row = "".join(
            f"{counts[name]:>{width}}" for name, width in ((RIGHT, 8), (LEFT_OPEN, 12), (WRONG, 8))
        )
        say(f"{element:10}{row}{share:>8.1%}")


def confusion(element: str, scores: list[Score]) -> None:
    """Print what was said (columns) for what is true (rows); the diagonal is as one number."""
    say(f"\n{element}: true → said")
    pairs = Counter((s.want, s.got) for s in scores if s.element == element)
    for want in sorted({want for want, _got in pairs}):
        said = ", ".join(
            f"{got} {number}" for (true, got), number in sorted(pairs.items()) if true == want
        )
        say(f"  {want:30} {said}")


def main() -> int:
    """Build the corpus, or take the one that is there; print the tables."""
    scores = list(score(paper_corpus.build(KEPT)))
    hostile = [s for s in scores if s.element == "fault"]
    papers = [s for s in scores if s.element != "fault"]
    held_out = [s for s in papers if s.sample.part == "held_out"]
    for element in ("type", "kind"):
        confusion(element, papers)
    for maker in sorted({s.sample.made_by for s in papers}):
        outcomes(f"made by {maker}", [s for s in papers if s.sample.made_by == maker])
    for part in ("known", "held_out", "real"):
        outcomes(part.replace("_", " "), [s for s in papers if s.sample.part == part])
    outcomes("all", papers)
    missed = [s for s in scores if s.outcome != RIGHT]
    for s in missed:
        say(f"{s.sample.path.name}: {s.element} is {s.want}, said {s.got}")
    wrong = len(set(hostile) & set(missed))
    say(f"hostile files: {len(hostile)}, told as something else: {wrong}")
    is_good = all(
        share_right(part, element) >= GOAL
        for part in (papers, held_out)
        for element in ("type", "number", "date", "issuer")
    )
    said_falsely = [s for s in missed if s.element in SERIOUS and s.outcome == WRONG]
    return int(not is_good or bool(said_falsely) or bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
