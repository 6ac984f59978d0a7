"""The form of an official document (Decree 30/2020/NĐ-CP, Annex I), recognised in a reading."""

from itertools import dropwhile, takewhile

from auditor.documents import catalogue, closing, header, kinds
from auditor.documents.catalogue import DocumentCatalogue
from auditor.documents.elements import Doubt, Field, Guess, Signer
from auditor.documents.pieces import Piece, pieces
from auditor.documents.text import Reading
from auditor.documents.words import is_upper
from auditor.model import noun

CLOSING_PIECES = 80


@noun
class Form:
    """What a document says of itself. `document_type` is an id of the catalogue's types.

    `issued_on` is ISO 8601. `attached` are titles of what is issued with the document (a regulation
    behind its decision). `seal` has never a value: a picture of a seal proves nothing.
    """

    motto: Field = Field()
    parent_body: Field = Field()
    issuer: Field = Field()
    number: Field = Field()
    place: Field = Field()
    issued_on: Field = Field()
    document_type: Field = Field()
    title: Field = Field()
    legal_bases: tuple[Field, ...] = ()
    signers: tuple[Signer, ...] = ()
    recipients: tuple[Field, ...] = ()
    appendices: tuple[Field, ...] = ()
    attached: tuple[Field, ...] = ()
    draft_marks: tuple[Field, ...] = ()
    seal: Field = Field()
    kinds: tuple[Guess, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Whether it calls itself a draft, or its number or day was left empty."""
        blanks = (self.number.doubt, self.issued_on.doubt)
        return bool(self.draft_marks) or Doubt.BLANK in blanks

    @property
    def kind(self) -> str | None:
        """The kind that the title names; `None` where it names none surely."""
        best = self.kinds[0] if self.kinds else None
        return best.kind if best and best.score >= kinds.LIKELY else None


def recognise(reading: Reading, rules: DocumentCatalogue | None = None) -> Form:
    """Recognise one document's elements of form. Never fails: what is not sure has no value."""
    rules = rules or catalogue.load()
    everything = pieces(reading)
    at = header.title_at(everything, rules)
    body = header.body_at(everything, at, rules)
    end, appendices, attached = closing.split_behind(everything, body, rules)
    above, text = _header(everything[: body if at is None else at], rules), everything[body:end]
    document_type, title = header.title(everything, at, body, rules)
    kind = next((k for k in rules.types if k.id == document_type.value), None)
    place, issued_on = header.place_and_day(above)
    if issued_on == Field() and kind is not None and kind.dated_by == "opening":
        issued_on = header.opening_day(text, rules.mark("opening"))
    if issued_on == Field() and kind is not None and kind.dated_by == "closing":
        place, issued_on = header.place_and_day(text[::-1])
    parent, issuer = header.bodies(above, rules)
    if issuer == Field() and document_type.value == "decision":
        issuer = header.deciding_body(everything[body:], rules)
    signers = tuple(closing.signers(_closing(text), rules))
    return Form(
        motto=header.motto(above, rules),
        parent_body=parent,
        issuer=issuer,
        number=header.number(
            above, everything[body - 1 : body + 4] if at is not None else (), kind
        ),
        place=place,
        issued_on=issued_on,
        document_type=document_type,
        title=title,
        legal_bases=tuple(closing.legal_bases(text, rules)),
        signers=signers,
        recipients=tuple(closing.recipients(text, rules)),
        appendices=appendices,
        attached=attached,
        draft_marks=tuple(header.draft_marks(everything[:body], rules)),
        seal=closing.seal(reading, signers),
        kinds=kinds.guesses(document_type, title, _typed(attached, rules), text, rules),
    )


def _header(above: tuple[Piece, ...], rules: DocumentCatalogue) -> tuple[Piece, ...]:
    """Return what stands above the first legal basis: those name numbers and days of others."""
    bases = rules.mark("legal_bases")
    return tuple(takewhile(lambda piece: not header.starts(piece, bases), above))


def _closing(text: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Return the end of a text, without the heading that names who decides: it looks signed."""
    written = tuple(dropwhile(lambda piece: is_upper(piece.text), text))
    return written[-CLOSING_PIECES:]


def _typed(attached: tuple[Field, ...], rules: DocumentCatalogue) -> list[tuple[str, Field]]:
    return [
        (kind.id, words)
        for words in attached
        if (kind := header.type_of(Piece(page=1, text=words.value or "", folded=""), rules))
    ]
