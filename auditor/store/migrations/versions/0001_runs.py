"""The first tables: runs in a chain, findings, answers, samples, purges."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "purge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("before", sa.String(length=32), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge")),
    )
    op.create_table(
        "run",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("record_sha256", sa.String(length=64), nullable=False),
        sa.Column("findings_sha256", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.String(length=32), nullable=False),
        sa.Column("finished_at", sa.String(length=32), nullable=False),
        sa.Column("kept_at", sa.String(length=32), nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("vantage", sa.Text(), nullable=False),
        sa.Column("tool_version", sa.String(length=64), nullable=False),
        sa.Column("profile_id", sa.Text(), nullable=False),
        sa.Column("profile_version", sa.Text(), nullable=False),
        sa.Column("profile_sha256", sa.String(length=64), nullable=False),
        sa.Column("site_sha256", sa.String(length=64), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("purged_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_run")),
        sa.UniqueConstraint("digest", name=op.f("uq_run_digest")),
        sa.UniqueConstraint("previous", name=op.f("uq_run_previous")),
        sa.UniqueConstraint("run_id", name=op.f("uq_run_run_id")),
    )
    op.create_index(op.f("ix_run_started_at"), "run", ["started_at"], unique=False)
    op.create_table(
        "sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("probe", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.String(length=32), nullable=False),
        sa.Column("site_sha256", sa.String(length=64), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("observation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
        sa.UniqueConstraint("key", "started_at", name=op.f("uq_sample_key_started_at")),
    )
    op.create_index(op.f("ix_sample_started_at"), "sample", ["started_at"], unique=False)
    op.create_table(
        "answer",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("check_id", sa.String(length=128), nullable=False),
        sa.Column("system", sa.String(length=256), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["run.position"], name=op.f("fk_answer_position")),
        sa.PrimaryKeyConstraint(
            "position", "indicator", "check_id", "system", name=op.f("pk_answer")
        ),
    )
    op.create_index(
        op.f("ix_answer_indicator_position"), "answer", ["indicator", "position"], unique=False
    )
    op.create_table(
        "finding",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["run.position"], name=op.f("fk_finding_position")),
        sa.PrimaryKeyConstraint("position", "indicator", name=op.f("pk_finding")),
    )
    op.create_index(
        op.f("ix_finding_indicator_position"), "finding", ["indicator", "position"], unique=False
    )


def downgrade() -> None:
    """Remove them, with all that they hold."""
    op.drop_index(op.f("ix_finding_indicator_position"), table_name="finding")
    op.drop_table("finding")
    op.drop_index(op.f("ix_answer_indicator_position"), table_name="answer")
    op.drop_table("answer")
    op.drop_index(op.f("ix_sample_started_at"), table_name="sample")
    op.drop_table("sample")
    op.drop_index(op.f("ix_run_started_at"), table_name="run")
    op.drop_table("run")
    op.drop_table("purge")
