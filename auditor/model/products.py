"""Products that can be recognised on a machine, and what was concluded about one of them.

A product is data: names, packages, files and status answers, each with the evidence it rests on.
Signals from memory or guesses are carried so that they can raise a question; they never decide.
"""

from datetime import date
from enum import StrEnum

from auditor.model.vocabulary import noun


class Tier(StrEnum):
    """How well a signal is known. `site` is what the centre itself named, under a signature."""

    LAB = "lab"
    PRIMARY = "primary"
    THIRD_PARTY = "third-party"
    SITE = "site"
    MEMORY = "memory"
    UNCERTAIN = "uncertain"

    @property
    def decides(self) -> bool:
        """Whether a signal of this tier may change an answer; others only raise questions."""
        return self not in {Tier.MEMORY, Tier.UNCERTAIN}


class Role(StrEnum):
    """What a product is counted as. One product can fill several roles."""

    ANTI_MALWARE = "anti_malware"
    EDR = "edr"
    SCANNER = "on_demand_scanner"
    INTEGRITY = "integrity"
    MANAGEMENT_AGENT = "management_agent"
    MANAGEMENT_SERVER = "management_server"
    MONITORING = "monitoring"
    MONITORING_SERVER = "monitoring_server"
    SIEM = "siem"
    SIEM_SERVER = "siem_server"
    LOG_FORWARDING = "log_forwarding"
    NETWORK_SENSOR = "network_sensor"
    HOST_IPS = "host_ips"
    BACKUP = "backup"
    BACKUP_SERVER = "backup_server"
    SNAPSHOT = "snapshot"
    STORAGE = "storage"
    STORAGE_CLIENT = "storage_client"
    CLOUD_SYNC = "cloud_sync"
    VPN = "vpn"
    REMOTE_DESKTOP = "remote_desktop"
    REMOTE_SUPPORT = "remote_support"
    MEETING = "meeting"
    HPC = "hpc"
    PERIPHERAL = "peripheral"
    BASELINE = "baseline"


class Kind(StrEnum):
    """Where a signal is looked for."""

    PROCESS = "process"
    SERVICE = "service"
    PACKAGE = "package"
    PATH = "path"
    PORT = "port"
    REGISTRY = "registry"
    UNINSTALL = "uninstall"
    WMI = "wmi"
    WSC = "wsc"
    SIGNER = "signer"
    FEATURE = "windows_feature"
    NET = "net"
    HINT = "hint"


class PathUse(StrEnum):
    """What a named file is. Only a program anchors; what a removal leaves behind proves nothing."""

    PROGRAM = "program"
    FOLDER = "folder"
    CONFIG = "config"
    STATE = "state"


class Transport(StrEnum):
    """How an agent reports, which decides what proof a machine can hold (detection.md, 3).

    A `scrape` is a pull that keeps its connection open, so that none means nobody.
    """

    NONE = "none"
    STREAM = "stream"
    SHORT = "short"
    PULL = "pull"
    SCRAPE = "scrape"
    DATAGRAM = "datagram"
    CLOUD = "cloud"


class Runs(StrEnum):
    """How a product works: as a daemon, in the kernel or the system, or only when called."""

    DAEMON = "daemon"
    SYSTEM = "system"
    ON_DEMAND = "on_demand"


class Answer(StrEnum):
    """The answer on one axis. `unknown` always has a reason."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Topic(StrEnum):
    """What a statement is about: the five axes, the parts of `managed`, the proofs of a backup."""

    PRESENT = "present"
    RUNNING = "running"
    EFFECTIVE = "effective"
    MANAGED = "managed"
    FRESH = "fresh"
    SERVER = "server"
    ENROLLED = "enrolled"
    LINK = "link"
    VERSION = "version"
    SCHEDULE = "schedule"
    REPOSITORY = "repository"
    INTEGRITY = "integrity"
    RESTORE = "restore"


class Strength(StrEnum):
    """Classes of evidence: A self-report, B anchored in a package or vendor folder, C a name."""

    SELF_REPORT = "A"
    ANCHORED = "B"
    NAME = "C"


class Grade(StrEnum):
    """How far reporting is proven. R4 needs the server's own records, never only this machine."""

    INSTALLED = "R0"
    RUNNING = "R1"
    CONFIGURED = "R2"
    LINKED = "R3"
    CONFIRMED = "R4"


@noun
class EvidenceSource:
    """Where knowledge about products comes from."""

    id: str
    tier: Tier
    what: str


@noun
class Signal:
    """One trace of a product. `name` is exact or has `*`; a port reads `tcp/514` or `tcp/1-9`.

    Paths may start with `~/` (each home directory). `stock` marks what every system of the kind
    has, installed or not.
    """

    kind: Kind
    name: str
    ev: str
    os: tuple[str, ...] = ()
    use: PathUse | None = None
    direction: str = ""
    stock: bool = False
    note: str = ""


@noun
class Reading:
    """One statement taken from an output: the last match of `pattern`, its first group if any.

    `yes` and `no` list the values that decide; any other value is unknown. `time` says how the
    value is a time: iso, epoch, epoch_ms, filetime, or local:/utc: with a strptime form.
    """

    topic: Topic
    pattern: str
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    time: str = ""


@noun
class Status:
    """How a product tells about itself; one of `command`, `lines`, `newest`, or only `how`.

    `command` is run without input on the host; `keep` limits what of its output may leave it.
    `lines` are files of which only what matches `keep` may leave the host. `newest` are files of
    which only times and sizes are read. `how` is a note for people about a way not automated.
    `identity` makes an answer a self-report; `alive` says that only a live product gives it.
    """

    ev: str
    os: tuple[str, ...] = ()
    command: str = ""
    lines: tuple[str, ...] = ()
    newest: tuple[str, ...] = ()
    how: str = ""
    keep: str = ""
    identity: str = ""
    alive: bool = False
    active: bool = False
    needs_root: bool = False
    rule: str = ""
    readings: tuple[Reading, ...] = ()
    within_minutes: int | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """The text that the collector prints with the answer: the command, or what was read."""
        return self.command or (f"lines {' '.join(self.lines)}" if self.lines else "")

    @property
    def topics(self) -> frozenset[Topic]:
        """What its plain readings speak about."""
        return frozenset(reading.topic for reading in self.readings)


@noun
class Supplier:
    """The person at the centre who named a product of the site's own."""

    by: str
    position: str
    on: date


@noun
class Product:
    """One recognisable product. `os` holds linux, darwin, windows or network.

    `main` names the processes that do its work; empty means any of its processes. `driven_by` names
    products that call this one and keep no data of their own, such as borgmatic for borg.
    """

    id: str
    name: str
    vendor: str
    category: str
    roles: tuple[Role, ...]
    os: tuple[str, ...]
    signals: tuple[Signal, ...]
    transport: Transport = Transport.NONE
    runs: Runs = Runs.DAEMON
    main: tuple[str, ...] = ()
    status: tuple[Status, ...] = ()
    traps: tuple[str, ...] = ()
    central: str = ""
    confidence: str = "low"
    driven_by: tuple[str, ...] = ()
    supplied_by: Supplier | None = None


@noun
class LookAlike:
    """A sign that suggests one thing and means another; kept so that tests can hold it."""

    signal: str
    looks_like: str
    really: str
    ev: str


@noun
class Limit:
    """How old a success may be for a role, in minutes, and who says so."""

    role: Role
    minutes: int
    why: str


@noun
class ProductCatalogue:
    """Everything known about products, in the order of the file."""

    schema: str
    evidence: tuple[EvidenceSource, ...]
    limits: tuple[Limit, ...]
    look_alikes: tuple[LookAlike, ...]
    products: tuple[Product, ...]

    def tier(self, source_id: str) -> Tier:
        """Return how well a source is known; an unknown id is refused by the loader."""
        return next(source.tier for source in self.evidence if source.id == source_id)
