"""What YAML, the validator and the operating system say in English, in the chosen language.

What stands in no table here is shown in the other program's own words: better than nothing.
"""

import errno
import json
import os
import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from auditor.language import N_, _

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_LONGEST = 60

_YAML = (
    N_("mapping values are not allowed here"),
    N_("could not find expected ':'"),
    N_("found unexpected end of stream"),
    N_("but found another document"),
    N_("found character {found} that cannot start any token"),
    N_("found undefined alias {found}"),
    N_("expected <block end>, but found {found}"),
    N_("expected the node content, but found {found}"),
    N_("expected ',' or ']', but got {found}"),
    N_("expected ',' or '}}', but got {found}"),
)
"""PyYAML's sentences that slips of the pen cause."""

_SYSTEM = MappingProxyType(
    {
        errno.ENOENT: N_("no such file or folder"),
        errno.EACCES: N_("permission denied"),
        errno.EPERM: N_("not allowed"),
        errno.EEXIST: N_("exists already"),
        errno.ENOTDIR: N_("a part of the path is no folder"),
        errno.EISDIR: N_("is a folder"),
        errno.ENOSPC: N_("the disk is full"),
        errno.EROFS: N_("the disk is read-only"),
        errno.ENAMETOOLONG: N_("the name is too long"),
    }
)


def yaml(problem: str) -> str:
    """Translate a sentence of PyYAML."""
    for message in _YAML:
        pattern = re.escape(message.format(found="\0")).replace("\0", "(.+)")
        if match := re.fullmatch(pattern, problem):
            return _(message, found=match.group(1)) if match.groups() else _(message)
    return problem


def system(error: OSError) -> str:
    """Say why the operating system refused."""
    if error.errno is None:
        return str(error)
    known = _SYSTEM.get(error.errno)
    return _(known) if known else os.strerror(error.errno)


def validation(item: "ErrorDetails") -> tuple[str, str]:
    """Say what is wrong with one value of a file and what to do about it."""
    kind = item["type"]
    found = json.dumps(item.get("input"), ensure_ascii=False)
    found = found if len(found) <= _LONGEST else f"{found[:_LONGEST]}…"
    if kind == "enum":
        words = str(item["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
        return (
            _("{value} is not one of the allowed words", value=found),
            _("Write one of: {words}.", words=words),
        )
    if item.get("input") is None:
        return (_("has no value"), _("Write a value, or remove the field."))
    known = {
        "unexpected_keyword_argument": (_("unknown field"), _("Remove it, or correct its name.")),
        "missing": (_("missing field"), _("Add it.")),
        "string_type": (
            _("expected text, found {value}", value=found),
            _("Put the value in double quotes."),
        ),
        "bool_type": (
            _("expected true or false, found {value}", value=found),
            _("Write true or false, without quotes."),
        ),
        "int_type": (
            _("expected a whole number, found {value}", value=found),
            _("Write digits only, without quotes."),
        ),
        "date_parsing": (
            _("expected a date, found {value}", value=found),
            _("Write it as YYYY-MM-DD, for example 2026-11-21."),
        ),
        "dict_type": (
            _("expected named fields, found {value}", value=found),
            _("Write `name: value` lines below it, indented."),
        ),
        "tuple_type": (
            _("expected a list, found {value}", value=found),
            _("Write each item on its own line after “- ”, or all in [ ]."),
        ),
    }
    known["dataclass_type"] = known["dict_type"]
    known["date_from_datetime_parsing"] = known["date_type"] = known["date_parsing"]
    known["int_from_float"] = known["int_type"]
    fallback = (str(item["msg"]), _("See `audit schema` for what stands here."))
    return known.get(kind, fallback)
