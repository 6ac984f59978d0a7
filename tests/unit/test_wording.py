"""How findings write numbers, units and what is required."""

import pytest

from auditor.model import Operator, Text
from auditor.wording import demanded, singular, with_unit

DOCUMENTS = Text(vi="văn bản", en="documents")


@pytest.mark.parametrize(
    ("unit", "one"),
    [
        ("documents", "document"),
        ("copies", "copy"),
        ("time slots", "time slot"),
        *((sign, sign) for sign in ("s", "ms", "h", "%", "m²", "Mb/s", "GB", "level", "")),
    ],
)
def test_one_of_an_english_unit(unit: str, one: str) -> None:
    """Words lose their ending, signs stay."""
    assert singular(unit) == one


@pytest.mark.parametrize(
    ("value", "told"), [(0, "0 documents"), (1, "1 document"), (1.0, "1 document"),
                        (2, "2 documents"), (1.5, "1.5 documents"), (True, "yes"),
                        (None, "unknown")],
)  # fmt: skip
def test_english_counts_one_thing_as_one(value: float | None, told: str) -> None:
    """Vietnamese has one form for all."""
    assert with_unit(value, DOCUMENTS).en == told
    assert with_unit(1, DOCUMENTS).vi == "1 văn bản"


def test_what_is_required_reads_as_a_sentence() -> None:
    """A least number with its unit; that there is something, or nothing."""
    assert demanded(Operator.AT_LEAST, 1, DOCUMENTS) == Text(
        vi="tối thiểu 1 văn bản", en="at least 1 document"
    )
    nothing = demanded(Operator.EXISTS, expected=False, unit=DOCUMENTS)
    assert nothing == Text(vi="không có", en="none")
    assert demanded(Operator.EXISTS, expected=True, unit=DOCUMENTS) == Text(vi="có", en="some")
