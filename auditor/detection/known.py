"""What may decide about one product on one platform: its checked signals and nothing else."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from auditor.detection.doubts import Doubt
from auditor.detection.names import base, canonical, folder_of, holds_system_folders
from auditor.model.products import Kind, PathUse, Product, ProductCatalogue, Signal, Status, Tier

_INNER = ("bin", "sbin", "MacOS", "Resources", "Contents")


@dataclass(frozen=True, eq=False)
class Known:
    """One product, cut down to a platform and to what may decide (`hints` may only ask).

    Two are the same if they are one object: to compare all that they hold takes long.

    `shared` are signals that several products claim; `explained` the file names of all programs
    that any product of the catalogue claims.
    """

    product: Product
    platform: str
    signals: tuple[Signal, ...]
    hints: tuple[Signal, ...]
    status: tuple[Status, ...]
    shared: frozenset[tuple[Kind, str]]
    explained: frozenset[str]

    @cached_property
    def _by_kind(self) -> Mapping[Kind, tuple[Signal, ...]]:
        return {
            kind: tuple(s for s in self.signals if s.kind is kind and not s.stock) for kind in Kind
        }

    def of(self, kind: Kind) -> tuple[Signal, ...]:
        """Return the deciding signals of one kind that are not stock parts of the system."""
        return self._by_kind[kind]

    @cached_property
    def _paths(self) -> dict[tuple[PathUse, ...], tuple[Signal, ...]]:
        """What `paths` found before."""
        return {}

    def paths(self, *uses: PathUse) -> tuple[Signal, ...]:
        """Return the deciding paths of some uses."""
        if uses not in self._paths:
            found = (signal for signal in self.of(Kind.PATH) if signal.use in uses)
            self._paths[uses] = tuple(found)
        return self._paths[uses]

    @cached_property
    def _ports(self) -> Mapping[str, frozenset[int]]:
        found: dict[str, set[int]] = {}
        for signal in self.of(Kind.PORT):
            port = signal.name.partition("/")[2]
            if port.isdigit():
                found.setdefault(signal.direction, set()).add(int(port))
        return {direction: frozenset(ports) for direction, ports in found.items()}

    def ports(self, direction: str) -> frozenset[int]:
        """Return the numbers of its ports, `in` or `out`."""
        return self._ports.get(direction, frozenset())

    @cached_property
    def asking(self) -> tuple[tuple[Signal, Doubt], ...]:
        """The signals that may only ask, and what they ask."""
        return (
            *((signal, Doubt.UNVERIFIED_SIGNAL) for signal in self.hints if not signal.stock),
            *((signal, Doubt.STOCK) for signal in (*self.signals, *self.hints) if signal.stock),
        )

    @cached_property
    def asked_paths(self) -> frozenset[str]:
        """The files and folders that a machine must be asked for."""
        named = {s.name for s in self.paths(PathUse.PROGRAM, PathUse.FOLDER)}
        return frozenset(named.union(*((*s.newest, *s.lines) for s in self.status)))

    @cached_property
    def program_paths(self) -> tuple[str, ...]:
        """Where its programs lie, in one spelling."""
        return tuple(canonical(s.name, self.platform) for s in self.paths(PathUse.PROGRAM))

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The file names of its programs."""
        named = (signal.name for signal in self.of(Kind.PROCESS))
        return tuple(dict.fromkeys([*named, *map(base, self.program_paths)]))

    @cached_property
    def tools(self) -> frozenset[str]:
        """What a scheduler calls: its programs, and what drives them."""
        return frozenset((self.product.id, *self.programs, *self.product.driven_by))

    @cached_property
    def called(self) -> re.Pattern[str]:
        """How its tools stand in the line of a scheduler."""
        tools = map(re.escape, sorted(self.tools))
        return re.compile(rf"(?<![\w-])(?:{'|'.join(tools)})(?![\w])")

    @cached_property
    def main(self) -> tuple[str, ...]:
        """The programs that do its work."""
        names = tuple(signal.name for signal in self.of(Kind.PROCESS))
        return tuple(name for name in self.product.main if name in names) or names

    @cached_property
    def vendor_folders(self) -> tuple[str, ...]:
        """Folders that belong to the product alone, each with its last separator."""
        separator = "\\" if self.platform == "windows" else "/"
        found = [_home_of(path) for path in self.program_paths]
        found += [
            canonical(signal.name.rstrip("\\/") + separator, self.platform)
            for signal in self.paths(PathUse.FOLDER)
        ]
        return tuple(f for f in found if not _is_system(f, self.platform))

    @cached_property
    def can_be_seen(self) -> bool:
        """Whether any deciding signal is of a kind that the collector looks for."""
        looked_for = {Kind.PROCESS, Kind.SERVICE, Kind.PACKAGE}
        return any(s.kind in looked_for and not s.stock for s in self.signals) or bool(
            self.paths(PathUse.PROGRAM)
        )


def _home_of(program: str) -> str:
    folder = folder_of(program)
    separator = folder[-1:]
    parts = folder.rstrip("\\/").split(separator) if separator else []
    while parts and parts[-1] in _INNER:
        parts.pop()
    return separator.join(parts) + separator


def _is_system(folder: str, platform: str) -> bool:
    return holds_system_folders(folder, platform) or folder == "/opt/"


class _Same:
    """A catalogue as the very object that it is: to hash all that it holds takes long."""

    def __init__(self, catalogue: ProductCatalogue) -> None:
        self.catalogue = catalogue

    def __hash__(self) -> int:
        return id(self.catalogue)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.catalogue is self.catalogue


def known_products(catalogue: ProductCatalogue, platform: str) -> tuple[Known, ...]:
    """Cut a catalogue down to one platform; products of other platforms are left out.

    Kept for the next machine: what is worked out of a product is the same on each.
    """
    return _known_products(_Same(catalogue), platform)


@lru_cache(maxsize=8)
def _known_products(same: _Same, platform: str) -> tuple[Known, ...]:
    catalogue = same.catalogue
    tiers = {source.id: source.tier for source in catalogue.evidence}
    shared = shared_names(catalogue, tiers)
    explained = frozenset(
        base(signal.name)
        for product in catalogue.products
        for signal in product.signals
        if tiers[signal.ev].decides
        and (signal.kind is Kind.PROCESS or signal.use is PathUse.PROGRAM)
    )
    return tuple(
        _known(product, platform, tiers, shared, explained)
        for product in catalogue.products
        if platform in product.os
    )


def shared_names(
    catalogue: ProductCatalogue, tiers: Mapping[str, Tier]
) -> frozenset[tuple[Kind, str]]:
    """Return the signals that more than one product claims; such a name alone tells nothing."""
    claims = Counter(
        claim
        for product in catalogue.products
        for claim in {
            (signal.kind, signal.name) for signal in product.signals if tiers[signal.ev].decides
        }
    )
    return frozenset(claim for claim, number in claims.items() if number > 1)


def _known(
    product: Product,
    platform: str,
    tiers: Mapping[str, Tier],
    shared: frozenset[tuple[Kind, str]],
    explained: frozenset[str],
) -> Known:
    here = tuple(s for s in product.signals if platform in (s.os or product.os))
    return Known(
        product=product,
        platform=platform,
        signals=tuple(s for s in here if tiers[s.ev].decides),
        hints=tuple(s for s in here if not tiers[s.ev].decides),
        status=tuple(
            s
            for s in product.status
            if tiers[s.ev].decides and platform in (s.os or product.os) and not s.active
        ),
        shared=shared,
        explained=explained,
    )
