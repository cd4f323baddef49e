"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_IMMUTABLE = ("versions", "call_events")
"""Rows of these are written once; the database itself refuses to change them."""


def _key(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """Sorted by code point on both databases."""
    return sa.Column(name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_project(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["project"], ["projects.id"], name=f"fk_{table}_projects", ondelete="CASCADE")


def _of_flow(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project", "flow"], ["flows.project", "flows.name"], name=f"fk_{table}_flows", ondelete="CASCADE"
    )


def _of_version(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project", "flow", "version"],
        ["versions.project", "versions.flow", "versions.number"],
        name=f"fk_{table}_versions",
        ondelete="CASCADE",
    )


def upgrade() -> None:
    """Creates everything."""
    _projects_and_flows()
    _resources()
    _calls()
    for table in _IMMUTABLE:
        _refuse_updates(table)


def _projects_and_flows() -> None:
    op.create_table(
        "projects",
        _key("id"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
    )
    op.create_table(
        "flows",
        _key("project"),
        _key("name"),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("project", "name", name="pk_flows"),
        _of_project("flows"),
    )
    op.create_table(
        "drafts",
        _key("project"),
        _key("flow"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        _moment("saved_at"),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("project", "flow", name="pk_drafts"),
        _of_flow("drafts"),
    )
    op.create_table(
        "versions",
        _key("project"),
        _key("flow"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bundle", sa.Text(), nullable=False),
        sa.Column("classifier", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _moment("created_at"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("project", "flow", "number", name="pk_versions"),
        _of_flow("versions"),
    )
    op.create_table(
        "publications",
        _key("project"),
        _key("flow"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _moment("published_at"),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("project", "flow", "position", name="pk_publications"),
        _of_version("publications"),
    )


def _resources() -> None:
    op.create_table(
        "tools",
        _key("project"),
        _key("name"),
        sa.Column("document", sa.Text(), nullable=False),
        _moment("saved_at"),
        sa.PrimaryKeyConstraint("project", "name", name="pk_tools"),
        _of_project("tools"),
    )
    op.create_table(
        "catalogues",
        _key("project"),
        _key("name"),
        sa.Column("format", sa.String(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _moment("saved_at"),
        sa.PrimaryKeyConstraint("project", "name", name="pk_catalogues"),
        _of_project("catalogues"),
    )
    op.create_table(
        "secrets",
        _key("project"),
        _key("name"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _moment("saved_at"),
        sa.PrimaryKeyConstraint("project", "name", name="pk_secrets"),
        _of_project("secrets"),
    )


def _calls() -> None:
    op.create_table(
        "calls",
        _key("id"),
        _key("project"),
        sa.Column("agent", sa.Text(), nullable=False),
        _key("flow"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        _moment("started_at"),
        _moment("ended_at", nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("state_sha256", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        _of_project("calls"),
        _of_version("calls"),
    )
    op.create_index("ix_calls_project_id", "calls", ["project", "id"])
    op.create_index("ix_calls_project_flow_version", "calls", ["project", "flow", "version"])
    op.create_table(
        "call_events",
        _key("call_id"),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "seq", name="pk_call_events"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_call_events_calls", ondelete="CASCADE"),
        sa.CheckConstraint("kind IN ('event', 'effect', 'token', 'note')", name="ck_call_events_kind"),
    )


def _refuse_updates(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION refuse_update_of_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is written once'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_written_once BEFORE UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_update_of_{table}()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {table}_written_once BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
        )
