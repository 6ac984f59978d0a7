"""What every OSCAL document of a run names: who, the run, the tool, the targets, the inputs."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from auditor.language import Language
from auditor.model import AuditRecord, Finding, Indicator, Observation, Target

from .cells import rows_of
from .oscal_parts import VERSION, Identities, Node, line, moment, prop, props, some, token
from .outcomes import Outcome, outcomes
from .wording import Wording
from .words import essentials

PREPARER = "prepared-by"
"""The role of the centre: it ran the tool; nobody here is an assessor."""


class Subject:
    """A record with the words and identities under which all documents speak of it."""

    def __init__(self, record: AuditRecord, language: Language) -> None:
        """Look up what several documents need."""
        self.record = record
        self.language = language
        self.wording = Wording.of(language)
        self.ids = Identities(record)
        self.outcomes: Mapping[str, Outcome] = outcomes(record)
        self.findings: Mapping[str, Finding] = {item.indicator: item for item in record.findings}

    @cached_property
    def seen(self) -> Mapping[str, Observation]:
        """Observations by the key of their measurement."""
        return {item.measurement.key: item for item in self.record.observations}

    @cached_property
    def targets(self) -> Mapping[str, Target]:
        """Targets by name; observations name others too, which have no address of their own."""
        named = {target.name: target for target in self.record.targets}
        others = {act.target for act in self.record.plan} - set(named)
        others |= {item.measurement.target for item in self.record.observations} - set(named)
        return named | {name: Target(name=name, url="") for name in sorted(others)}

    @cached_property
    def document_rows(self) -> tuple[Mapping[str, object], ...]:
        """What was read of the centre's documents."""
        return rows_of(self.record, "documents")

    def metadata(self, title: str, when: datetime) -> Node:
        """Return the head of a document; `title` is completed by the centre's name."""
        record, centre = self.record, self.ids.of("party", "centre")
        _ = self.language
        return {
            "title": line(f"{title} – {record.centre}", title),
            "last-modified": moment(when),
            "version": line(record.profile.version, "1"),
            "oscal-version": VERSION,
            **props(
                prop("run-id", record.run_id),
                prop("tool-version", record.tool_version),
                prop("profile-id", record.profile.id),
                prop("profile-version", record.profile.version),
                prop("profile-sha256", record.profile_sha256),
                prop("site-sha256", record.site_sha256),
                prop("authorisation-sha256", record.authorisation_sha256),
                prop("clock-offset-s", record.clock_offset_s),
                prop("language", self.language.code),
            ),
            "roles": [{"id": PREPARER, "title": _("Ran the tool")}],
            "parties": [
                {"uuid": centre, "type": "organization", "name": line(record.centre, "-")}
            ],
            "responsible-parties": [{"role-id": PREPARER, "party-uuids": [centre]}],
            "remarks": " ".join(essentials(self.language)),
        }  # fmt: skip

    @cached_property
    def tool(self) -> str:
        """The identity of the tool."""
        return self.ids.of("component", "tool")

    def assets(self) -> Node:
        """Return the tool and where it ran."""
        record = self.record
        name = f"centre-audit {record.tool_version}"
        component = {
            "uuid": self.tool,
            "type": "software",
            "title": line(name, "centre-audit"),
            "description": line(name, "centre-audit"),
            "status": {"state": "operational"},
        }
        platform = {
            "uuid": self.ids.of("platform", record.vantage),
            "title": line(record.vantage, record.run_id),
            "uses-components": [{"component-uuid": self.tool}],
        }
        return {"components": [component], "assessment-platforms": [platform]}

    def origin(self) -> Node:
        """Return the member that says that the tool found this."""
        return {"origins": [{"actors": [{"type": "tool", "actor-uuid": self.tool}]}]}

    def target(self, name: str) -> str:
        """Return the identity of a target."""
        return self.ids.of("target", name)

    def inventory(self, names: Iterable[str]) -> Node:
        """Return the member that lists these targets."""
        return some("inventory-items", [self._item(self.targets[name]) for name in names])

    def _item(self, target: Target) -> Node:
        roles = (prop("target-role", role) for role in target.roles)
        systems = (prop("information-system", name) for name in target.information_systems)
        return {
            "uuid": self.target(target.name),
            "description": line(target.name, target.url),
            **props(prop("target-url", target.url), *roles, *systems),
        }

    def subjects(self, names: Iterable[str]) -> Node:
        """Return the member that names what was looked at."""
        found = [
            {"subject-uuid": self.target(name), "type": "inventory-item", "title": line(name, "-")}
            for name in names
        ]
        return some("subjects", found)

    def control(self, indicator: Indicator) -> str:
        """Return the token of an indicator."""
        return token("indicator", indicator.id)

    def objective(self, indicator: Indicator) -> str:
        """Return the token of what an indicator asks."""
        return token("objective", indicator.id)

    def title(self, indicator: Indicator) -> str:
        """Return an indicator's number and Vietnamese name, which are never translated away."""
        return line(f"{indicator.id} {indicator.name.vi}", indicator.id)

    def reviewed(self) -> Node:
        """Return which indicators were reviewed: all of the profile."""
        controls = [{"control-id": self.control(item)} for item in self.record.profile.indicators]
        return {"control-selections": [{"include-controls": controls}]}

    def site_file(self) -> Node:
        """Return the site file as a resource: what is audited, in place of a security plan."""
        return {
            "uuid": self.ids.of("resource", "site"),
            "title": "site.yaml",
            "description": line(self.record.centre, "site.yaml"),
            "rlinks": [linked("../site.yaml", self.record.site_sha256)],
        }


def linked(href: str, digest: str) -> Node:
    """Return a link to a file of the run folder, seen from a folder inside it."""
    return {"href": href, **some("hashes", _hashes(digest))}


def _hashes(digest: str) -> list[Node]:
    return [{"algorithm": "SHA-256", "value": digest}] if digest else []
