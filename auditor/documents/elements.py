"""The elements of an official document's form (Decree 30/2020/NĐ-CP, Annex I), as recognised."""

from enum import StrEnum

from auditor.model import noun

EXCERPT = 200
"""Most characters of a document that leave it in one excerpt."""


class Doubt(StrEnum):
    """Why an element has no value."""

    MISSING = "missing"  # nothing of the kind stands where it should
    BLANK = "blank"  # its place was left empty: a draft, or written by hand
    UNREADABLE = "unreadable"  # it stands there, but not surely enough to repeat it
    UNVERIFIED = "unverified"  # a picture stands there: nobody can tell of what


@noun
class Field:
    """One element: its value, where it stands, in which words, and how sure that is (0 to 1).

    Without a value `doubt` says why; `excerpt` then shows what stands in its place, if anything.
    """

    value: str | None = None
    page: int = 0
    excerpt: str = ""
    confidence: float = 0.0
    doubt: Doubt | None = Doubt.MISSING


@noun
class Signer:
    """One signature block. `marks` such as ("TM", "KT") say with whose authority it is signed.

    `on_behalf` holds the lines with these marks, `position` the signer's own office.
    """

    marks: tuple[str, ...] = ()
    on_behalf: Field = Field()
    position: Field = Field()
    name: Field = Field()


@noun
class Guess:
    """A kind of the profile that a document may be, best first; `score` from 0 to 1."""

    kind: str
    score: float
    page: int
    excerpt: str
