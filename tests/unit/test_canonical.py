"""Canonical JSON is what RFC 8785 says, so that others get the same bytes."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.canonical import rfc8785

NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}
"""Appendix B of the RFC."""


@pytest.mark.parametrize("bits", NUMBERS)
def test_numbers_are_those_of_the_rfc(bits: str) -> None:
    """Each sample of appendix B is written as there."""
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert rfc8785(value).decode() == NUMBERS[bits]


def test_keys_are_in_the_order_of_the_rfc() -> None:
    """The sample of section 3.2.3: UTF-16 units, so that emoji come before U+FB33."""
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6"]
    written = json.loads(rfc8785(dict.fromkeys(keys, 0)))
    assert list(written) == ["\r", "1", "\x80", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_texts_are_escaped_as_in_the_rfc() -> None:
    """The text of section 3.2.2."""
    value = '\u20ac$\u000f\nA\'B"\\\\"/'
    assert rfc8785(value).decode() == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)  # fmt: skip


@given(JSON)
def test_what_is_written_is_read_back(value: object) -> None:
    """Nothing is lost, and writing again gives the same bytes."""
    written = rfc8785(value)
    read = json.loads(written, parse_int=float)
    assert read == value
    assert rfc8785(read) == written


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, {1: 2}, b"", {"a": {1}}])
def test_what_has_no_form_is_refused(value: object) -> None:
    """Better no bytes than bytes that another program would write differently."""
    with pytest.raises(ValueError, match="no canonical form"):
        rfc8785(value)
