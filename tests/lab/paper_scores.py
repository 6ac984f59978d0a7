"""Which elements of the corpus are recognised: right, left open, or wrong."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from paper_corpus import Sample

from auditor.documents.form import Form, recognise
from auditor.documents.words import flat
from auditor.transports.reading import read

ELEMENTS = ("type", "number", "date", "issuer", "kind")
OPEN = "–"
RIGHT, LEFT_OPEN, WRONG = "right", "left open", "wrong"


@dataclass(frozen=True, kw_only=True)
class Score:
    """One element of one sample: what is true, what was said, and how that is called."""

    sample: Sample
    element: str
    want: str
    got: str

    @property
    def outcome(self) -> str:
        """Right, left open (a value was there), or wrong (another value was said)."""
        same = flat(self.got) == flat(self.want) if self.element == "issuer" else None
        if same or self.got == self.want:
            return RIGHT
        return LEFT_OPEN if self.got == OPEN else WRONG


def said(form: Form) -> dict[str, str]:
    """Return the scored elements of a form, with a dash for what has no value."""
    values = {
        "type": form.document_type.value,
        "number": form.number.value,
        "date": form.issued_on.value,
        "issuer": form.issuer.value,
        "kind": form.kind,
    }
    return {element: value or OPEN for element, value in values.items()}


def score(samples: Sequence[Sample]) -> Iterator[Score]:
    """Read and recognise samples. A hostile one is scored on its fault alone."""
    with ThreadPoolExecutor(2) as pool:
        readings = list(pool.map(lambda sample: read(sample.path), samples))
    for sample, reading in zip(samples, readings, strict=True):
        if sample.fault is not None:
            got = ", ".join(fault.value for fault in reading.faults) or OPEN
            yield Score(sample=sample, element="fault", want=sample.fault.value, got=got)
            continue
        for element, got in said(recognise(reading)).items():
            want = getattr(sample, element) or OPEN
            yield Score(sample=sample, element=element, want=want, got=got)


def share_right(scores: Iterable[Score], element: str) -> float:
    """Return which share of the samples has this element right."""
    counts = Counter(score.outcome for score in scores if score.element == element)
    return counts[RIGHT] / counts.total()
