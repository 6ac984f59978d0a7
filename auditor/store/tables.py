"""The tables of the store, as the newest migration leaves them.

Times are RFC 3339 in UTC to the millisecond, as in the record: text that sorts by time, and the
same in SQLite and PostgreSQL. Digests are lower-case hexadecimal SHA-256.
"""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
DIGEST = String(64)
REVISION = "0005"
"""The newest migration; a store at it is opened without Alembic."""

run = Table(
    "run",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("previous", DIGEST, nullable=False, unique=True),
    Column("digest", DIGEST, nullable=False, unique=True),
    Column("run_id", String(64), nullable=False, unique=True),
    Column("record_sha256", DIGEST, nullable=False),
    Column("findings_sha256", DIGEST, nullable=False),
    Column("started_at", String(32), nullable=False),
    Column("finished_at", String(32), nullable=False),
    Column("kept_at", String(32), nullable=False),
    Column("centre", Text, nullable=False),
    Column("vantage", Text, nullable=False),
    Column("tool_version", String(64), nullable=False),
    Column("profile_id", Text, nullable=False),
    Column("profile_version", Text, nullable=False),
    Column("profile_sha256", DIGEST, nullable=False),
    Column("site_sha256", DIGEST, nullable=False),
    Column("folder", Text, nullable=False),
    Column("purged_at", String(32)),
    Index(None, "started_at"),
)
"""One row for each run, in the order in which they were kept: the chain.

`purged_at` says since when the details of the run are gone; its link stays.
"""

finding = Table(
    "finding",
    metadata,
    Column("position", Integer, ForeignKey("run.position"), primary_key=True),
    Column("indicator", String(64), primary_key=True),
    Column("verdict", String(32), nullable=False),
    Column("basis", String(32), nullable=False),
    Index(None, "indicator", "position"),
)
"""The verdict on each indicator of a run."""

answer = Table(
    "answer",
    metadata,
    Column("position", Integer, ForeignKey("run.position"), primary_key=True),
    Column("indicator", String(64), primary_key=True),
    Column("check_id", String(128), primary_key=True),
    Column("system", String(256), primary_key=True),
    Column("verdict", String(32), nullable=False),
    Column("number", Float),
    Column("unit", Text, nullable=False),
    Index(None, "indicator", "position"),
)
"""The answer to each check; `number` is what was found, where it is one number."""

sample = Table(
    "sample",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("previous", DIGEST, nullable=False, unique=True),
    Column("digest", DIGEST, nullable=False, unique=True),
    Column("centre", String(128), nullable=False),
    Column("key", Text, nullable=False),
    Column("probe", String(64), nullable=False),
    Column("probe_version", Integer, nullable=False),
    Column("vantage", Text, nullable=False),
    Column("started_at", String(32), nullable=False),
    Column("kept_at", String(32), nullable=False),
    Column("site_sha256", DIGEST, nullable=False),
    Column("observation_sha256", DIGEST, nullable=False, unique=True),
    Column("observation", Text),
    Column("folder", Text, nullable=False),
    Column("purged_at", String(32)),
    Index(None, "started_at"),
)
"""One visit of a repeated measurement, in the order in which visits were kept: a chain as `run`.

`observation` is as in the record, empty once purged; `centre` is the site's id; the raw evidence
lies in `folder` under its digests.
"""

purge = Table(
    "purge",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("before", String(32), nullable=False),
    Column("runs", Integer, nullable=False),
    Column("samples", Integer, nullable=False),
)
"""What was removed by age, and when."""

pack = Table(
    "pack",
    metadata,
    Column("sha256", DIGEST, primary_key=True),
    Column("run_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("signer", String(128), nullable=False),
    Column("file", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
    Index(None, "run_id"),
)
"""Evidence packs by the digest of the file, which stays where `file` says; `signer` is a key."""

alert = Table(
    "alert",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("site", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("key", String(64), nullable=False),
    Column("instance", String(64), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("severity", String(16), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("vi", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("since", String(32), nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("noted_at", String(32), nullable=False),
    Column("cured_at", String(32)),
    Index(None, "site"),
)
"""What people are told; `cured_at` says since when it is over."""

delivery = Table(
    "delivery",
    metadata,
    Column("number", Integer, ForeignKey("alert.number"), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("at", String(32)),
    Column("wait_until", String(32)),
    Column("error", Text, nullable=False),
)
"""What became of an alert in each channel."""


job = Table(
    "job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("centre", String(64), nullable=False),
    Column("job", String(64), nullable=False),
    Column("event", String(16), nullable=False),
    Column("slot", String(32), nullable=False),
    Column("at", String(32), nullable=False),
    Column("machine", Text, nullable=False),
    Column("pid", Integer),
    Column("ended_at", String(32)),
    Column("exit_code", Integer),
    Column("reason", Text, nullable=False),
    UniqueConstraint("centre", "job", "event", "slot"),
    Index(None, "at"),
)
"""What became of scheduled jobs. One attempt for each planned moment, whoever shares the store."""
