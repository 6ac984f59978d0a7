"""Packs that were made of a run, by the digest of the file."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "pack",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("signer", sa.String(length=128), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_pack")),
    )
    op.create_index(op.f("ix_pack_run_id"), "pack", ["run_id"], unique=False)


def downgrade() -> None:
    """Remove it, with all that it holds; the packs stay where they are."""
    op.drop_index(op.f("ix_pack_run_id"), table_name="pack")
    op.drop_table("pack")
