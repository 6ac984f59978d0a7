"""A line that scatters is told from a line that became slower, by the rows of its own probe."""

import pytest
from builders import a_case, a_check, a_parameter, a_profile, an_indicator, seen
from line_samples import a_sample

from auditor import drift
from auditor.internet.rows import rows_of
from auditor.model import Operator, Read, Row


@pytest.mark.parametrize(
    ("after", "cause"), [((92, 94, 99, 102), "noise"), ((40, 41, 42, 43), "machine")]
)
def test_what_a_series_says_of_itself_has_no_range(after: tuple[float, ...], cause: str) -> None:
    """Whole rows of a line, as its probe writes them: scattering is told from slowing down."""
    check = a_check(
        reads={"rows": Read(probe="internet_quality")},
        value="rows.filter(r, r.mbps_whole >= 95.0).size()",
        expect={Operator.AT_LEAST: "least"},
    )
    criteria = a_profile(an_indicator(check), least=a_parameter(3))
    old, new = (
        a_case(criteria, seen("internet_quality", "network", *_line(rates)))
        for rates in ((98, 99, 101, 103), after)
    )
    assert [change.cause.value for change in drift.changes(old, new)] == [cause]


def _line(rates: tuple[float, ...]) -> tuple[Row, ...]:
    return rows_of([a_sample(mbps, n) for n, mbps in enumerate(rates)], "Asia/Ho_Chi_Minh")
