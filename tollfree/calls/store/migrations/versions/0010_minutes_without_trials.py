"""Minutes of customers' calls, without those of trials, from an index alone."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Adds the version, by which a trial is known, to the index that minutes are counted from."""
    columns = ["project", "started_at", "ended_at"]
    op.create_index("ix_calls_project_started_at_ended_at_version", "calls", [*columns, "version"])
    op.drop_index("ix_calls_project_started_at_ended_at", "calls")
