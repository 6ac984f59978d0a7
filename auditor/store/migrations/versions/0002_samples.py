"""Samples in a chain of their own. No command wrote the table that they replace."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the chain."""
    op.drop_index(op.f("ix_sample_started_at"), table_name="sample")
    op.drop_table("sample")
    op.create_table(
        "sample",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("centre", sa.String(length=128), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("probe", sa.String(length=64), nullable=False),
        sa.Column("probe_version", sa.Integer(), nullable=False),
        sa.Column("vantage", sa.Text(), nullable=False),
        sa.Column("started_at", sa.String(length=32), nullable=False),
        sa.Column("kept_at", sa.String(length=32), nullable=False),
        sa.Column("site_sha256", sa.String(length=64), nullable=False),
        sa.Column("observation_sha256", sa.String(length=64), nullable=False),
        sa.Column("observation", sa.Text(), nullable=True),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("purged_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_sample")),
        sa.UniqueConstraint("digest", name=op.f("uq_sample_digest")),
        sa.UniqueConstraint("observation_sha256", name=op.f("uq_sample_observation_sha256")),
        sa.UniqueConstraint("previous", name=op.f("uq_sample_previous")),
    )
    op.create_index(op.f("ix_sample_started_at"), "sample", ["started_at"], unique=False)


def downgrade() -> None:
    """Go back to the table without a chain; the samples in it are gone, their evidence is not."""
    op.drop_index(op.f("ix_sample_started_at"), table_name="sample")
    op.drop_table("sample")
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
