"""The signed documents of a pack, for `audit verify`: loaded only where a pack has any."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from auditor.cli.signed_words import told
from auditor.language import _
from auditor.pack.attaching import documents, record_of
from auditor.pack.container import Fault
from auditor.signed_papers import SignedPaper, examine


@dataclass(frozen=True, slots=True)
class Papers:
    """The signed documents of a pack by name, as they were found."""

    found: dict[str, SignedPaper]

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with them."""
        return tuple(
            Fault(name, problem) for name, paper in self.found.items() for problem in paper.problems
        )

    def lines(self) -> Iterator[str]:
        """Yield what there is to tell about each."""
        for name, paper in self.found.items():
            yield _("Signed document: {name}", name=name)
            if paper.signed is not None:
                yield from (f"  {line}" for line in told(paper.signed))
        yield _("Not checked: whether the text of these documents was edited before signing.")


def examined(files: Mapping[str, bytes], trust_folder: Path | None) -> Papers:
    """Verify every signed document of an undamaged pack."""
    digest = record_of(files)
    return Papers({name: examine(files[name], digest, trust_folder) for name in documents(files)})
