"""The tables by which calls are found again, and by which a request that is sent twice is done once."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy.dialects.postgresql import TSVECTOR

from tollfree.calls.store.columns import Key, Moment
from tollfree.calls.store.tables import metadata

Words = Text().with_variant(TSVECTOR(), "postgresql")
"""Words to be searched; SQLite keeps them as text and indexes them in the virtual table `call_words`."""

call_texts = Table(
    "call_texts",
    metadata,
    # In the order in which calls began, so that the newest are found first.
    Column("place", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("call_id", Key, ForeignKey("calls.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("project", Key, nullable=False),
    Column("words", Words, nullable=False),
    Column("shown", Words, nullable=False),
)
idempotent_requests = Table(
    "idempotent_requests",
    metadata,
    Column("project", Key, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("who_id", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    # None: it is being done
    Column("answer", Text),
    Column("at", Moment, nullable=False),
    Index(None, "at"),
)
