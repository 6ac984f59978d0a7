"""Whether a person's word on a file still counts, and how a report says so."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

from auditor.model import Attestation, Confirmation, Document, Site, Text


class Standing(StrEnum):
    """What became of an attestation."""

    HOLDS = "holds"
    ENDED = "ended"  # its last day is over
    NOT_BEGUN = "not_begun"  # dated later than today
    OTHER_BYTES = "other_bytes"  # the file is not the one that it was given for
    NO_FILE = "no_file"  # there is no such file, or it could not be read


Words = Sequence[tuple[Attestation, Standing]]


def standing(word: Attestation, digest: str | None, today: date) -> Standing:
    """Hold a person's word against the file as it is now."""
    if digest is None:
        return Standing.NO_FILE
    if digest != word.sha256:
        return Standing.OTHER_BYTES
    if today < word.on:
        return Standing.NOT_BEGUN
    return Standing.ENDED if today > word.until else Standing.HOLDS


def words_on(document: Document, digest: str | None, site: Site, today: date) -> Words:
    """Return what people attested of a document, each with what became of it."""
    return [
        (word, standing(word, digest, today))
        for word in site.attestations
        if word.states is None and document.exists and word.file == document.file
    ]


def confirmation(
    document: Document, digest: str | None, words: Words
) -> tuple[Confirmation | Attestation | None, bool, date | None]:
    """Return whose word on a document counts, or whose would; whether it does; and its last day."""
    own = document.confirmation
    if own and (not document.exists or (digest and own.sha256 == digest)):
        return own, True, None
    holding = [word for word, state in words if state is Standing.HOLDS]
    if holding:
        best = max(holding, key=lambda word: (word.until, word.on))
        return best, True, best.until
    if words:
        latest = words[-1][0]
        return latest, False, latest.until
    return own, False, None


def listing(words: Iterable[tuple[Attestation, Standing]]) -> list[Text]:
    """List attestations; one that counts no more is passed over where a newer one took its place.

    What an attestation is about is its file or, for a declaration, its subject.
    """
    known = [(word, state, word.subject if word.states else word.file) for word, state in words]
    held = {about for _word, state, about in known if state is Standing.HOLDS}
    return [
        _told(word, state)
        for word, state, about in known
        if state is Standing.HOLDS or about not in held
    ]


def _told(word: Attestation, state: Standing) -> Text:
    """List an attestation with its name; one that counts no more says so first."""
    on, until = f"{word.on:%d/%m/%Y}", f"{word.until:%d/%m/%Y}"
    vi, en = ("Xác nhận", "confirmation") if word.states is None else ("Khai báo", "declaration")
    heads = {
        Standing.HOLDS: Text(vi=f"{vi} đến {until}", en=f"A {en} until {until}"),
        Standing.ENDED: Text(
            vi=f"{vi} ĐÃ HẾT HẠN ngày {until}, không còn được tính",
            en=f"A {en} that ENDED on {until} and counts no more",
        ),
        Standing.NOT_BEGUN: Text(
            vi=f"{vi} đề ngày chưa tới, chưa được tính",
            en=f"A {en} dated in the future, which does not count yet",
        ),
        Standing.OTHER_BYTES: Text(
            vi=f"{vi} KHÔNG CÒN GIÁ TRỊ vì tệp đã thay đổi",
            en=f"A {en} that counts NO MORE, because the file was changed",
        ),
        Standing.NO_FILE: Text(
            vi=f"{vi} không được tính vì không đọc được tệp",
            en=f"A {en} that does not count, because the file cannot be read",
        ),
    }
    return Text(
        vi=f"{heads[state].vi}: {word.by} ({word.position}), ngày {on}, về {word.subject}, "
        f"tệp {word.file}: “{word.statement}”.",
        en=f"{heads[state].en}: {word.by} ({word.position}), {on}, on {word.subject}, "
        f"file {word.file}: “{word.statement}”.",
    )
