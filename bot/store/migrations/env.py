"""Runs the migrations inside the transaction that `Store.migrate` has begun."""

from alembic import context

from bot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite too: we begin its transactions ourselves
)
with context.begin_transaction():
    context.run_migrations()
