"""What validators of OSCAL miss: names that lead nowhere, repeated identities, ends before starts.

A pure function over parsed documents, whoever wrote them. Structure and data types are for NIST's
schema and `trestle validate`; neither sees what is looked for here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditor.language import _

NAMESPACE = "urn:audit:oscal:v1"
"""Marks the properties of ours: OSCAL knows two states, so a verdict is one of them."""

Document = Mapping[str, Any]
"""An OSCAL document as parsed JSON: one root member."""


@dataclass(frozen=True, slots=True)
class OscalFault:
    """Something wrong: in which file, where in it (a path of members), and what."""

    file: str
    where: str
    problem: str

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.file}: {self.where}: {self.problem}"


_KINDS = {
    "observation-uuid": {"observations"},
    "risk-uuid": {"risks"},
    "finding-uuid": {"findings"},
    "activity-uuid": {"activities"},
    "task-uuid": {"tasks"},
    "component-uuid": {"components"},
    "party-uuids": {"parties"},
    "actor-uuid": {"components", "parties", "assessment-platforms", "users"},
    "subject-uuid": {"inventory-items", "components", "parties", "users", "locations", "resources"},
}
"""Members that hold identities of others, and the lists in which those must stand."""

_IMPORTS = (
    ("assessment-results", "import-ap", "assessment-plan"),
    ("assessment-plan", "import-ssp", "system-security-plan"),
)


class _Seen:
    """What a document defines and refers to, found in one walk."""

    def __init__(self, document: Document) -> None:
        self.defined: list[tuple[str, str, str]] = []  # identity, list that it stands in, place
        self.tokens: list[tuple[str, str]] = []
        self.references: list[tuple[str, str, str]] = []  # identity, member, place
        self.local_links: list[tuple[str, str]] = []
        self.targets: list[tuple[str, str]] = []
        self.roles: list[tuple[str, str]] = []
        self.spans: list[tuple[object, object, str]] = []
        self._walk(document, "", "")

    def _walk(self, node: object, member: str, place: str) -> None:
        if isinstance(node, list):
            for number, item in enumerate(node):
                self._walk(item, member, f"{place}[{number}]")
        elif isinstance(node, Mapping):
            self._look(node, member, place)
            for name, item in node.items():
                self._walk(item, name, f"{place}/{name}")

    def _look(self, node: Document, member: str, place: str) -> None:
        if isinstance(identity := node.get("uuid"), str):
            self.defined.append((identity.lower(), member, place))
        if isinstance(name := node.get("id"), str):
            self.tokens.append((name, place))
        for name, value in node.items():
            if name in _KINDS or (name.endswith("-uuid") and isinstance(value, str)):
                for identity in value if isinstance(value, list) else [value]:
                    self.references.append((str(identity).lower(), name, place))
        href = node.get("href")
        if isinstance(href, str) and href.startswith("#"):
            self.local_links.append((href[1:].lower(), place))
        if isinstance(name := node.get("target-id"), str):
            self.targets.append((name, place))
        if isinstance(name := node.get("role-id"), str):
            self.roles.append((name, place))
        if "start" in node or "end" in node:
            self.spans.append((node.get("start"), node.get("end"), place))


def faults(documents: Mapping[str, Document]) -> tuple[OscalFault, ...]:
    """Return everything that does not hold together in documents that belong to one another.

    `documents` are named as in their references to one another, such as `ap.json`.
    """
    seen = {name: _Seen(document) for name, document in documents.items()}
    found: list[OscalFault] = []
    for name, document in documents.items():
        imported, missing = _imported(name, documents)
        found += missing
        known = [seen[other] for other in (name, *imported)]
        found += [OscalFault(name, *fault) for fault in _repeated(seen[name])]
        found += [OscalFault(name, *fault) for fault in _dangling(seen[name], known)]
        found += [OscalFault(name, *fault) for fault in _nameless(seen[name], [*seen.values()])]
        found += [OscalFault(name, *fault) for fault in _backwards(seen[name])]
        found += [OscalFault(name, *fault) for fault in _contradicting(document)]
    return tuple(found)


Fault = tuple[str, str]


def _repeated(seen: _Seen) -> Iterator[Fault]:
    """Say which identity or token stands twice in one document."""
    counts = Counter(identity for identity, _member, _place in seen.defined)
    for identity, _member, place in seen.defined:
        if counts[identity] > 1:
            yield place, _("the identity {id} stands {n} times", id=identity, n=counts[identity])
    tokens = Counter(name for name, _place in seen.tokens)
    for name, place in seen.tokens:
        if tokens[name] > 1:
            yield place, _("the identity {id} stands {n} times", id=name, n=tokens[name])


def _dangling(seen: _Seen, known: list[_Seen]) -> Iterator[Fault]:
    """Say which reference leads to nothing, or to a thing of another kind."""
    members: dict[str, set[str]] = {}
    for other in known:
        for identity, member, _place in other.defined:
            members.setdefault(identity, set()).add(member)
    for identity, name, place in seen.references:
        if identity not in members:
            yield place, _("{name} {id} leads to nothing", name=name, id=identity)
        elif name in _KINDS and not members[identity] & _KINDS[name]:
            yield place, _("{name} {id} is something else", name=name, id=identity)
    for identity, place in seen.local_links:
        if identity not in members:
            yield place, _("{name} {id} leads to nothing", name="href", id=identity)


def _nameless(seen: _Seen, known: list[_Seen]) -> Iterator[Fault]:
    """Say which objective or role is named and nowhere defined."""
    names = {name for other in known for name, _place in other.tokens}
    for name, place in seen.targets:
        if name not in names:
            yield place, _("{name} {id} leads to nothing", name="target-id", id=name)
    own = {name for name, _place in seen.tokens}
    for name, place in seen.roles:
        if name not in own:
            yield place, _("{name} {id} leads to nothing", name="role-id", id=name)


def _backwards(seen: _Seen) -> Iterator[Fault]:
    """Say what ends before it starts."""
    for start, end, place in seen.spans:
        first, last = _moment(start), _moment(end)
        if start is None or first is None or (end is not None and last is None):
            yield place, _("no start, or a time that cannot be read or has no zone")
        elif last is not None and last < first:
            yield place, _("ends before it starts")


def _moment(written: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return when if when is not None and when.tzinfo is not None else None


def _imported(
    name: str, documents: Mapping[str, Document]
) -> tuple[tuple[str, ...], list[OscalFault]]:
    """Return what a document imports, itself left out, and what it imports in vain."""
    reached, missing = [name], []
    for at in reached:
        for root, member, wanted in _IMPORTS:
            href = _child(_child(documents[at], root), member).get("href")
            if not isinstance(href, str) or href.startswith("#") or href in reached:
                continue
            if wanted in documents.get(href, {}):
                reached.append(href)
            elif at == name:
                told = _("{name} {id} leads to nothing", name=member, id=href)
                missing.append(OscalFault(name, f"/{root}/{member}", told))
    return tuple(reached[1:]), missing


def _contradicting(document: Document) -> Iterator[Fault]:
    """Say where a finding of ours states more than the verdict that it rests on."""
    verdicts = {o.get("uuid"): _verdict(o) for _place, o in _items(document, "observations")}
    for place, finding in _items(document, "findings"):
        state = _child(_child(finding, "target"), "status").get("state")
        for _number, related in _items(finding, "related-observations"):
            verdict = verdicts.get(related.get("observation-uuid"))
            if verdict is not None and _STATES.get(verdict) != state:
                told = _("“{state}”, but the verdict is “{verdict}”", state=state, verdict=verdict)
                yield place, told


_STATES = {"met": "satisfied", "not_met": "not-satisfied"}


def _items(node: object, wanted: str, place: str = "") -> Iterator[tuple[str, Document]]:
    """Yield every object of every list of that name, whatever it is nested in."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from _items(item, wanted, f"{place}[{number}]")
    elif isinstance(node, Mapping):
        for name, item in node.items():
            if name == wanted and isinstance(item, list):
                found = enumerate(item)
                yield from ((f"{place}/{name}[{n}]", o) for n, o in found if isinstance(o, Mapping))
            yield from _items(item, wanted, f"{place}/{name}")


def _child(node: Document, name: str) -> Document:
    """Return a member that is an object, or an empty one."""
    child = node.get(name)
    return child if isinstance(child, Mapping) else {}


def _verdict(observation: Document) -> str | None:
    """Return the verdict in an observation's properties of ours."""
    for _place, prop in _items(observation, "props"):
        if prop.get("name") == "verdict" and prop.get("ns") == NAMESPACE:
            return str(prop.get("value"))
    return None
