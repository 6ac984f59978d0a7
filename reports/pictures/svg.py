"""A drawing as SVG, the same bytes for the page and for the PDF.

Colours stand in attributes, which the page's style sheet overrides by class (it also knows the
dark scheme); patterns tell shapes apart on black and white paper. Nothing refers to anything
outside, and all text is escaped.
"""

from html import escape

from .drawing import WIDTH, Arc, Dot, Drawing, Face, Line, Look, Rect, Shape, Words

_HALF = 0.5
PAPER = "#ffffff"
INK = "#1c2430"
QUIET = "#55606e"
_COLOURS = {
    Look.MET: "#0b5b33",
    Look.NOT_MET: "#93181b",
    Look.UNDETERMINED: "#6b4600",
    Look.NOT_APPLICABLE: "#45505d",
}
_PATTERNS = {
    Look.NOT_MET: '<path class="k-not_met" d="M0 6L6 0M-1 1L1 -1M5 7L7 5" stroke="{c}" '
    'stroke-width="1.8"/>',
    Look.UNDETERMINED: '<circle class="d-undetermined" cx="3" cy="3" r="1.2" fill="{c}"/>',
}
_STROKES = {
    Look.BOX: (INK, "1", ""),
    Look.DOUBTFUL: (INK, "1", "4 3"),
    Look.AXIS: (INK, "1", ""),
    Look.GRID: (QUIET, "0.5", "1 3"),
    Look.LIMIT: (INK, "1.5", "8 4"),
    Look.REFERENCE: (INK, "1.5", "2 3"),
    Look.DOT: (INK, "1.5", ""),
    Look.MEDIAN: (INK, "3", ""),
}
_FACES = {
    Face.LABEL: (INK, "13", ""),
    Face.STRONG: (INK, "13", ' font-weight="bold"'),
    Face.QUIET: (QUIET, "11", ""),
    Face.BIG: (INK, "20", ' font-weight="bold"'),
}


def svg(drawing: Drawing, key: str, title: str, description: str) -> str:
    """Return the drawing on one line; `key` makes its identifiers unique on a page."""
    body = "".join(_shape(shape, key) for shape in drawing.shapes)
    used = {shape.look for shape in drawing.shapes if not isinstance(shape, Words)}
    patterns = "".join(_pattern(look, key) for look in _PATTERNS if look in used)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(WIDTH)} {_n(drawing.height)}" '
        f'role="img" aria-labelledby="p-{key}-t p-{key}-d" font-family="Liberation Serif">'
        f'<title id="p-{key}-t">{escape(title)}</title>'
        f'<desc id="p-{key}-d">{escape(description)}</desc>'
        f"{f'<defs>{patterns}</defs>' if patterns else ''}{body}</svg>"
    )


def _pattern(look: Look, key: str) -> str:
    return (
        f'<pattern id="p-{key}-{look}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect class="g-paper" width="6" height="6" fill="{PAPER}"/>'
        f"{_PATTERNS[look].format(c=_COLOURS[look])}</pattern>"
    )


def _shape(shape: Shape, key: str) -> str:
    if isinstance(shape, Words):
        return _words(shape)
    if isinstance(shape, Line):
        ends = f'x1="{_n(shape.x1)}" y1="{_n(shape.y1)}" x2="{_n(shape.x2)}" y2="{_n(shape.y2)}"'
        return f"<line {ends}{_stroke(shape.look)}/>"
    if isinstance(shape, Rect):
        size = f'width="{_n(shape.width)}" height="{_n(shape.height)}"'
        return f'<rect x="{_n(shape.x)}" y="{_n(shape.y)}" {size}{_area(shape.look, key)}/>'
    if isinstance(shape, Dot):
        return _dot(shape)
    area = _area(shape.look, key)
    return f'<path d="{_ring(shape)}" fill-rule="evenodd"{area}/>'


def _words(words: Words) -> str:
    colour, size, weight = _FACES[words.face]
    anchor = "" if words.anchor == "start" else f' text-anchor="{words.anchor}"'
    return (
        f'<text class="w-{words.face}" x="{_n(words.x)}" y="{_n(words.y)}"{anchor} '
        f'font-size="{size}"{weight} fill="{colour}">{escape(words.text)}</text>'
    )


def _dot(dot: Dot) -> str:
    x, y = _n(dot.x), _n(dot.y)
    if dot.is_cross:
        return f'<path d="M{x} {y}m-4 -4l8 8m0 -8l-8 8" fill="none"{_stroke(Look.DOT)}/>'
    return f'<circle class="s-dot" cx="{x}" cy="{y}" r="2.6" fill="{PAPER}"{_outline(Look.DOT)}/>'


def _area(look: Look, key: str) -> str:
    """Return fill and outline: solid, by pattern, or empty."""
    if look is Look.MET:
        colour = _COLOURS[look]
        return f' class="a-met" fill="{colour}" stroke="{colour}" stroke-width="1"'
    if look in _PATTERNS:
        return (
            f' class="a-{look}" fill="url(#p-{key}-{look})" stroke="{_COLOURS[look]}"'
            ' stroke-width="1"'
        )
    if look is Look.NOT_APPLICABLE:
        return f' class="a-{look}" fill="{PAPER}" stroke="{_COLOURS[look]}" stroke-width="1"'
    return f' class="s-{look}" fill="{PAPER}"{_outline(look)}'


def _stroke(look: Look) -> str:
    if look in _COLOURS:
        return f' class="k-{look}" stroke="{_COLOURS[look]}" stroke-width="2"'
    return f' class="s-{look}"{_outline(look)}'


def _outline(look: Look) -> str:
    colour, width, dash = _STROKES[look]
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f' stroke="{colour}" stroke-width="{width}"{dashes}'


def _ring(arc: Arc) -> str:
    """Return the path of a part of a ring; a whole turn is two circles."""
    if arc.end - arc.start >= 1:
        return _circle(arc, arc.outer) + _circle(arc, arc.inner)
    large = int(arc.end - arc.start > _HALF)
    corners = (
        *(arc.at(arc.outer, arc.start), arc.at(arc.outer, arc.end)),
        *(arc.at(arc.inner, arc.end), arc.at(arc.inner, arc.start)),
    )
    first, second, third, last = (f"{_n(x)} {_n(y)}" for x, y in corners)
    outer, inner = _n(arc.outer), _n(arc.inner)
    return (
        f"M{first}A{outer} {outer} 0 {large} 1 {second}L{third}A{inner} {inner} 0 {large} 0 {last}Z"
    )


def _circle(arc: Arc, radius: float) -> str:
    (x1, y1), (x2, y2), r = arc.at(radius, 0), arc.at(radius, 0.5), _n(radius)
    half = f"A{r} {r} 0 1 1 {_n(x2)} {_n(y2)}A{r} {r} 0 1 1 {_n(x1)} {_n(y1)}Z"
    return f"M{_n(x1)} {_n(y1)}{half}"


def _n(number: float) -> str:
    """Write a length with one decimal, without a negative zero."""
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
