"""Runs migrations on the connection that `tollfree.calls.store.migrate` hands over, within its transaction."""

from alembic import context
from sqlalchemy import Connection

from tollfree.calls.store.migrate import VERSION_TABLE
from tollfree.calls.store.tables import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # true of SQLite as well, since we begin its transactions ourselves
)
with context.begin_transaction():
    context.run_migrations()
