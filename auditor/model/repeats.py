"""What makes a measurement a cheap one that is repeated, as a probe declares it."""

from collections.abc import Mapping
from dataclasses import field

from auditor.model.evidence import Observation
from auditor.model.vocabulary import NO_TEXT, Scalar, Text, noun


@noun
class Repeats:
    """How a probe's visits are told apart, counted and shown. Names are those of its columns.

    Rows with equal `alike` are one series; `at` is when a row's sample began, `value` what it
    found. `counts` is true where a row is a sample; without it, where `value` is known.
    `needed` and `slots` name the parameters that say how many samples, and in how many time slots,
    allow a conclusion. `visit` are fields of the site (dots for fields within) as one visit has
    them. Samples of versions of the probe before `since` are no longer comparable.
    """

    alike: tuple[str, ...]
    at: str
    value: str
    needed: str
    slots: str
    counts: str = ""
    unit: Text = NO_TEXT
    visit: Mapping[str, Scalar] = field(default_factory=dict)
    since: int = 1


@noun
class StoredVisit:
    """One visit that a store kept, at its place in the chain, with raw evidence by request."""

    position: int
    seen: Observation
    evidence: tuple[tuple[str, bytes], ...]
