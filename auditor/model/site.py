"""What it is asked about: the centre, its information systems, its scope and its papers.

A site holds references to secrets (agent, key file, environment, keyring), never a secret.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum

from auditor.model.ai import AiUse
from auditor.model.alerts import AlertRules
from auditor.model.computing import ComputingResource
from auditor.model.evidence import Target
from auditor.model.internet import Internet
from auditor.model.network import NetworkPlan
from auditor.model.online import OnlineServices
from auditor.model.products import Product
from auditor.model.remedies import Responsible
from auditor.model.remote import RemoteWork
from auditor.model.stores import CentreData
from auditor.model.timing import Schedule, TimeWindow
from auditor.model.vocabulary import Scalar, noun


class LegalForm(StrEnum):
    """Who the applicant is; rules for owners on the state budget bind only the first."""

    PUBLIC = "public"
    ENTERPRISE = "enterprise"


class Method(StrEnum):
    """What an authorisation letter may allow beyond reading this machine."""

    DISCOVERY = "discovery"
    SERVICE_PROBES = "service_probes"
    HOST_LOGIN = "host_login"
    SPEED_TEST = "speed_test"
    PLATFORM_ACCESS = "platform_access"
    TIME_QUERY = "time_query"


@noun
class Centre:
    """The institution. `id` names files and folders: lower-case letters, digits, hyphens."""

    id: str
    name: str
    legal_form: LegalForm = LegalForm.PUBLIC
    owner: str = ""
    address: str = ""
    contact: str = ""


@noun
class InformationSystem:
    """One information system (Decree 331/2026). `level` is the declared one, 1 to 5.

    `plan_measures` are the technical measures that its approved security plan holds, by their ids
    (`audit explain measure`), or `[all]` for every one up to the level. Nothing stands for no word
    about the plan: then no measure is held against the system, nor for it.
    """

    id: str
    name: str
    level: int | None = None
    operating_unit: str = ""
    plan_measures: tuple[str, ...] = ()


@noun
class OwnershipProof:
    """Evidence that a public network is the centre's; without it public addresses are refused."""

    network: str
    file: str


@noun
class Authorisation:
    """The letter that allows the review (văn bản cho phép rà soát). `file` is kept by digest.

    `sha256`, when given, must match the file.
    """

    number: str
    issued_on: date
    issuing_body: str
    signer: str
    signer_position: str
    operating_unit: str
    performing_unit: str
    independent: bool
    methods: tuple[Method, ...]
    emergency_contact: str
    tool_operator: str
    expires_on: date
    file: str
    sha256: str = ""
    independence_note: str = ""
    cloud_consent: str = ""
    users_notified_on: date | None = None
    users_notified_how: str = ""
    keep_evidence_until: date | None = None


@noun
class Scope:
    """Where packets may go. Empty means: this machine only.

    `networks` and `exclusions` are CIDR; `names` are exact host names. `speed_servers` are public
    servers that only a speed test may use: exact names or addresses, or `.domain` for all names
    below it (M-Lab chooses one of many). `services` are public web services of others, written the
    same way, that only visits with the method `platform_access` may reach: libraries, the national
    platform, shared platforms. Without an authorisation nothing but this machine and passive reads
    is allowed, whatever stands here.
    """

    networks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    speed_servers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    ownership: tuple[OwnershipProof, ...] = ()
    windows: tuple[TimeWindow, ...] = ()
    packets_per_second: int = 200
    authorisation: Authorisation | None = None


@noun
class Confirmation:
    """A named person's word that a document is what it is said to be, bound to the file's bytes."""

    by: str
    position: str
    on: date
    statement: str
    sha256: str = ""


@noun
class Document:
    """One document. `exists: false` states, under a name, that the centre has none of this kind."""

    kind: str
    file: str = ""
    exists: bool = True
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    information_systems: tuple[str, ...] = ()
    confirmation: Confirmation | None = None


class Statement(StrEnum):
    """What a declaration may state."""

    NOT_APPLICABLE = "not_applicable"


@noun
class Declaration:
    """A signed statement on `subject`: an indicator ("2.9") or a check ("2.14/antimalware")."""

    subject: str
    statement: Statement
    by: str
    position: str
    on: date
    file: str


@noun
class Attestation:
    """A named person's word on `subject`, bound to a file's bytes, until a last day.

    `subject` is an indicator ("2.15"), a check ("2.14/antimalware") or a kind of document. Without
    `states` it confirms that the file is what it is said to be; `not_applicable` makes the file a
    signed statement. After `until`, or with another digest, it counts no more.
    """

    subject: str
    file: str
    sha256: str
    statement: str
    by: str
    position: str
    on: date
    until: date
    states: Statement | None = None


@noun
class Declarant:
    """Who answers for the declared values."""

    by: str
    position: str
    on: date


@noun
class NotMachine:
    """Something on the network that runs no programs of the centre: a printer, a switch, a camera.

    Named by `address`, by `mac` or by both; `reason` says what it is, and the report lists it.
    """

    reason: str
    address: str = ""
    mac: str = ""


@noun
class ListedDevice:
    """One entry of the centre's own list of devices (danh mục thiết bị).

    Found again by MAC or, where the list has none, by IP address. `level_dossiers` are the
    information systems whose level dossier names the device; `asset_number` is its number in the
    asset register (sổ tài sản), if it stands there.
    """

    name: str
    addresses: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    level_dossiers: tuple[str, ...] = ()
    asset_number: str = ""


@noun
class Site:
    """Everything the centre says about itself. Paths are relative to the site file.

    What lies in `documents_folder` and is not named in `documents` is read and recognised as well;
    it is a candidate, which a person still has to name and confirm before it counts.

    `products` are its own additions to the detection catalogue, each under a name.
    `approved_remote_tools` are ids of the remote support products that it allows; an empty list
    allows none, and no list states nothing. `trust_folder` holds the certificates (PEM or DER) of
    the authorities whose signatures under documents are trusted; none comes with the tool.
    `attestations` are written by `audit attest` into `attestations.yaml` beside the site file.
    `waivers` names the ledger of exceptions that `audit waive` writes.
    `hpc` names what there is for high-performance computing; only the machines that it names are
    asked about a scheduler, only the portals that it names are visited.
    `alerts` says who is told when something becomes worse or will lapse.
    `schedule` is what the tool does by itself; without it there is a default plan.
    """

    schema: str
    centre: Centre
    timezone: str = "Asia/Ho_Chi_Minh"
    information_systems: tuple[InformationSystem, ...] = ()
    targets: tuple[Target, ...] = ()
    scope: Scope = field(default_factory=Scope)
    time_servers: tuple[str, ...] = ()
    internet: Internet | None = None
    devices: tuple[ListedDevice, ...] = ()
    network: NetworkPlan = field(default_factory=NetworkPlan)
    documents: tuple[Document, ...] = ()
    trust_folder: str = ""
    attestations: tuple[Attestation, ...] = ()
    documents_folder: str = ""
    declared: Mapping[str, Scalar] = field(default_factory=dict)
    declared_by: Declarant | None = None
    declarations: tuple[Declaration, ...] = ()
    products: tuple[Product, ...] = ()
    approved_remote_tools: tuple[str, ...] | None = None
    not_machines: tuple[NotMachine, ...] = ()
    online: OnlineServices = field(default_factory=OnlineServices)
    remote_work: RemoteWork | None = None
    ai_uses: tuple[AiUse, ...] = ()
    data: CentreData = field(default_factory=CentreData)
    hpc: tuple[ComputingResource, ...] = ()
    responsible: tuple[Responsible, ...] = ()
    waivers: str = ""
    alerts: AlertRules = field(default_factory=AlertRules)
    schedule: Schedule = field(default_factory=Schedule)
