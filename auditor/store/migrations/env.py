"""Run by Alembic: migrate the connection that `auditor.store.opening` hands over."""

from alembic import context

from auditor.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
