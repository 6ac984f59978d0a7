"""What can be wrong with records, and how one fault is told without its value."""

from enum import StrEnum
from typing import NamedTuple


class DataFault(StrEnum):
    """What is wrong with one cell or one record."""

    NOT_UTF8 = "not_utf8"
    NOT_NFC = "not_nfc"
    LOST_CHARACTER = "lost_character"
    MISSING = "missing"
    NOT_AN_INTEGER = "not_an_integer"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    NOT_A_BOOLEAN = "not_a_boolean"
    NOT_IN_CODE_LIST = "not_in_code_list"
    REPEATED_IDENTIFIER = "repeated_identifier"
    REPEATED_RECORD = "repeated_record"


class Found(NamedTuple):
    """One fault: record number from 1 without the header, field ("" for the record)."""

    record: int
    field: str
    fault: DataFault


class Shape(NamedTuple):
    """Cells of a database with one fault and one look: 9 for a digit, x for anything else.

    The database masks them itself; `shape` is "" where the look says nothing.
    """

    field: str
    fault: DataFault
    shape: str
    number: int
