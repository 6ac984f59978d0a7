"""Lay one YAML document over another, keeping for every value the file and line it came from."""

from dataclasses import dataclass
from typing import Any, cast

from auditor.yamlfile import Document, FieldPath, Place, Plain


@dataclass(frozen=True, slots=True)
class _Side:
    """A value inside one of the two documents."""

    document: Document
    value: Any
    path: FieldPath

    def children(self) -> "dict[str | int, _Side]":
        """Return what can be merged one by one: a mapping's values, or items with an `id`."""
        if isinstance(self.value, dict):
            keys = {key: key for key in self.value}
        else:
            keys = {item["id"]: index for index, item in enumerate(self.value)}
        return {
            name: _Side(self.document, self.value[key], (*self.path, key))
            for name, key in keys.items()
        }

    @property
    def mergeable(self) -> type | None:
        """Return the kind of container whose children merge, if it is one."""
        if isinstance(self.value, dict):
            return dict
        if isinstance(self.value, list) and self.value and all(map(_has_id, self.value)):
            return list
        return None


def merge(base: Document, child: Document) -> Document:
    """Lay `child` over `base`.

    Mappings merge key by key; lists whose items have an `id` merge by it; `remove: true` drops
    what it stands in; every other list, and every scalar, is the child's.
    """
    places: dict[FieldPath, Place] = {}
    data = _lay(_Side(base, base.data, ()), _Side(child, child.data, ()), (), places)
    return Document(data, places, child.name)


def _lay(
    old: _Side | None, new: _Side | None, at: FieldPath, places: dict[FieldPath, Place]
) -> Plain:
    top = new or old
    assert top is not None  # noqa: S101 - one of the two always exists
    places[at] = top.document.place(top.path)
    if old and new and old.mergeable is new.mergeable is not None:
        olds, news = old.children(), new.children()
    elif isinstance(top.value, (dict, list)):
        olds, news = {}, _positions(top)
    else:
        return cast("Plain", top.value)
    kept = [key for key in {**olds, **news} if not (key in news and _removed(news[key].value))]
    if isinstance(top.value, dict):
        return {str(key): _lay(olds.get(key), news.get(key), (*at, key), places) for key in kept}
    return [
        _lay(olds.get(key), news.get(key), (*at, index), places) for index, key in enumerate(kept)
    ]


def _positions(side: _Side) -> dict[str | int, _Side]:
    """Return a container's children by key or position, for copying as they are."""
    keys = side.value if isinstance(side.value, dict) else range(len(side.value))
    return {key: _Side(side.document, side.value[key], (*side.path, key)) for key in keys}


def _has_id(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str)


def _removed(value: object) -> bool:
    return isinstance(value, dict) and value.get("remove") is True
