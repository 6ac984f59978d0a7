"""PDF/A-2b by Typst with the shipped fonts only. All data goes in as JSON, never as markup."""

import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

import typst

from .glyphs import FONTS, drawable
from .joined import joined


def typeset(template: str, name: str, data: object, when: datetime) -> bytes:
    """Set `data`, which the template finds as `sys.inputs` under `name`; the document is dated.

    Raises `typst.TypstError` if the template is broken.
    """
    return typst.compile(
        (files(__package__) / "templates" / template).read_bytes(),
        sys_inputs={name: json.dumps(_drawable(data), ensure_ascii=False)},
        format="pdf",
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[FONTS]),
        ignore_system_fonts=True,
        pdf_standards="a-2b",
        timestamp=int(when.timestamp()),
    )


def _drawable(part: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    if isinstance(part, str):
        return drawable(joined(part))
    if isinstance(part, Mapping):
        return {key: _drawable(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_drawable(value) for value in part]
    return part
