"""All words of one language, looked up once per report."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from auditor.language import Language
from auditor.model import Basis, Confidence, Effective, Failure, Source, Text, Verdict
from auditor.phrases import FAILURES

from . import words
from .clean import clipped
from .view import Badge

NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Wording:
    """The words for every closed vocabulary, the language they are in, and the systems' names."""

    language: Language
    badges: dict[Verdict, Badge]
    effective: dict[Effective, Badge]
    bases: dict[Basis, str]
    sources: dict[Source, str]
    confidences: dict[Confidence, str]
    failures: dict[Failure, str]
    known_from: dict[str, str]
    machine_states: dict[str, str]
    labels: dict[str, str]
    systems: Mapping[str, str]

    @classmethod
    def of(cls, language: Language, systems: Mapping[str, str] = NO_NAMES) -> "Wording":
        """Look everything up in `language`; `systems` holds the names of systems by key."""
        return cls(
            language=language,
            badges={
                verdict: Badge(code=verdict.value, mark=words.MARKS[verdict], word=word)
                for verdict, word in words.verdicts(language).items()
            },
            effective={
                layer: Badge(code=layer.value, mark=words.EFFECTIVE_MARKS[layer], word=word)
                for layer, word in words.effective(language).items()
            },
            bases=words.bases(language),
            sources=words.sources(language),
            confidences=words.confidences(language),
            failures={failure: language.pick(text) for failure, text in FAILURES.items()},
            known_from={way.value: word for way, word in words.known_from(language).items()},
            machine_states={
                state.value: word for state, word in words.machine_states(language).items()
            },
            labels=words.labels(language),
            systems=systems,
        )

    def pick(self, text: Text | None) -> str:
        """Return a bilingual text in this language, or nothing for none."""
        return "" if text is None else clipped(self.language.pick(text))

    def english(self, text: Text) -> str:
        """Return what stands below a Vietnamese name: its English, unless all is Vietnamese."""
        return "" if self.language.code == "vi" else clipped(text.en)

    def system(self, key: str) -> str:
        """Return the name of an information system; its key where the record holds none."""
        return self.systems.get(key) or clipped(key)
