"""What a product catalogue must be beyond its shape: known evidence, sound patterns, no vendors."""

import re
from collections import Counter
from collections.abc import Collection, Iterator

from auditor.detection.wanted import SIDE_EFFECTS
from auditor.language import _
from auditor.model.products import (
    Kind,
    Product,
    ProductCatalogue,
    Reading,
    Signal,
    Status,
)
from auditor.yamlfile import FieldPath

SCHEMA = "urn:audit:products:v1"
SITE_EVIDENCE = "site"
PLATFORMS = frozenset({"linux", "darwin", "windows", "network"})

Refusal = tuple[FieldPath, str, str]

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PORT = re.compile(r"(tcp|udp)/\d{1,5}(-\d{1,5})?")
_FREE_TEXT = frozenset({Kind.UNINSTALL, Kind.WSC, Kind.SIGNER})
_TIME_FORMS = re.compile(r"iso|epoch|epoch_ms|filetime|(local|utc):.+")


def catalogue_refusals(catalogue: ProductCatalogue, rules: Collection[str]) -> Iterator[Refusal]:
    """Return every reason to refuse a catalogue."""
    if catalogue.schema != SCHEMA:
        yield ("schema",), _("unknown schema"), _("Write `schema: {schema}`.", schema=SCHEMA)
    known = {source.id for source in catalogue.evidence}
    yield from _repeated([source.id for source in catalogue.evidence], "evidence")
    yield from _repeated([product.id for product in catalogue.products], "products")
    for number, product in enumerate(catalogue.products):
        for path, problem, remedy in _product(product, known, rules):
            yield ("products", number, *path), problem, remedy
    for number, twin in enumerate(catalogue.look_alikes):
        if twin.ev not in known:
            yield _unknown_evidence(("look_alikes", number, "ev"), twin.ev)


def site_refusals(catalogue: ProductCatalogue, additions: tuple[Product, ...]) -> Iterator[Refusal]:
    """Return every reason to refuse the products that a site adds; paths start at the list."""
    taken = {product.id for product in catalogue.products}
    for path, problem, remedy in _repeated([product.id for product in additions], ""):
        yield path[1:], problem, remedy
    for number, product in enumerate(additions):
        if product.id in taken:
            yield (
                (number, "id"),
                _("this product is in the catalogue already"),
                _("Choose another id."),
            )
        if product.supplied_by is None:
            yield (
                (number,),
                _("nobody vouches for this product"),
                _("Add `supplied_by` with by, position and on."),
            )
        if product.status:
            yield (
                (number, "status"),
                _("a site cannot add commands or files to read"),
                _("Name processes, services, packages, paths and ports only."),
            )
        for position, signal in enumerate(product.signals):
            if signal.ev != SITE_EVIDENCE:
                yield (
                    (number, "signals", position, "ev"),
                    _("evidence of a site's product must be `site`"),
                    _("Write `ev: site`."),
                )
        for path, problem, remedy in _product(product, {SITE_EVIDENCE}, ()):
            if path[-1:] != ("ev",):
                yield (number, *path), problem, remedy


def _product(
    product: Product, evidence: Collection[str], rules: Collection[str]
) -> Iterator[Refusal]:
    if not _ID.fullmatch(product.id):
        yield (
            ("id",),
            _("not a valid id"),
            _("Use lower-case letters, digits and hyphens."),
        )
    if not product.name.strip() or not product.category.strip():
        yield ("name",), _("no name or no category"), _("Write both.")
    if not product.signals:
        yield ("signals",), _("a product without a signal"), _("Add at least one signal.")
    if not product.os or set(product.os) - PLATFORMS:
        yield ("os",), _("unknown platform"), _("Use linux, darwin, windows or network.")
    names = {signal.name for signal in product.signals if signal.kind is Kind.PROCESS}
    if set(product.main) - names:
        yield ("main",), _("not a process of this product"), _("Name one of its processes.")
    yield from _parts(product, evidence, rules)


def _parts(
    product: Product, evidence: Collection[str], rules: Collection[str]
) -> Iterator[Refusal]:
    for number, signal in enumerate(product.signals):
        for path, problem, remedy in _signal(signal, product, evidence):
            yield ("signals", number, *path), problem, remedy
    for number, status in enumerate(product.status):
        for path, problem, remedy in _status(status, product, evidence, rules):
            yield ("status", number, *path), problem, remedy


def _signal(signal: Signal, product: Product, evidence: Collection[str]) -> Iterator[Refusal]:
    if signal.ev not in evidence:
        yield _unknown_evidence(("ev",), signal.ev)
    elsewhere = {"network"} if signal.kind is Kind.NET else set()
    if set(signal.os) - set(product.os) - elsewhere:
        yield (
            ("os",),
            _("a platform that the product does not have"),
            _("Add it to the product's os."),
        )
    if not re.sub(r"[*\s]", "", signal.name):
        yield ("name",), _("a name that matches everything"), _("Write the name.")
    if (signal.kind is Kind.PATH) != (signal.use is not None):
        yield (
            ("use",),
            _("paths, and only paths, say what they are"),
            _("Write use: program, folder, config or state for a path."),
        )
    if signal.kind is Kind.PORT and not (
        _PORT.fullmatch(signal.name) and signal.direction in {"in", "out"}
    ):
        yield (
            ("name",),
            _("not a port"),
            _("Write tcp/514 or udp/1000-1010, and direction in or out."),
        )
    if signal.kind in _FREE_TEXT:
        yield from _vendor_only(signal, product)


def _vendor_only(signal: Signal, product: Product) -> Iterator[Refusal]:
    """Refuse a pattern that is only a vendor's name: e-invoice and CA tools bear it too."""
    yield from _pattern(("name",), signal.name)
    said = re.sub(r"\(\?\w+\)|\\b|[^\w ]", "", signal.name).strip().lower()
    vendor = product.vendor.lower()
    if said and (said == vendor or said == vendor.split()[0]):
        yield (
            ("name",),
            _("the bare name of a vendor"),
            _("Match the product; vendors make other programs too."),
        )


def _status(
    status: Status, product: Product, evidence: Collection[str], rules: Collection[str]
) -> Iterator[Refusal]:
    if status.ev not in evidence:
        yield _unknown_evidence(("ev",), status.ev)
    if set(status.os) - set(product.os):
        yield (
            ("os",),
            _("a platform that the product does not have"),
            _("Add it to the product's os."),
        )
    if sum(map(bool, (status.command, status.lines, status.newest, status.how))) != 1:
        yield (
            (),
            _("not exactly one of command, lines, newest, how"),
            _("Keep the one that is meant."),
        )
    if bool(status.command or status.lines) != bool(status.keep):
        yield (
            ("keep",),
            _("what is read must say what may leave the machine"),
            _("Add `keep` to a command or to lines, and to nothing else."),
        )
    if SIDE_EFFECTS.search(status.command):
        yield (
            ("command",),
            _("a command with side effects"),
            _("Choose one that only reads."),
        )
    if status.rule and status.rule not in rules:
        yield (
            ("rule",),
            _("unknown rule"),
            _("Use one of: {names}.", names=", ".join(sorted(rules))),
        )
    yield from _pattern(("keep",), _as_python(status.keep))
    yield from _pattern(("identity",), status.identity)
    for number, reading in enumerate(status.readings):
        for path, problem, remedy in _reading(reading):
            yield ("readings", number, *path), problem, remedy


def _reading(reading: Reading) -> Iterator[Refusal]:
    yield from _pattern(("pattern",), reading.pattern)
    if reading.time and not _TIME_FORMS.fullmatch(reading.time):
        yield (
            ("time",),
            _("unknown form of a time"),
            _("Use iso, epoch, epoch_ms, filetime, local:<form> or utc:<form>."),
        )
    if set(reading.yes) & set(reading.no):
        yield ("yes",), _("the same value as yes and as no"), _("Keep one of the two.")


def _pattern(path: FieldPath, pattern: str) -> Iterator[Refusal]:
    try:
        re.compile(pattern)
    except re.error as error:
        yield (
            path,
            _("not a valid pattern: {error}", error=error),
            _("Correct the regular expression."),
        )


def _as_python(extended: str) -> str:
    """Spell a POSIX character class the way Python knows it, so that the pattern can be tried."""
    return extended.replace("[[:space:]]", r"\s").replace("[:space:]", r"\s")


def _repeated(ids: list[str], where: str) -> Iterator[Refusal]:
    counts = Counter(ids)
    for number, name in enumerate(ids):
        if counts[name] > 1 and ids.index(name) != number:
            yield (where, number, "id"), _("repeated id"), _("Keep one of the two.")


def _unknown_evidence(path: FieldPath, name: str) -> Refusal:
    return path, _("unknown evidence {name}", name=name), _("Use an id of the evidence list.")
