"""Remembers a project's sources and documents."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from tollfree.knowledge.ingest.database import Database
from tollfree.knowledge.ingest.errors import UnknownSource
from tollfree.knowledge.ingest.fault import Fault
from tollfree.knowledge.ingest.source import KnownDocument, Source, SourceKind


class Sources:
    """The tables `sources` and `documents`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self) -> list[Source]:
        """All of them, as they were added."""
        rows = await self._database.run(lambda at: at.execute("SELECT * FROM sources ORDER BY added_at, id").fetchall())
        return [_source(row) for row in rows]

    async def get(self, id: str) -> Source:
        """One of them. Raises `UnknownSource`."""
        for source in await self.list():
            if source.id == id:
                return source
        raise UnknownSource(f"The project has no source {id}. `tollfree knowledge list` shows those it has.")

    async def put(self, source: Source, *, now: str) -> None:
        """Remember it; one that is known takes over what is new."""
        row = (source.id, source.kind, json.dumps(source.tags), source.pages, source.depth, source.refresh_every_s, now)
        await self._database.run(
            lambda at: at.execute(
                "INSERT INTO sources (id, kind, tags, pages, depth, refresh_every_s, added_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, "
                "tags = excluded.tags, pages = excluded.pages, depth = excluded.depth, "
                "refresh_every_s = excluded.refresh_every_s",
                row,
            )
        )

    async def checked(self, id: str, at_time: str, faults: Sequence[Fault]) -> None:
        """It was gone through to its end."""
        row = (at_time, _json(faults), id)
        await self._database.run(
            lambda at: at.execute("UPDATE sources SET checked_at = ?, faults = ? WHERE id = ?", row)
        )

    async def remove(self, id: str) -> None:
        """Forget it and its documents; their passages are gone already."""

        def work(at: sqlite3.Connection) -> None:
            at.execute("DELETE FROM documents WHERE source = ?", (id,))
            at.execute("DELETE FROM sources WHERE id = ?", (id,))

        await self._database.run(work)

    async def documents(self, source: str | None = None) -> dict[str, KnownDocument]:
        """By id: those of a source, or all."""
        where, given = ("WHERE source = ?", (source,)) if source is not None else ("", ())
        rows = await self._database.run(
            lambda at: at.execute(f"SELECT * FROM documents {where} ORDER BY id", given).fetchall()
        )
        return {row["id"]: _document(row) for row in rows}

    async def put_documents(self, documents: Iterable[KnownDocument]) -> None:
        """What is known of them now."""
        rows = [
            (
                *(one.id, one.source, one.kind, one.title, one.state, one.hash, one.etag, one.modified),
                *(json.dumps(one.links), one.fetched_at, one.passages, _json(one.faults)),
            )
            for one in documents
        ]
        await self._database.run(
            lambda at: at.executemany(
                "INSERT OR REPLACE INTO documents (id, source, kind, title, state, hash, etag, modified, links, "
                "fetched_at, passages, faults) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
        )

    async def unread(self) -> None:
        """Nothing of any document is in the index any more, so each is read at the next refresh."""
        await self._database.run(
            lambda at: at.execute("UPDATE documents SET hash = '', etag = '', modified = '', passages = 0")
        )

    async def unsettle(self, ids: Iterable[str]) -> None:
        """From now on they are read again in any case, until `put_documents` says otherwise: noted before their
        passages are changed, so that a job that is killed meanwhile leaves nothing that seems to be in."""
        rows = [(id,) for id in ids]
        await self._database.run(lambda at: at.executemany("UPDATE documents SET hash = '' WHERE id = ?", rows))

    async def remove_documents(self, ids: Iterable[str]) -> None:
        """Forget them; their passages are gone already."""
        rows = [(id,) for id in ids]
        await self._database.run(lambda at: at.executemany("DELETE FROM documents WHERE id = ?", rows))


def source_in(at: sqlite3.Connection, id: str) -> Source | None:
    """One of them, within a transaction; None: it is not known."""
    row = at.execute("SELECT * FROM sources WHERE id = ?", (id,)).fetchone()
    return None if row is None else _source(row)


def _source(row: sqlite3.Row) -> Source:
    return Source(
        id=row["id"],
        kind=SourceKind(row["kind"]),
        tags=tuple(json.loads(row["tags"])),
        pages=row["pages"],
        depth=row["depth"],
        refresh_every_s=row["refresh_every_s"],
        added_at=row["added_at"],
        checked_at=row["checked_at"] or "",
        faults=_faults(row["faults"]),
    )


def _document(row: sqlite3.Row) -> KnownDocument:
    plain = ("id", "source", "kind", "title", "state", "hash", "etag", "modified", "fetched_at", "passages")
    return KnownDocument(
        **{name: row[name] for name in plain},
        links=tuple(json.loads(row["links"])),
        faults=_faults(row["faults"]),
    )


def _json(faults: Iterable[Fault]) -> str:
    return json.dumps([fault.as_json() for fault in faults])


def _faults(text: str) -> tuple[Fault, ...]:
    return tuple(Fault.from_json(fault) for fault in json.loads(text))
