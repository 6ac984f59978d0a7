"""The centre's table of fields (bảng ánh xạ trường), and the platform's schema beside it."""

from enum import StrEnum

from auditor.model import noun


class FieldKind(StrEnum):
    """What a field may hold."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CODE = "code"


@noun
class FieldRule:
    """One field of the centre and the platform's field that it stands for ("" for none).

    `codes` are all that a field of kind `code` may hold; the lists are the centre's, none comes
    with the tool. `is_identifier` marks the field, or the fields together, that name a record.
    """

    field: str
    platform_field: str = ""
    required: bool = False
    kind: FieldKind = FieldKind.TEXT
    codes: tuple[str, ...] = ()
    is_identifier: bool = False


@noun
class FieldMapping:
    """The centre's fields."""

    fields: tuple[FieldRule, ...]


@noun
class PlatformField:
    """One field of the national platform."""

    name: str
    required: bool = False
    kind: FieldKind = FieldKind.TEXT
    codes: tuple[str, ...] = ()


@noun
class PlatformSchema:
    """The platform's data standard, once it is published; `source` says where it stands."""

    source: str
    fields: tuple[PlatformField, ...]
